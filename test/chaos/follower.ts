// A service that follows a channel of a depot: after each change of the channel it must come to run what the channel
// offers, whatever the way to the depot did to the answers in between.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEPOT_PORT, type DepotWay, openWay, WAY_PORT } from "./depot.ts";
import { environmentIn, HAB } from "./program.ts";

/** Runs `hab` to its end with further variables and gives what it printed; throws when it fails. */
export type RunHab = (
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
) => Promise<string>;

const NAME = "follower";
const VERSIONS = ["1.0.0", "1.0.1"] as const;

export class Follower {
  readonly name = NAME;
  readonly way: DepotWay;
  readonly #hab: RunHab;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #releases: readonly string[];
  #newerIsOffered = false;

  private constructor(
    hab: RunHab,
    variables: Readonly<Record<string, string>>,
    way: DepotWay,
    releases: readonly string[],
  ) {
    this.#hab = hab;
    this.#variables = variables;
    this.way = way;
    this.#releases = releases;
  }

  /** Starts a depot with two releases of the service, of which the older one is offered. */
  static async start(directory: string, hab: RunHab): Promise<Follower> {
    const data = join(directory, "depot");
    await startDepot(directory, data);
    const way = await openWay((length) => crypto.getRandomValues(new Uint8Array(length)));
    await hab(["depot", "user", "create", "alice", "--data", data], {});
    const token = await hab(["depot", "token", "create", "alice", "--data", data], {});
    const variables = {
      HAB_BLDR_URL: `http://127.0.0.1:${DEPOT_PORT}`,
      HAB_AUTH_TOKEN: token.trim(),
      HAB_OUTPUT_PATH: join(directory, "results"),
      NO_INSTALL_DEPS: "true",
    };
    for (const words of ["key generate", "create", "key upload"])
      await hab(["origin", ...words.split(" "), "chaos"], variables);
    const releases: string[] = [];
    for (const version of VERSIONS) releases.push(await build(directory, version, hab, variables));
    const follower = new Follower(hab, variables, way, releases);
    await hab(["pkg", "promote", releases[0] ?? "", "stable"], variables);
    // As built, they lie installed: whoever runs them is to fetch them.
    rmSync(`/hab/pkgs/chaos/${NAME}`, { recursive: true });
    rmSync("/hab/cache/artifacts", { recursive: true, force: true });
    return follower;
  }

  async load(): Promise<void> {
    const follow = ["--strategy", "at-once", "--update-condition", "track-channel", "--channel", "stable"];
    const url = ["--url", `http://127.0.0.1:${WAY_PORT}`];
    await this.#hab(["svc", "load", `chaos/${NAME}`, ...follow, ...url], {});
  }

  /** What it is to run. */
  get offered(): string {
    return this.#releases[this.#newerIsOffered ? 1 : 0] ?? "";
  }

  /** Offers the other release. */
  async turn(): Promise<void> {
    const verb = this.#newerIsOffered ? "demote" : "promote";
    await this.#hab(["pkg", verb, this.#releases[1] ?? "", "stable"], this.#variables);
    this.#newerIsOffered = !this.#newerIsOffered;
  }
}

async function startDepot(directory: string, data: string): Promise<void> {
  const url = `http://127.0.0.1:${DEPOT_PORT}/v1/status`;
  const answers = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const log = Bun.file(join(directory, "depot.log"));
  const depot = Bun.spawn([HAB, "depot", "run", "--data", data, "--listen", `127.0.0.1:${DEPOT_PORT}`], {
    cwd: directory,
    env: environmentIn(directory),
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  while (!(await answers())) {
    if (depot.exitCode !== null) throw new Error(`the depot ended: ${await log.text()}`);
    await Bun.sleep(20);
  }
}

/** Builds and uploads one version of it; gives its ident. */
async function build(
  directory: string,
  version: string,
  hab: RunHab,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const context = join(directory, "plans", version);
  mkdirSync(join(context, "hooks"), { recursive: true });
  writeFileSync(
    join(context, "plan.sh"),
    `pkg_name=${NAME}\npkg_origin=chaos\npkg_version=${version}\npkg_svc_user=root\npkg_svc_group=root\n` +
      'do_build() { return 0; }\ndo_install() { head -c 200000 /dev/urandom >"$pkg_prefix/data"; }\n',
  );
  writeFileSync(join(context, "hooks/run"), "#!/bin/sh\nexec sleep 100000\n", { mode: 0o755 });
  await hab(["pkg", "build", "--no-studio", context], variables);
  const results = variables["HAB_OUTPUT_PATH"] ?? "";
  const report = readFileSync(join(results, "last_build.env"), "utf8");
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(report)?.[1] ?? "";
  await hab(["pkg", "upload", join(results, value("pkg_artifact"))], variables);
  return value("pkg_ident");
}
