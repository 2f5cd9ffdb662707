// The life of a service with every hook, hooks that fail and hooks that are missing, and what health checks say, against
// what the original did (lifecycle.json; reference/services.md §6, §7, §9, §10). All packages live in one Supervisor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TestSupervisor } from "../../supervisor/harness.ts";
import { complaints, type Departure, strays } from "./departures.ts";
import recorded from "./lifecycle.json";
import {
  addVectorPackage,
  fieldDifferences,
  lineDifferences,
  linesAbout,
  logDifferences,
  stateOf,
} from "./scene.ts";

type State = NonNullable<Parameters<typeof stateOf>[0]>;
type Steps = readonly { readonly hook: string }[];

interface Vector {
  readonly name: string;
  readonly hooks: Readonly<Record<string, string>>;
  readonly default_toml?: string | null;
  readonly expect: {
    readonly load_exit: number;
    readonly hook_order_until_stop: Steps;
    readonly hook_order_after_stop: Steps;
    readonly state_before_stop: State;
    readonly state_after_stop: State;
    readonly log: readonly string[];
    readonly health?: { readonly status: number; readonly body: string; readonly health_check: string };
    readonly after_config_apply?: AfterApply;
    readonly after_file_upload?: AfterUpload;
    readonly hook_log_files: Readonly<Record<string, string>>;
  };
}
interface AfterApply {
  readonly hooks_run: readonly string[];
  readonly log: readonly string[];
  readonly state: State;
}
interface AfterUpload {
  readonly hooks_run: readonly string[];
  readonly mode: string;
}

const vectors = recorded as unknown as readonly Vector[];

/** Services that never come to rest: what they do again and again, and how often they had been restarted before the stop. */
const RESTLESS = ["lifeinit1", "lifeinit3", "lifebadrender", "lifebadinterp", "liferun0", "liferun4"];
/** The first two were restarted, and then it ran. */
const LATE = "lifeinitonce";

/** What the log shows of packages, and the vectors leave out. */
const UNTOLD_FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  lifeok: { "config/c.conf": "v={{cfg.v}}\n" },
  lifenorec: { "config/c.conf": "v={{cfg.v}}\n" },
  liferootrun: { run: "#!/bin/sh\necho rootrun\nexec sleep 1000000\n" },
};

/** Failures of one service come sooner than the loop of a second of the original lets them. */
const PAUSES = /^\+ .*Stopping service, will restart after \d\.\d\d secs$/;

const DEPARTURES: readonly Departure[] = [
  {
    why: "a service that fails again soon after its start is started again after growing pauses",
    cases: ["lifeinit1", "lifeinit3", "lifebadrender", "lifebadinterp", LATE],
    what: [PAUSES],
  },
  {
    why: "an error says which program is missing, once",
    cases: ["lifebadrender", "lifebadinterp"],
    what: [
      /^- .*Hook failed to run, init, No such file or directory \(os error 2\)$/,
      /^- .*Service initialization failed: No such file or directory/,
      /^\+ .*Hook failed to run, init, cannot start init hook of /,
    ],
  },
  {
    why: "an error says which program is missing, once",
    cases: ["healthbad"],
    what: [
      /^- .*Hook failed to run, health-check, No such file or directory \(os error 2\)$/,
      /^- .*Error running health check hook for healthbad\.default: HabitatCommon/,
      /^\+ .*Hook failed to run, health-check, cannot start health-check hook of /,
    ],
  },
  {
    why: "an error in a template is told in words, with its line",
    cases: ["lifebadhook"],
    what: [
      /^- lifebadhook\(HK\): Failed to load hook: TemplateError \{/,
      /^\+ lifebadhook\(HK\): Failed to load hook: template init: line 2, column 1: the block `if` is not closed$/,
    ],
  },
  {
    why: "a post-run hook that fails is told of",
    cases: ["lifepost"],
    what: [/^\+ lifepost\(HK\): Post run failed! 'post-run' exited with status code 5$/],
  },
  {
    why: "a file that is not there yet is no failure",
    cases: ["lifeok"],
    what: [/^- .*Failed to get current checksum for .*No such file/],
  },
  {
    why: "not ours: of the original's two, one was stopped between two runs, the other while it ran",
    depends: "where in its two seconds the command to stop meets the service",
    cases: ["liferun0", "liferun4"],
    what: [
      PAUSES,
      /^[+-] .*Terminating service/,
      /^[+-] .*exited with code signal: 15 \(SIGTERM\)/,
      /^[+-] .*gracefully terminated/,
    ],
  },
];

let supervisor: TestSupervisor;
const lives = new Map<string, Promise<readonly string[]>>();

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  for (const { name, hooks, default_toml } of vectors)
    addVectorPackage(supervisor, name, {
      hooks,
      default_toml: default_toml ?? null,
      files: UNTOLD_FILES[name] ?? {},
    });
  await supervisor.start();
  for (const vector of vectors) {
    const life = live(vector);
    // Whoever looks at it hears of its failure.
    life.catch(() => {});
    lives.set(vector.name, life);
  }
});

