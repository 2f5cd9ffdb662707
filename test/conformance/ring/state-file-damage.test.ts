// The original started on damaged state files. Where it went on, we load the same; where it gave up, we go on with what
// can be read, and the damaged file is kept beside.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRingStorage, type RingState, type StateDamage } from "../../../src/ring/index.ts";
import cases from "./state-file-damage.json";

interface Change {
  first_bytes?: number;
  replace_at?: number;
  with?: string;
  insert_at?: number;
  insert?: string;
  append?: string;
  version_1?: string;
}
interface Case {
  name: string;
  rst: string | null;
  made_from_control?: Change;
  incarnation_file: string | null;
  started: boolean;
  loaded: Record<string, number> | null;
  incarnation_file_after: string;
  rst_rewritten_bytes: number | null;
  member_id: string;
}

const all = cases as unknown as Case[];
const control = Buffer.from(all[0]!.rst!, "base64");

function fileOf(c: Case): Buffer | undefined {
  if (c.rst === "as control") return control;
  if (c.rst !== null) return Buffer.from(c.rst, "base64");
  const change = c.made_from_control;
  if (change === undefined) return undefined;
  if (change.first_bytes !== undefined) return control.subarray(0, change.first_bytes);
  if (change.version_1 !== undefined) {
    const lengths = [0, 1, 2, 3, 4, 5].map((i) => Number(control.readBigUInt64LE(9 + 8 * i)));
    const body = 65 + lengths.reduce((sum, length) => sum + length);
    return Buffer.concat([Buffer.of(1), control.subarray(9, 57), control.subarray(65, body)]);
  }
  let file = Buffer.from(control);
  if (change.replace_at !== undefined) Buffer.from(change.with!, "hex").copy(file, change.replace_at);
  if (change.insert_at !== undefined)
    file = Buffer.concat([
      file.subarray(0, change.insert_at),
      Buffer.from(change.insert!, "hex"),
      file.subarray(change.insert_at),
    ]);
  return change.append === undefined ? file : Buffer.concat([file, Buffer.from(change.append, "hex")]);
}

const countsOf = (state: RingState) => {
  const inner = (map: Map<string, Map<string, unknown>>) =>
    [...map.values()].reduce((sum, group) => sum + group.size, 0);
  return {
    members: state.members.size,
    services: inner(state.services),
    service_configs: state.serviceConfigs.size,
    service_files: inner(state.serviceFiles),
    elections: state.elections.size,
    election_updates: state.electionUpdates.size,
    departures: state.departures.size,
  };
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-ring-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("started on a given state file", () => {
  for (const c of all) {
    test(c.name, () => {
      const data = join(directory, "data");
      mkdirSync(data);
      writeFileSync(join(directory, "MEMBER_ID"), c.member_id);
      const rst = join(data, `${c.member_id}.rst`);
      const file = fileOf(c);
      if (file !== undefined) writeFileSync(rst, file);
      if (c.incarnation_file !== null) writeFileSync(join(data, "INCARNATION"), c.incarnation_file);
      for (const name of ["left.tmp", "old.health", ".tmp0123456789ab"]) writeFileSync(join(data, name), "x");

      const damages: StateDamage[] = [];
      const { state } = openRingStorage({
        directory,
        now: new Date("2026-11-23T10:00:00Z"),
        monotonicNow: 5,
        report: (damage) => damages.push(damage),
      });

      if (c.loaded !== null) expect(countsOf(state)).toEqual(c.loaded as never);
      expect(state.self).toBe(c.member_id);
      const after = readFileSync(join(data, "INCARNATION"), "utf8");
      const expectedNames = [
        `${c.member_id}.rst`,
        "INCARNATION",
        ...damages.map((d) => d.setAside.split("/").at(-1)!),
      ];
      expect(readdirSync(data).sort()).toEqual(expectedNames.sort());
      if (c.started) {
        expect(after).toBe(c.incarnation_file_after);
        expect(String(state.incarnation)).toBe(c.incarnation_file_after.trim());
        expect(readFileSync(rst).length).toBe(c.rst_rewritten_bytes!);
      } else {
        // What the original gives up on is set aside as it was.
        expect(damages).toHaveLength(1);
        const [damage] = damages;
        expect(damage!.problems.length).toBeGreaterThan(0);
        const expected = damage!.file.endsWith("INCARNATION") ? Buffer.from(c.incarnation_file!) : file!;
        expect(readFileSync(damage!.setAside).equals(expected)).toBe(true);
        expect(existsSync(damage!.file)).toBe(true);
      }
    });
  }
});
