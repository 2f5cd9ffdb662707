// Modes and owners of what Supervisor and services keep, and whom services run as: root, SVC_USER, umask 077, a Supervisor
// without capabilities – against what the original did (modes.json; reference/services.md §1.1, §3, §24).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestSupervisor } from "../../supervisor/harness.ts";
import { complaints, type Departure, strays } from "./departures.ts";
import recorded from "./modes.json";
import { addVectorPackage, fieldDifferences, logDifferences, type VectorPackage } from "./scene.ts";

interface Vector {
  readonly name: string;
  readonly package?: VectorPackage;
  readonly expect: {
    readonly tree: readonly {
      readonly path: string;
      readonly type: string;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
    }[];
    readonly state?: string;
    readonly run_process?: Readonly<Record<string, string>>;
    readonly services?: Readonly<
      Record<string, { readonly state: string; readonly process: Readonly<Record<string, string>> }>
    >;
    readonly log?: readonly string[];
  };
}

const vectors = recorded as unknown as readonly [Vector, Vector, Vector, Vector, Vector];
const [asRoot, asDaemon, state, tightMask, asNobody] = vectors;
const NOBODY = 65_534;
const NAMES: Readonly<Record<string, VectorPackage>> = {
  modes: asRoot.package ?? {},
  modesu: asDaemon.package ?? {},
};

const AS_ROOT = tightMask.name;
const DEPARTURES: readonly Departure[] = [
  {
    why: "files of our own: services for the next launcher, its lock and socket, which load was carried out, which releases run",
    cases: [state.name, AS_ROOT, asNobody.name],
    what: [
      /^hab\/launcher\/services\.json: undefined → "file 06[04][04] /,
      /^hab\/launcher\/LOCK: undefined → "file 06[04][04] /,
      /^hab\/launcher\/ipc-\d+: undefined → "dir 0700 /,
      /^hab\/launcher\/ipc-\d+\/socket: undefined → "other /,
      /^hab\/sup\/default\/data\/(INITIAL_LOAD|RELEASES): undefined → "file 0600 /,
    ],
  },
  {
    why: "a primary group need not be named among the others",
    cases: [asDaemon.name, AS_ROOT],
    what: [/^Groups: "[01]" → ""$/],
  },
  {
    why: "a file that is not there yet is no failure",
    cases: [AS_ROOT, asNobody.name],
    what: [/^- modesu?\.default\(SR\): Failed to get current checksum for .*No such file/],
  },
];

const running: TestSupervisor[] = [];

/** A Supervisor with both services up and a file uploaded to each. */
async function start(
  umask: string,
  wrapper: readonly string[] = [],
  owner?: number,
): Promise<TestSupervisor> {
  const supervisor = await TestSupervisor.create({
    wrapper: ["sh", "-c", `umask ${umask}; exec "$@"`, "sh", ...wrapper],
  });
  running.push(supervisor);
  for (const [name, parts] of Object.entries(NAMES)) addVectorPackage(supervisor, name, parts);
  chmodSync(supervisor.root, 0o755);
  // As there, one was written beforehand.
  if (umask === "022" && owner === undefined) {
    supervisor.write("hab/sup/default/CTL_SECRET", "secret of this test");
    chmodSync(join(supervisor.root, "hab/sup/default/CTL_SECRET"), 0o644);
  }
  if (owner !== undefined) own(supervisor.root, owner);
  await supervisor.start();
  supervisor.write("upload/upl.txt", "text\n");
  for (const name of Object.keys(NAMES)) {
    await supervisor.typed("svc", "load", `vec/${name}`);
    await supervisor.typed("file", "upload", `${name}.default`, "1", join(supervisor.root, "upload/upl.txt"));
  }
  for (const name of Object.keys(NAMES)) {
    await supervisor.up(name);
    await supervisor.until(
      () => supervisor.said(`${name}.default(SR): Service file updated, upl.txt`) > 0,
      "the file",
    );
  }
  return supervisor;
}

function own(path: string, owner: number): void {
  chownSync(path, owner, owner);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) own(join(path, name), owner);
}

const accounts = (file: string) =>
  new Map(
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => [Number(line.split(":")[2]), line.split(":")[0]]),
  );
const users = accounts("/etc/passwd");
const groups = accounts("/etc/group");

