// Configuration layers and exports as the original's Supervisor merged and told them (config-layers.json, exports.json;
// reference/services.md §11). All packages are loaded in one Supervisor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TestSupervisor } from "../../supervisor/harness.ts";
import layers from "./config-layers.json";
import { complaints, type Departure, strays } from "./departures.ts";
import exported from "./exports.json";
import { addVectorPackage, fieldDifferences, logDifferences, plain, type VectorPackage } from "./scene.ts";

interface Layers {
  readonly name: string;
  readonly package: string;
  readonly default_toml: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly user_toml: string | null;
  readonly gossip_toml: string | null;
  readonly expect: {
    readonly load_exit: number;
    readonly config_status: number;
    readonly config_body: string;
    readonly toJson_cfg: string | null;
    readonly toToml_cfg: string | null;
    readonly spec_kept: boolean;
    readonly log: readonly string[];
  };
}

const layered = layers as unknown as readonly Layers[];
const [walk] = exported;
const RUN = { run: "#!/bin/sh\nexec sleep 1000000\n" };
const LAYER_FILES = { "config/c.json": "{{toJson cfg}}", "config/c.toml": "{{toToml cfg}}" };
const NO_LAYER = [
  "environment JSON with null",
  "environment JSON array",
  "environment JSON big integer",
  "environment neither",
  "environment plain word",
];

const WITH_USER_TOML = layered.filter(({ user_toml }) => user_toml !== null).map(({ name }) => name);

const DEPARTURES: readonly Departure[] = [
  {
    why: "the spec of a service that cannot be started is kept, and its start tried again (services.md §26.2)",
    cases: NO_LAYER,
    what: [/^spec_kept: false → true$/],
  },
  {
    why: "the error says what is wrong with the variable",
    cases: NO_LAYER,
    what: [
      /^- hab-sup\(MR\): Unable to start .* in HAB_CFG_\d\d ENVVAR$/,
      /^\+ hab-sup\(MR\): Unable to start .* in HAB_CFG_\d\d ENVVAR: ./,
    ],
  },
  {
    why: "a user.toml that was there at the start has not changed",
    cases: WITH_USER_TOML,
    what: [/^- hab-sup\(MR\): user\.toml changes detected for /],
  },
  {
    why: "not ours: the original's log ends before the service was there again",
    cases: layered.filter(({ expect: { log } }) => isCut(log)).map(({ name }) => name),
    what: [/^\+ cfg-\d\d\.default\(SR\): Restarted$/],
  },
];

function isCut(log: readonly string[]): boolean {
  return log.some((line) => line.includes("will restart")) && !log.some((line) => line.includes("Restarted"));
}

let supervisor: TestSupervisor;

beforeAll(async () => {
  const variables = Object.assign({}, ...layered.map(({ env }) => env)) as Record<string, string>;
  supervisor = await TestSupervisor.create({ env: variables });
  for (const { package: name, default_toml, user_toml } of layered) {
    addVectorPackage(supervisor, name, { hooks: RUN, toml: default_toml, files: LAYER_FILES });
    if (user_toml !== null) supervisor.write(`hab/user/${name}/config/user.toml`, user_toml);
  }
  addVectorPackage(supervisor, "exps", walk?.package as VectorPackage);
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

const load = (name: string) => supervisor.typed("svc", "load", `vec/${name}`);
const specKept = (name: string) => existsSync(join(supervisor.root, `hab/sup/default/specs/${name}.spec`));

function rendered(path: string): string | null {
  try {
    return plain(supervisor, supervisor.read(path));
  } catch {
    return null;
  }
}

/** Waits until the service runs, or its start has failed. */
const settled = (name: string) =>
  supervisor.until(
    async () =>
      supervisor.log.some((line) => line.includes(`Unable to start vec/${name},`)) ||
      (await supervisor.service(name))?.process.state === "up",
    `${name} to start or fail`,
  );

describe("config-layers.json", () => {
  test("has all its cases", () => {
    expect(layered).toHaveLength(24);
    expect(
      strays(
        DEPARTURES,
        layered.map(({ name }) => name),
      ),
    ).toEqual([]);
  });
  test.each(layered.map((each) => [each.name, each] as const))("%s", async (name, vector) => {
    const { package: own, expect: wanted } = vector;
    const { exit } = await load(own);
    await settled(own);
    if (vector.gossip_toml !== null) {
      supervisor.write("apply.toml", vector.gossip_toml);
      await supervisor.typed("config", "apply", `${own}.default`, "1", join(supervisor.root, "apply.toml"));
    }
    const { log, ...fields } = wanted;
    const look = async () => {
      const { status, body } = await supervisor.get(`/services/${own}/default/config`);
      const seen = {
        load_exit: exit,
        config_status: status,
        config_body: body,
        toJson_cfg: rendered(`hab/svc/${own}/config/c.json`),
        toToml_cfg: rendered(`hab/svc/${own}/config/c.toml`),
        spec_kept: specKept(own),
      };
      const differences = [...fieldDifferences(seen, fields), ...logDifferences(supervisor, own, log)];
      return complaints(DEPARTURES, name, differences);
    };
    expect(await supervisor.settle(look, (left) => left.length === 0)).toEqual([]);
  });
});

test(`exports.json: ${walk?.name}`, async () => {
  await load("exps");
  await settled("exps");
  const census = JSON.parse((await supervisor.get("/census")).body);
  const [member] = Object.values(census.census_groups["exps.default"].population) as { cfg: unknown }[];
  const service = (await supervisor.service("exps")) as unknown as {
    readonly pkg: { readonly exports: unknown };
  };
  expect(JSON.stringify(member?.cfg)).toBe(JSON.stringify(walk?.expect.census_cfg));
  // The census holds what the rumor carries, in its order.
  expect(JSON.stringify(member?.cfg)).toBe(JSON.stringify(walk?.expect.rumor_cfg));
  expect(JSON.stringify(service.pkg.exports)).toBe(JSON.stringify(walk?.expect.services_exports));
});
