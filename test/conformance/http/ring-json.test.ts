// `/butterfly` and `/census` against what original members answered (reference/supervisor.md §14.2, §14.3), from the state
// files the same members wrote at the same moment. Counters count what happened since the start and cannot be in a file.
import { describe, expect, test } from "bun:test";
import { emptyRingState, loadStateFile, type RingState, readStateFile } from "../../../src/ring/index.ts";
import { censusJson } from "../../../src/supervisor/census/json.ts";
import { butterflyJson } from "../../../src/supervisor/http/butterfly-json.ts";
import { RingPort } from "../../../src/supervisor/ring/port.ts";
import { formatJson } from "../../../src/toml/index.ts";
import stateFiles from "../ring/state-files.json";
import answers from "./ring.json";

interface Answer {
  readonly name: string;
  readonly run: string;
  readonly at: "A" | "B" | "C";
  readonly path: string;
  readonly members: Readonly<Record<string, { readonly id: string }>>;
  readonly text: string;
}

const MOMENT = ", after hab sup depart C, ";
const recorded = (answers as unknown as Answer[]).filter(({ name }) => name.includes(MOMENT));

function stateOf({ run, at, members }: Answer): RingState {
  const name = `${run}${MOMENT}member ${at}, data/<member id>.rst`;
  const file = (stateFiles as { name: string; bytes: string }[]).find((each) => each.name === name);
  if (file === undefined) throw new Error(`no state file ${name}`);
  const state = emptyRingState(members[at]?.id ?? "");
  const content = readStateFile(Buffer.from(file.bytes, "base64"));
  loadStateFile(state, content, { now: 0, suitability: () => 0n });
  return state;
}

/** What the members opened with keys of theirs: the content of an encrypted file or configuration, as they showed it. */
function opened(content: Uint8Array, state: RingState, recordedText: string): Uint8Array {
  const groups = (JSON.parse(recordedText) as { census_groups: Record<string, RecordedGroup | undefined> })
    .census_groups;
  for (const [name, { config }] of state.serviceConfigs) {
    if (config !== content) continue;
    const { port } = groups[name]?.service_config?.value ?? {};
    return Buffer.from(`port = ${port}\n`);
  }
  for (const [name, files] of state.serviceFiles)
    for (const [filename, { body }] of files)
      if (body === content) return Uint8Array.from(groups[name]?.service_files[filename]?.body ?? []);
  throw new Error("nobody sent this");
}

interface RecordedGroup {
  readonly service_config: { readonly value: { readonly port: number } } | null;
  readonly service_files: Readonly<Record<string, { readonly body: readonly number[] }>>;
}

async function census(state: RingState, recordedText: string): Promise<string> {
  const port = new RingPort({
    member: { state, apply: () => {}, persist: () => {}, hasArrived: () => true },
    sys: {} as never,
    output: { line: () => {} } as never,
    decrypt: async (content) => opened(content, state, recordedText),
  });
  port.refresh();
  // What is encrypted is in the census a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  return formatJson(censusJson(port.census));
}

/** Objects whose keys are ids, groups or file names: the original's order in them is that of a hash map. */
const isMap = (keys: readonly string[]) => keys.some((key) => !/^[a-z_]+$/.test(key));

/** The same text for the same content: maps sorted, objects in their own order, without what no file can hold. */
function canonical(text: string): string {
  const arrange = (value: unknown, key = ""): unknown => {
    // True or listed for the one look after a change.
    if (key === "changed" || key === "changed_service_files") return "left out";
    if (key.endsWith("_counter")) return "left out";
    // Compat: the original takes everybody for a permanent peer in the census (butterfly.md §15); we do not.
    if (key === "persistent") return "left out";
    if (Array.isArray(value)) return value.map((item) => arrange(item));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, inner]) => [name, arrange(inner, name)] as const);
    const isSorted = isMap(entries.map(([name]) => name));
    return Object.fromEntries(isSorted ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries);
  };
  return JSON.stringify(arrange(JSON.parse(text)), null, 1);
}

describe("the ring over HTTP", () => {
  test.each(recorded.map((answer) => [answer.name, answer] as const))("%s", async (_name, answer) => {
    const state = stateOf(answer);
    const ours =
      answer.path === "/butterfly" ? formatJson(butterflyJson(state)) : await census(state, answer.text);
    expect(canonical(ours)).toBe(canonical(answer.text));
  });
});