/** Everything at and below these directories: path → kind, mode, owner. */
function tree(supervisor: TestSupervisor, tops: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    const status = lstatSync(join(supervisor.root, path));
    const kind = status.isDirectory() ? "dir" : status.isFile() ? "file" : "other";
    const mode = (status.mode & 0o7777).toString(8).padStart(4, "0");
    found[path.replace(supervisor.memberId, "$MEMBER_ID")] =
      `${kind} ${mode} ${users.get(status.uid)}:${groups.get(status.gid)}`;
    if (status.isDirectory())
      for (const name of readdirSync(join(supervisor.root, path))) walk(join(path, name));
  };
  for (const top of tops) walk(top);
  return found;
}

const wantedTree = ({ expect: { tree } }: Vector) =>
  Object.fromEntries(
    tree.map(({ path, type, mode, owner, group }) => [path, `${type} ${mode} ${owner}:${group}`]),
  );

/** What the kernel says of a service's process. */
async function processOf(
  supervisor: TestSupervisor,
  name: string,
  fields: readonly string[],
): Promise<Record<string, string>> {
  const { pid } = (await supervisor.up(name)).process;
  const lines = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .map((line) => line.split(":\t"));
  const values = new Map(lines.map(([field = "", value = ""]) => [field, value]));
  return trimmed(Object.fromEntries(fields.map((field) => [field, values.get(field) ?? ""])));
}

/** Kernels differ in whether a blank ends a list. */
const trimmed = (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.trimEnd()]));

async function compare(supervisor: TestSupervisor, vector: Vector, tops: readonly string[]): Promise<void> {
  const { state: up, run_process: own, services = {}, log = [] } = vector.expect;
  const processes = {
    ...Object.fromEntries(Object.entries(services).map(([name, { process }]) => [name, process])),
  };
  if (up !== undefined && own !== undefined) processes["modesu"] = own;
  const look = async () => {
    const differences = fieldDifferences(tree(supervisor, tops), wantedTree(vector));
    for (const [name, process] of Object.entries(processes))
      differences.push(
        ...fieldDifferences(await processOf(supervisor, name, Object.keys(process)), trimmed(process)),
      );
    if (log.length > 0)
      for (const name of Object.keys(NAMES)) differences.push(...logDifferences(supervisor, name, log));
    return complaints(DEPARTURES, vector.name, differences);
  };
  expect(await supervisor.settle(look, (left) => left.length === 0)).toEqual([]);
}

afterAll(async () => {
  await Promise.all(running.map((supervisor) => supervisor.stop()));
});

test("modes.json has all its cases", () => {
  expect(vectors).toHaveLength(5);
  expect(
    strays(
      DEPARTURES,
      vectors.map(({ name }) => name),
    ),
  ).toEqual([]);
});

describe.skipIf(process.getuid?.() !== 0)("with umask 022", () => {
  let supervisor: TestSupervisor;
  beforeAll(async () => {
    supervisor = await start("022");
  });

  test(asRoot.name, () => compare(supervisor, asRoot, ["hab/svc/modes"]));
  test(asDaemon.name, () => compare(supervisor, asDaemon, ["hab/svc/modesu"]));
  test(state.name, () => compare(supervisor, state, ["hab/sup", "hab/launcher"]));
});

describe.skipIf(process.getuid?.() !== 0)("with umask 077", () => {
  let supervisor: TestSupervisor;
  beforeAll(async () => {
    supervisor = await start("077");
  });

  test(tightMask.name, () => compare(supervisor, tightMask, ["hab/svc", "hab/sup", "hab/launcher"]));

  test("what is above stays as it was", () => {
    const modes = ["", "hab", ".."].map((path) => lstatSync(join(supervisor.root, path)).mode & 0o7777);
    expect(modes).toEqual([0o755, 0o755, 0o1777]);
  });
});

describe.skipIf(process.getuid?.() !== 0)("as nobody", () => {
  let supervisor: TestSupervisor;
  beforeAll(async () => {
    const unprivileged = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    supervisor = await start("022", [...unprivileged, "--inh-caps=-all", "--bounding-set=-all"], NOBODY);
  });

  test(asNobody.name, () => compare(supervisor, asNobody, ["hab/svc", "hab/sup", "hab/launcher"]));
});