afterAll(async () => {
  await supervisor.stop();
});

/** Hooks in the order they noted themselves, health checks aside; `run` and `post-run` start together. */
function order(name: string): string[] {
  try {
    const text = supervisor.read(`hab/svc/${name}/var/order`);
    const hooks = text
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "");
    return inOrder(hooks);
  } catch {
    return [];
  }
}

function inOrder(hooks: readonly string[]): string[] {
  const text = hooks.filter((hook) => hook !== "health-check").join("\n");
  return text === ""
    ? []
    : text
        .replaceAll("post-run\nrun\n", "run\npost-run\n")
        .replaceAll(/post-run\nrun$/g, "run\npost-run")
        .split("\n");
}

const isEmpty = (differences: readonly string[]) => differences.length === 0;
const hooksOf = (steps: Steps) => inOrder(steps.map(({ hook }) => hook));

/**
 * The order with everything that is done again at once told once; the stop may come after another `init`, or when `run` has begun
 * and `post-run`, which is started beside it, has not.
 */
function once(hooks: readonly string[]): string {
  let text = `${hooks.join(" ")} `;
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replaceAll(/((?:[\w-]+ ){1,5}?)\1+/g, "$1");
  }
  return text.trim().replace(/(?<=post-stop) init( run post-stop)?$/, "");
}

const now = async (name: string) => (await supervisor.service(name)) as unknown as State | undefined;

/** Lives the life of the vector's scenario and answers in what it differs. */
async function live(vector: Vector): Promise<readonly string[]> {
  const { name, expect: wanted } = vector;
  const differences: string[] = [];
  const { exit } = await supervisor.typed("svc", "load", `vec/${name}`, "--health-check-interval", "4");
  differences.push(...fieldDifferences({ load_exit: exit }, { load_exit: wanted.load_exit }));
  if (RESTLESS.includes(name)) await untilRestarted(vector);
  else await untilAtRest(vector, differences);
  if (wanted.after_file_upload !== undefined) await uploadFile(name, wanted.after_file_upload, differences);
  if (wanted.after_config_apply !== undefined)
    await applyConfig(name, wanted.after_config_apply, differences);

  expect((await supervisor.typed("svc", "stop", `vec/${name}`)).exit).toBe(0);
  const whole = hooksOf([...wanted.hook_order_until_stop, ...wanted.hook_order_after_stop]);
  const shape = RESTLESS.includes(name) ? once : (hooks: readonly string[]) => hooks.join(" ");
  return supervisor.settle(
    async () => [
      ...differences,
      ...fieldDifferences({ order: shape(order(name)) }, { order: shape(whole) }),
      ...fieldDifferences(stateOf(await now(name)), stateOf(wanted.state_after_stop)),
      ...fieldDifferences(logFiles(name), wanted.hook_log_files),
      ...logDifferences(supervisor, name, wanted.log),
    ],
    (found) => complaints(DEPARTURES, name, found).length === 0,
  );
}

/** It fails as often as the original's did, for the same reason, and is in the same place again. */
async function untilRestarted({ name, expect: wanted }: Vector): Promise<void> {
  const { restart_count: count, last_process_state: last } = wanted.state_before_stop;
  const reached = hooksOf(wanted.hook_order_until_stop);
  const isThere = async () => {
    const state = await now(name);
    const hooks = order(name);
    return (
      state !== undefined &&
      state.restart_count >= count &&
      state.last_process_state?.termination_reason === last?.termination_reason &&
      (state.last_process_state?.pid === null) === (last?.pid === null) &&
      hooks.length >= reached.length
    );
  };
  await supervisor.until(isThere, `${name} to be restarted`);
}

