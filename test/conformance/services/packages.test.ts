// What one Supervisor makes of packages: broken ones, their environment, the context of their templates, a run hook that
// cannot be executed – against what the original made of them (bad-packages.json, environment.json, partials-context.json,
// spawn-failure.json; reference/services.md §4, §5.1, §21). As there, all are loaded in the same Supervisor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { TestSupervisor } from "../../supervisor/harness.ts";
import badPackages from "./bad-packages.json";
import { complaints, type Departure, strays } from "./departures.ts";
import environment from "./environment.json";
import partials from "./partials-context.json";
import {
  addBusybox,
  addVectorPackage,
  fieldDifferences,
  lineDifferences,
  linesAbout,
  logDifferences,
  plain,
  type VectorPackage,
} from "./scene.ts";
import spawnFailure from "./spawn-failure.json";

interface BadPackage {
  readonly name: string;
  readonly package: VectorPackage;
  readonly env: Readonly<Record<string, string>>;
  readonly user_toml: string | null;
  readonly expect: {
    readonly load_exit: number;
    readonly load_stderr: string;
    readonly listed: boolean;
    readonly process_state: string | null;
    readonly spec_kept: boolean;
    readonly rendered: string | null;
    readonly log: readonly string[];
  };
}

interface EnvironmentCase {
  readonly name: string;
  readonly package: VectorPackage;
  readonly launcher_environment: Readonly<Record<string, string>>;
  readonly expect: {
    readonly files: Readonly<Record<string, string>>;
    readonly "env.json": string | null;
    readonly "pkg.json": string | null;
    readonly services_pkg_env: Readonly<Record<string, string>>;
  };
}

const broken = badPackages as unknown as readonly BadPackage[];
const environments = environment as unknown as readonly EnvironmentCase[];
const [unspawnable] = spawnFailure as unknown as readonly [
  {
    readonly name: string;
    readonly hooks: Readonly<Record<string, string>>;
    readonly expect: { readonly log: readonly string[] };
  },
];
const [context] = partials as unknown as readonly [
  {
    readonly name: string;
    readonly package: VectorPackage;
    readonly expect: { readonly files: Readonly<Record<string, string>>; readonly log: readonly string[] };
  },
];

