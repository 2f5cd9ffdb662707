// Spec files against those the original wrote and read: by `hab svc load`, by hand before the start, by hand while it runs,
// and edits of the spec of a running service (spec-load.json, spec-handwritten.json; reference/services.md §2). One
// Supervisor for all.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ServiceJson, TestSupervisor } from "../../supervisor/harness.ts";
import vectorsOfBinds from "./binds.json";
import { complaints, type Departure, strays } from "./departures.ts";
import {
  addVectorPackage,
  fieldDifferences,
  lineDifferences,
  linesAbout,
  type VectorPackage,
} from "./scene.ts";
import handwritten from "./spec-handwritten.json";
import loaded from "./spec-load.json";

interface LoadCase {
  readonly name: string;
  readonly ident: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly expect: {
    readonly exit: number;
    readonly stderr: string;
    readonly spec: string | null;
    readonly mode?: string | null;
  };
}

interface HandwrittenCase {
  readonly name: string;
  readonly file?: string;
  readonly content?: string;
  readonly when?: string;
  readonly expect: {
    readonly after?: string | null;
    readonly service?: Readonly<Record<string, unknown>> | null;
    readonly restarted?: boolean;
    readonly process_state?: string | null;
    readonly spec?: string | null;
    readonly log: readonly string[];
  };
}

type Shown = ServiceJson & Readonly<Record<string, unknown>> & { readonly service_group: string };

const BLDR = "http://127.0.0.1:24999";
const PUBLIC = "https://bldr.habitat.sh";
const SPECS = "hab/sup/default/specs";
const cases = handwritten as unknown as readonly HandwrittenCase[];
const atStart = cases.filter(({ when }) => when === "present at start");
const [wholeStart] = cases.filter(({ when }) => when === undefined);
const whileRunning = cases.filter(({ when }) => when === "written while the Supervisor runs");
const edits = cases.filter(({ when }) => when?.startsWith("hand edit"));
const loads = loaded as readonly LoadCase[];

const WITHOUT_PACKAGE = ["ident other origin", "not installed"];
const NOT_STARTABLE = [
  "binds unknown",
  "binds with app env",
  "group empty",
  "group with dot",
  ...WITHOUT_PACKAGE,
];
const inBoth = (names: readonly string[]) => names.flatMap((name) => [`start: ${name}`, `running: ${name}`]);

