// Binds step by step: a consumer whose producers come, change, go and lack what is required, against what the original did
// (binds.json; reference/services.md §12).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import { TestSupervisor } from "../../supervisor/harness.ts";
import vectors from "./binds.json";
import { complaints, type Departure, strays } from "./departures.ts";
import {
  addVectorPackage,
  fieldDifferences,
  lineDifferences,
  linesAbout,
  type VectorPackage,
} from "./scene.ts";

interface Expected {
  readonly exit: number;
  readonly "app.conf": string | null;
  readonly "bind.json": string | null;
  readonly process_state: string | null;
  readonly initialized: boolean | null;
  readonly restart_count: number | null;
  readonly all_pkg_binds: unknown;
  readonly log: readonly string[];
}

const [first, ...steps] = vectors as unknown as readonly [
  { readonly packages: Readonly<Record<string, VectorPackage>> },
  ...(readonly { readonly name: string; readonly expect: Expected }[]),
];

const DATABASE = "database:db.default";

/** What was typed before each look, in the order of the vectors. */
const DEEDS: Readonly<Record<string, () => Promise<{ readonly exit: number }>>> = {
  "strict, producer absent": () => load("app", "--bind", DATABASE),
  "strict, producer arrives": () => load("db"),
  "producer config changes": () => {
    supervisor.write("apply.toml", "port = 6000\n");
    return supervisor.typed("config", "apply", "db.default", "1", `${supervisor.root}/apply.toml`);
  },
  "optional bind added, group lacks the export? (web exports port)": () =>
    load("app", "--force", "--bind", DATABASE, "cache:web.default"),
  "optional bind's producer arrives": () => load("web"),
  "producer stopped (rumor stays)": () => supervisor.typed("svc", "stop", "vec/db"),
  "bound group does not export what is required": () =>
    load("app", "--force", "--bind", "database:web.default"),
  "relaxed mode with an unsatisfied bind": () =>
    load("app", "--force", "--binding-mode", "relaxed", "--bind", "database:nobody.default"),
  unload: () => supervisor.typed("svc", "unload", "vec/app"),
};

const RUNNING_AGAIN = "producer config changes";
const CACHE_WANTED = "optional bind added, group lacks the export? (web exports port)";
const STOPPED = "producer stopped (rumor stays)";
const WRONG_GROUP = "bound group does not export what is required";

const DEPARTURES: readonly Departure[] = [
  {
    why: "not ours: the original was looked at while it restarted",
    cases: [RUNNING_AGAIN],
    what: [
      /^process_state: "down" → "up"$/,
      /^initialized: false → true$/,
      /^\+ app\.default\(SV\): Starting service as /,
    ],
  },
  {
    why: "not ours: the original's was just restarting, here a process is to be ended first",
    cases: [CACHE_WANTED],
    what: [/^\+ .*Terminating service/, /^\+ .*exited with code signal: 15/, /^\+ .*gracefully terminated/],
  },
  {
    why: "a service that is stopped is not told of as alive: what is bound to it knows (services.md §8.3)",
    cases: [STOPPED],
    what: [
      /^app\.conf: .* → "no db\\ncache=8080\\nbinds=cache \\n"$/,
      /^bind\.json: /,
      /^process_state: "up" → "down"$/,
      /^initialized: true → false$/,
      /^\+ .*'db\.default' for binding 'database' is present in the census, but currently has no live members\.$/,
      /^\+ app\.default\(CF\): Modified configuration file /,
      /^\+ app\.default\(SR\): (Stopping service, will restart immediately|Restarted)$/,
      // Its last line, or the next step would find it.
      /^\+ app\.default\(SR\): Waiting for service binds\.\.\.$/,
      /^\+ (app\.default\(ST\)|hab-launch\(SV\)): .*(Terminating|SIGTERM|gracefully)/,
      /^\+ (hab-sup\(MR\): Starting vec\/app |app\.default\(UCW\))/,
    ],
  },
  {
    why: "… and is not running any more when its binds are changed",
    cases: [WRONG_GROUP],
    what: [
      /^app\.conf: .* → "no db\\ncache=8080\\nbinds=cache \\n"$/,
      /^bind\.json: /,
      /^- (app\.default\(ST\)|hab-launch\(SV\)): .*(Terminating|SIGTERM|gracefully)/,
    ],
  },
];

let supervisor: TestSupervisor;
const load = (name: string, ...options: string[]) =>
  supervisor.typed("svc", "load", `vec/${name}`, ...options);

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  for (const [name, parts] of Object.entries(first.packages)) addVectorPackage(supervisor, name, parts);
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

function rendered(path: string): string | null {
  try {
    return common(supervisor.read(path));
  } catch {
    return null;
  }
}

/** Without the name of the member, its host and its ports. */
const common = (text: string | null) =>
  text
    ?.replaceAll(supervisor.memberId, "$MEMBER_ID")
    .replaceAll(`"hostname": "${hostname()}"`, '"hostname": "$HOST"')
    .replaceAll(/(_port": )\d+/g, "$1N") ?? null;

async function look(exit: number) {
  const service = (await supervisor.service("app")) as
    | (Awaited<ReturnType<TestSupervisor["service"]>> & { readonly all_pkg_binds: unknown })
    | undefined;
  return {
    exit,
    "app.conf": rendered("hab/svc/app/config/app.conf"),
    "bind.json": rendered("hab/svc/app/config/bind.json"),
    process_state: service?.process.state ?? null,
    initialized: service?.initialized ?? null,
    restart_count: service?.restart_count ?? null,
    all_pkg_binds: service?.all_pkg_binds ?? null,
  };
}

/** Lines about all three services. */
function lines(all: readonly string[]): Set<string> {
  return new Set(["app", "db", "web"].flatMap((name) => [...linesAbout(supervisor, name, all)]));
}

describe("binds.json", () => {
  test("has all its cases", () => {
    expect(steps.map(({ name }) => name)).toEqual(Object.keys(DEEDS));
    expect(strays(DEPARTURES, Object.keys(DEEDS))).toEqual([]);
  });

  test.each(steps.map((step) => [step.name, step.expect] as const))(
    "%s",
    async (name, { log, ...wanted }) => {
      const from = supervisor.mark;
      const { exit } = (await DEEDS[name]?.()) ?? { exit: -1 };
      const expected = {
        ...wanted,
        "app.conf": common(wanted["app.conf"]),
        "bind.json": common(wanted["bind.json"]),
      };
      const left = async () =>
        complaints(DEPARTURES, name, [
          ...fieldDifferences(await look(exit), expected),
          ...lineDifferences(lines(supervisor.log.slice(from)), lines(log)),
        ]);
      expect(await supervisor.settle(left, (all) => all.length === 0)).toEqual([]);
    },
  );
});