const UNREADABLE = [
  "badt1",
  "badt2",
  "badt3",
  "badt4",
  "badt5",
  "badt6",
  "badt7",
  "badutf",
  "badtoml",
  "badusertoml",
];
const DEPARTURES: readonly Departure[] = [
  {
    why: "the spec of a service that cannot be started is kept, and its start tried again (services.md §26.2)",
    cases: [...UNREADABLE, "badenv"],
    what: [/^spec_kept: false → true$/],
  },
  {
    why: "what is wrong with a file is said in words, with the line",
    cases: [...UNREADABLE, "badenv"],
    what: [/^- hab-sup\(MR\): Unable to start /, /^\+ hab-sup\(MR\): Unable to start /],
  },
  {
    why: "not ours: the original was looked at before it was up",
    cases: ["badr1", "badr4", "badr7"],
    what: [/^process_state: "down" → "up"$/],
  },
  {
    why: "the user that is missing is named; to be able to write does not help then",
    cases: ["baduser"],
    what: [
      /^- .*Can't create directory .*: Package requires user nosuchuser to exist, but it doesn't$/,
      /^\+ .*Can't create directory .*: the package requires the user nosuchuser, which does not exist$/,
      /^- .*If this service is running as non-root, you'll need to create /,
    ],
  },
  {
    why: "told as lines of the service, so that --json-logging holds",
    cases: [context.name],
    what: [
      /^- --> \$ROOT\/hab\/pkgs\/vec\/partials\/.*\/config\/dep\.conf:1$/,
      /^\+ partials\(CF\): --> \$ROOT\/hab\/pkgs\/vec\/partials\/.*\/config\/dep\.conf:1$/,
      /^\+ partials\(CF\): (\*+|warning: Deprecated |Use '|See https|change '|to {5}')/,
    ],
  },
  {
    why: "a process that cannot be started is a failure of the service: it is restarted, and the Supervisor lives on",
    cases: [unspawnable.name],
    what: [
      /^- .*Service start failed: Supervisor failed to execute launcher command via IPC/,
      /^\+ .*Service start failed: cannot start lifebadrun\.default: .* needs \/nonexistent\/sh, which does not exist$/,
      /^- .* hook\[post-run\]/,
      /^\+ .* hook\[post-stop\]/,
      /^\+ .*\(SR\): (Stopping service, will restart |Restarted)/,
    ],
  },
];

let supervisor: TestSupervisor;

beforeAll(async () => {
  const variables = Object.assign({}, ...broken.map(({ env }) => env)) as Record<string, string>;
  const given = environments[0]?.launcher_environment ?? {};
  supervisor = await TestSupervisor.create({
    env: { ...variables, MARK: given["MARK"] ?? "", OVER: given["OVER"] ?? "", LANG: given["LANG"] ?? "" },
  });
  addBusybox(supervisor);
  for (const { name, package: parts, user_toml } of broken) {
    addVectorPackage(supervisor, name, parts);
    if (user_toml !== null) supervisor.write(`hab/user/${name}/config/user.toml`, user_toml);
  }
  for (const { name, package: parts } of environments) addVectorPackage(supervisor, name, parts);
  addVectorPackage(supervisor, "partials", context.package);
  addVectorPackage(supervisor, "lifebadrun", { hooks: unspawnable.hooks });
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

const specKept = (name: string) => existsSync(join(supervisor.root, `hab/sup/default/specs/${name}.spec`));
const load = (name: string) => supervisor.typed("svc", "load", `vec/${name}`);

function rendered(path: string): string | null {
  try {
    return plain(supervisor, supervisor.read(path));
  } catch {
    return null;
  }
}

/** Waits until nothing differs but what should; says what does when that never comes. */
async function agree(name: string, differences: () => Promise<string[]>): Promise<void> {
  const look = async () => complaints(DEPARTURES, name, await differences());
  expect(await supervisor.settle(look, (left) => left.length === 0)).toEqual([]);
}

const isUp = async (name: string) => (await supervisor.service(name))?.process.state === "up";

/** Waits until the service runs, or its start has failed. */
const settled = (name: string) =>
  supervisor.until(
    async () =>
      supervisor.log.some(
        (line) =>
          line.includes(`Unable to start vec/${name},`) || line.includes(`vec/${name} failed to start`),
      ) || (await isUp(name)),
    `${name} to start or fail`,
  );

describe("bad-packages.json", () => {
  test("has all its cases", () => expect(broken).toHaveLength(19));
  test.each(broken.map((each) => [each.name, each] as const))("%s", async (name, { expect: wanted }) => {
    const { exit, err } = await load(name);
    await settled(name);
    const { log, ...fields } = wanted;
    await agree(name, async () => {
      const service = await supervisor.service(name);
      const seen = {
        load_exit: exit,
        load_stderr: err,
        listed: service !== undefined,
        process_state: service?.process.state ?? null,
        spec_kept: specKept(name),
        rendered: rendered(`hab/svc/${name}/config/x.conf`),
      };
      return [...fieldDifferences(seen, fields), ...logDifferences(supervisor, name, log)];
    });
  });
});

/** Variables of how the original and these tests are started, and those that name a process. */
const SETUP = /^(_|TMPDIR|HAB_(SUP_BINARY|LAUNCH_BINARY|LAUNCHER_PID|LAUNCHER_PIPE|CTL_SECRET))=/;

/** What a hook noted of its surroundings, without what belongs to the set-up. */
function surroundings(text: string): string {
  const lines = plain(supervisor, text).replace("HOME=$ROOT\n", "HOME=$HOME\n").split("\n");
  return lines.filter((line) => !SETUP.test(line)).join("\n");
}

describe("environment.json", () => {
  test("has all its cases", () => expect(environments).toHaveLength(2));
  test.each(environments.map((each) => [each.name, each] as const))(
    "%s",
    async (name, { package: parts, expect: wanted }) => {
      await load(name);
      const note = (hook: string) => rendered(`hab/svc/${name}/var/umask.${hook}`);
      const ran = (hook: string) =>
        supervisor.until(() => note(hook) !== null && note(hook) !== "", `${hook} of ${name}`);
      for (const hook of ["run", "post-run", "health-check"])
        if (parts.hooks?.[hook] !== undefined) await ran(hook);
      if (parts.hooks?.["file-updated"] !== undefined) {
        supervisor.write("upload/f.txt", "text\n");
        await supervisor.typed(
          "file",
          "upload",
          `${name}.default`,
          "1",
          join(supervisor.root, "upload/f.txt"),
        );
        await ran("file-updated");
      }
      const service = (await supervisor.service(name)) as unknown as {
        readonly pkg: { readonly env: Record<string, string> };
      };
      const seen: Record<string, unknown> = {
        "env.json": rendered(`hab/svc/${name}/config/env.json`),
        "pkg.json": rendered(`hab/svc/${name}/config/pkg.json`),
        services_pkg_env: JSON.stringify(service.pkg.env),
      };
      await supervisor.typed("svc", "stop", `vec/${name}`);
      if (parts.hooks?.["post-stop"] !== undefined) await ran("post-stop");
      const files = Object.keys(wanted.files);
      for (const file of files)
        seen[file] = surroundings(readFileSync(join(supervisor.root, `hab/svc/${name}/var`, file), "utf8"));
      const expected: Record<string, unknown> = {
        "env.json": wanted["env.json"],
        "pkg.json": wanted["pkg.json"],
        services_pkg_env: JSON.stringify(wanted.services_pkg_env),
        ...Object.fromEntries(Object.entries(wanted.files).map(([file, text]) => [file, surroundings(text)])),
      };
      expect(complaints(DEPARTURES, name, fieldDifferences(seen, expected))).toEqual([]);
    },
  );
});

test(`partials-context.json: ${context.name}`, async () => {
  await load("partials");
  await settled("partials");
  // Ids, names and ports of that Supervisor and of this one.
  const member = /"member_id": "(\w+)"/.exec(context.expect.files["ctx.json"] ?? "")?.[1] ?? "";
  const anywhere = (text: string | null) =>
    text
      ?.replaceAll(member, "$MEMBER_ID")
      .replaceAll(supervisor.memberId, "$MEMBER_ID")
      .replaceAll(`"hostname": "${hostname()}"`, '"hostname": "$HOST"')
      .replaceAll(/(_port": )\d+/g, "$1N");
  const files = Object.keys(context.expect.files);
  const seen = files.map((file) => [file, anywhere(rendered(`hab/svc/partials/config/${file}`))]);
  const wanted = files.map((file) => [file, anywhere(context.expect.files[file] ?? null)]);
  const differences = [
    ...fieldDifferences(Object.fromEntries(seen), Object.fromEntries(wanted)),
    ...logDifferences(supervisor, "partials", context.expect.log),
  ];
  expect(complaints(DEPARTURES, context.name, differences)).toEqual([]);
});

test(`spawn-failure.json: ${unspawnable.name}`, async () => {
  const before = supervisor.supervisorPid;
  await load("lifebadrun");
  await supervisor.until(
    async () => ((await supervisor.service("lifebadrun"))?.restart_count ?? 0) >= 2,
    "two restarts",
  );
  const hooks = supervisor
    .read("hab/svc/lifebadrun/var/order")
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]);
  const last = (await supervisor.service("lifebadrun"))?.last_process_state;
  const wanted = linesAbout(supervisor, "lifebadrun", unspawnable.expect.log);
  const differences = lineDifferences(linesAbout(supervisor, "lifebadrun", supervisor.log), wanted);
  expect(complaints(DEPARTURES, unspawnable.name, differences)).toEqual([]);
  // The original's Supervisor ends with 101 and is started again, forever, with post-run each time.
  expect(supervisor.supervisorPid).toBe(before);
  expect(last?.termination_reason).toBe("run_hook_failed");
  expect(hooks).not.toContain("post-run");
});

test("departures are of cases there are", () => {
  const names = [...broken, ...environments, context, unspawnable].map(({ name }) => name);
  expect(strays(DEPARTURES, names)).toEqual([]);
});