const DEPARTURES: readonly Departure[] = [
  {
    why: "the spec of a service that cannot be started is kept, and its start tried again (services.md §26.2)",
    cases: inBoth(NOT_STARTABLE),
    what: [/^after: null → "ident = /],
  },
  {
    why: "a package that is missing is fetched, as `hab svc load` would",
    cases: inBoth(WITHOUT_PACKAGE),
    what: [
      /^\+ hab-sup\(AG\): » Installing /,
      /^\+ hab-sup\(AG\): ☁ Determining latest version of /,
      /^\+ hab-sup\(MR\): Unable to start (zzz\/sp07|vec\/nothere), cannot ask for /,
    ],
  },
  {
    why: "a package that is missing is fetched, as `hab svc load` would",
    cases: inBoth(["ident other origin"]),
    what: [/^- hab-sup\(MR\): Unable to start zzz\/sp07, Cannot find a release of package: zzz\/sp07$/],
  },
  {
    why: "a service is started again when it has stopped, not before (services.md §8.3)",
    cases: ["edit: ident made fully qualified"],
    what: [/^\+ sp01\.g2\(UCW\): Watching user\.toml$/],
  },
  {
    why: "warns of an option that is for development only",
    cases: ["config-from", "everything"],
    what: [/^stderr: "" → "Ø --config-from replaces /],
  },
];

let supervisor: TestSupervisor;

beforeAll(async () => {
  // What specs name as their depot is out of reach, at once.
  const proxy = "http://127.0.0.1:9";
  supervisor = await TestSupervisor.create({
    env: { HAB_BLDR_URL: BLDR, HTTPS_PROXY: proxy, https_proxy: proxy },
  });
  const { app, db, web } = (vectorsOfBinds as unknown as [{ packages: Record<string, VectorPackage> }])[0]
    .packages;
  const plainRun = { hooks: { run: "#!/bin/sh\nexec sleep 1000000\n" } };
  for (const file of new Set(atStart.map(({ file = "" }) => file)))
    if (file.startsWith("sp")) addVectorPackage(supervisor, file.replace(".spec", ""), plainRun);
  for (const [name, parts] of Object.entries({ app, db, web }))
    addVectorPackage(supervisor, name, parts ?? {});
  for (const { file = "", content = "" } of atStart) supervisor.write(join(SPECS, file), content);
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

const all = async () => JSON.parse((await supervisor.get("/services")).body) as Shown[];
const shown = async (name: string) => (await all()).find(({ pkg }) => pkg?.ident.startsWith(`vec/${name}/`));

function specText(file: string): string | null {
  try {
    return supervisor.read(join(SPECS, file));
  } catch {
    return null;
  }
}

const written = (text: string | null | undefined) =>
  text?.replaceAll("$BLDR", BLDR).replaceAll("$DEFAULT_BLDR", PUBLIC) ?? null;

/** What a TOML library says of an error is its own; the words before it are compared. */
const cut = (line: string) => line.replace(/(Unable to parse contents of service spec file, ).*/, "$1…");

/** When updates are looked for, is random. */
const isTimely = (line: string) => !line.includes("(SU): Unable to look for an update");

const lines = (name: string, from: readonly string[]) =>
  new Set([...linesAbout(supervisor, name, from)].filter(isTimely).map(cut));

/** The fields the vectors show of a service. */
async function fieldsOf(
  name: string,
  wanted: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown> | null> {
  const service = await shown(name);
  if (service === undefined) return null;
  return Object.fromEntries(
    Object.keys(wanted).map((field) => [
      field,
      field === "process_state" ? service.process.state : service[field],
    ]),
  );
}

/** Waits until nothing differs from a case but what should, and says what does when that never comes. */
async function agree(key: string, differences: () => Promise<string[]>): Promise<void> {
  const look = async () => complaints(DEPARTURES, key, await differences());
  expect(await supervisor.settle(look, (left) => left.length === 0)).toEqual([]);
}

async function agreeOnFile(one: HandwrittenCase, from: number): Promise<void> {
  const { file = "", expect: wanted } = one;
  const name = file.replace(".spec", "");
  await agree(keyOf(one), async () => {
    const service = await fieldsOf(name, wanted.service ?? { spec_identifier: "" });
    return [
      ...fieldDifferences(
        { after: specText(file), service },
        { after: written(wanted.after), service: wanted.service },
      ),
      ...lineDifferences(lines(name, supervisor.log.slice(from)), lines(name, wanted.log)),
    ];
  });
}

/** Names come twice: at the start, and while it runs. */
const keyOf = ({ name, when }: HandwrittenCase) =>
  when === "present at start" ? `start: ${name}` : when?.startsWith("hand edit") ? name : `running: ${name}`;
const titled = (some: readonly HandwrittenCase[]) => some.map((one) => [one.name, one] as const);

test("all cases are there", () => {
  expect([atStart.length, whileRunning.length, edits.length, loads.length]).toEqual([31, 31, 17, 33]);
  expect(strays(DEPARTURES, [...cases.map(keyOf), ...loads.map(({ name }) => name)])).toEqual([]);
});

describe("hand-written, there at the start", () => {
  test.each(titled(atStart))("%s", async (_, one) => agreeOnFile(one, 0));

  test(wholeStart?.name ?? "", () => {
    // Each line but those of one service and of a TOML library: services are compared above.
    const isOfAll = (line: string) =>
      line.startsWith("hab-sup(MR): ") &&
      !/Starting (vec|gossip|http|ctl)|Member-ID|Unable to start/.test(line);
    const wanted = new Set(wholeStart?.expect.log.filter(isOfAll));
    for (const line of wanted)
      expect(supervisor.log.some((own) => own.startsWith(line.slice(0, 30)))).toBe(true);
  });
});

describe("hand-written while it runs", () => {
  let from = 0;
  beforeAll(async () => {
    await clear();
    from = supervisor.mark;
    for (const { file = "", content = "" } of whileRunning) appear(file, content);
  });

  test.each(titled(whileRunning))("%s", async (_, one) => agreeOnFile(one, from));
});

/** Writes a spec that is there as a whole or not at all. */
function appear(file: string, content: string): void {
  supervisor.write("written.spec", content);
  renameSync(join(supervisor.root, "written.spec"), join(supervisor.root, SPECS, file));
}

/** Removes all specs and waits until nothing is left of their services. */
async function clear(): Promise<void> {
  for (const file of readdirSync(join(supervisor.root, SPECS))) supervisor.remove(join(SPECS, file));
  await supervisor.until(async () => (await all()).length === 0, "all services to be gone");
}

describe("edited by hand while the service runs", () => {
  let before: Shown | undefined;
  beforeAll(async () => {
    await clear();
    supervisor.write(join(SPECS, "sp01.spec"), 'ident = "vec/sp01"\n');
    await supervisor.until(async () => (await shown("sp01"))?.process.state === "up", "sp01 to be up");
  });

  test.each(titled(edits))("%s", async (name, one) => {
    const { expect: wanted } = one;
    before = await shown("sp01");
    const from = supervisor.mark;
    if (typeof wanted.spec === "string") appear("sp01.spec", wanted.spec);
    else supervisor.remove(join(SPECS, "sp01.spec"));
    // What was looked at after the change is told after it: the Supervisor answers in order.
    await supervisor.typed("svc", "status");
    await agree(name, async () => {
      const service = await shown("sp01");
      const channel = /channel = "(\w+)"/.exec(wanted.spec ?? "")?.[1];
      const seen = {
        restarted:
          service !== undefined && before !== undefined && service.process.pid !== before.process.pid,
        process_state: service?.process.state ?? null,
        spec: specText("sp01.spec"),
        ...(channel === undefined ? {} : { channel: service?.["channel"] }),
      };
      const { log, ...fields } = wanted;
      return [
        ...fieldDifferences(seen, { ...fields, ...(channel === undefined ? {} : { channel }) }),
        ...lineDifferences(lines("sp01", supervisor.log.slice(from)), lines("sp01", log)),
      ];
    });
  });
});

describe("hab svc load writes", () => {
  test.each(loads.map((one) => [one.name, one] as const))(
    "%s",
    async (name, { ident, args, env = {}, expect: wanted }) => {
      const own = ident.split("/")[1] ?? "";
      supervisor.remove(join(SPECS, `${own}.spec`));
      const { exit, err } = await supervisor.typedIn(env, "svc", "load", ident, ...args);
      const spec = specText(`${own}.spec`);
      const mode = spec === null ? null : statSync(join(supervisor.root, SPECS, `${own}.spec`)).mode & 0o7777;
      const seen = {
        exit,
        stderr: err,
        spec,
        mode: mode === null ? null : mode.toString(8).padStart(4, "0"),
      };
      // Some cases do not tell the mode.
      const wantedMode = wanted.mode === undefined ? seen.mode : wanted.mode;
      expect(
        complaints(
          DEPARTURES,
          name,
          fieldDifferences(seen, { ...wanted, spec: written(wanted.spec), mode: wantedMode }),
        ),
      ).toEqual([]);
    },
  );
});