async function untilAtRest({ name, expect: wanted }: Vector, differences: string[]): Promise<void> {
  const hooks = hooksOf(wanted.hook_order_until_stop);
  await supervisor.until(() => order(name).length >= hooks.length, `${name} to do ${hooks}`);
  const before = wanted.state_before_stop;
  // The original's was just being started for the last time.
  const state = name === LATE ? { ...before, initialized: true, process: { pid: 1, state: "up" } } : before;
  let seen = {};
  const isThere = async () => {
    seen = stateOf(await now(name));
    return Bun.deepEquals(seen, stateOf(state));
  };
  await supervisor.until(isThere, `${name} to be in the state ${JSON.stringify(stateOf(state))}`);
  differences.push(...fieldDifferences({ order: order(name) }, { order: hooks }));
  const { health } = wanted;
  if (health === undefined) return;
  const seenHealth = await supervisor.settle(async () => {
    const { status, body } = await supervisor.get(`/services/${name}/default/health`);
    return fieldDifferences({ status, body, health_check: (await now(name))?.health_check }, { ...health });
  }, isEmpty);
  differences.push(...seenHealth);
}

async function uploadFile(name: string, wanted: AfterUpload, differences: string[]): Promise<void> {
  const before = order(name).length;
  supervisor.write("upload/f.txt", "text\n");
  await supervisor.typed("file", "upload", `${name}.default`, "1", join(supervisor.root, "upload/f.txt"));
  await supervisor.until(() => order(name).length >= before + wanted.hooks_run.length, "file-updated");
  const mode = statSync(join(supervisor.root, `hab/svc/${name}/files/f.txt`)).mode & 0o7777;
  differences.push(
    ...fieldDifferences(
      { hooks_run: order(name).slice(before), mode: `0o${mode.toString(8)}` },
      { ...wanted },
    ),
  );
}

async function applyConfig(name: string, wanted: AfterApply, differences: string[]): Promise<void> {
  const before = { hooks: order(name).length, lines: supervisor.mark };
  supervisor.write("apply/b.toml", 'v = "b"\n');
  await supervisor.typed("config", "apply", `${name}.default`, "1", join(supervisor.root, "apply/b.toml"));
  const hooks = inOrder(wanted.hooks_run);
  await supervisor.until(() => order(name).length >= before.hooks + hooks.length, `${name} to do ${hooks}`);
  // The original's had just been restarted; here the new process is up by now.
  const { last_process_state: last } = wanted.state;
  const state = { ...wanted.state, initialized: true, process: { pid: 1, state: "up" } } as State;
  await supervisor.until(
    async () => Bun.deepEquals(stateOf(await now(name)), stateOf(state)),
    `${name} to be up, last ended by ${last?.termination_reason}`,
  );
  differences.push(
    ...fieldDifferences({ hooks_run: order(name).slice(before.hooks) }, { hooks_run: hooks }),
    ...(await supervisor.settle(() => {
      const said = linesAbout(supervisor, name, supervisor.log.slice(before.lines));
      // What else is said is compared with the whole output.
      return lineDifferences(said, linesAbout(supervisor, name, wanted.log)).filter((line) =>
        line.startsWith("-"),
      );
    }, isEmpty)),
  );
}

function logFiles(name: string): Record<string, string> {
  const directory = join("hab/svc", name, "logs");
  const names = readdirSync(join(supervisor.root, directory));
  return Object.fromEntries(names.map((file) => [file, supervisor.read(join(directory, file))]));
}

describe("lifecycle.json", () => {
  test("has all its cases", () => {
    expect(vectors).toHaveLength(24);
    expect(strays(DEPARTURES, [...lives.keys()])).toEqual([]);
  });
  test.each(vectors.map(({ name }) => name))("%s", async (name) => {
    expect(complaints(DEPARTURES, name, (await lives.get(name)) ?? [])).toEqual([]);
  });
});
