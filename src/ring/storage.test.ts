import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insertDeparture } from "./departure.ts";
import { ringErrors } from "./errors.ts";
import { insertMembership } from "./membership.ts";
import { MAXIMUM_U64 } from "./rumor.ts";
import { insertServiceConfig } from "./services.ts";
import { configFor } from "./state.ts";
import { writeStateFile, writeStateFileInSlices } from "./state-file.ts";
import { openRingStorage, type StateDamage } from "./storage.ts";

let directory: string;
let damages: StateDamage[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-ring-"));
  damages = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () =>
  openRingStorage({
    directory,
    now: new Date("2026-11-23T10:00:00Z"),
    monotonicNow: 0,
    report: (damage) => damages.push(damage),
  });
const text = (...path: string[]) => readFileSync(join(directory, ...path), "utf8");
const config = (incarnation: bigint) => ({
  serviceGroup: "redis.default",
  incarnation,
  encrypted: false,
  config: Buffer.from("port = 1\n"),
  fromId: "butterflyclient",
});

describe("a first start", () => {
  test("makes an id, incarnation 0 and an empty state file, with the original's modes", () => {
    const { state } = open();
    expect(state.self).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    expect(text("MEMBER_ID")).toBe(state.self);
    expect(text("data", "INCARNATION")).toBe("0");
    const rst = join("data", `${state.self}.rst`);
    expect(readFileSync(join(directory, rst)).toString("hex")).toBe(`024000000000000000${"00".repeat(56)}`);
    const mode = (...path: string[]) => statSync(join(directory, ...path)).mode & 0o777;
    expect([mode("MEMBER_ID"), mode("data", "INCARNATION"), mode(rst)]).toEqual([0o644, 0o600, 0o600]);
  });
});

describe("what was saved", () => {
  test("is there after a restart, under the same id", () => {
    const first = open();
    insertServiceConfig(first.state, config(7n));
    first.state.incarnation = 3n;
    first.save();
    const second = open();
    expect(second.state.self).toBe(first.state.self);
    expect(second.state.incarnation).toBe(3n);
    expect(configFor(second.state, "redis.default")).toEqual({
      ...config(7n),
      config: new Uint8Array(config(7n).config),
    });
    expect(damages).toEqual([]);
  });

  test("is not written again while nothing changes", () => {
    const storage = open();
    const path = join(directory, "data", `${storage.state.self}.rst`);
    const before = statSync(path).ino;
    storage.save();
    expect(statSync(path).ino).toBe(before);
    insertServiceConfig(storage.state, config(1n));
    storage.save();
    expect(statSync(path).ino).not.toBe(before);
  });

  test("holds that this member was told to leave", () => {
    const first = open();
    insertDeparture(first.state, { memberId: first.state.self }, 0);
    first.save();
    expect(open().state.departed).toBe(true);
  });
});

describe("a damaged INCARNATION", () => {
  test("is replaced by one above what is known of us", () => {
    const first = open();
    const member = {
      id: first.state.self,
      incarnation: 8n,
      address: "10.0.0.1",
      swimPort: 1,
      gossipPort: 1,
      persistent: false,
      departed: false,
      probePing: false,
    };
    insertMembership(first.state, { member, health: "alive" }, 0);
    first.save();
    writeFileSync(join(directory, "data", "INCARNATION"), "x");
    expect(open().state.incarnation).toBe(9n);
    expect(text("data", "INCARNATION")).toBe("9");
    expect(damages.map((damage) => damage.setAside)).toEqual([
      join(directory, "data", "INCARNATION.damaged-20261123100000"),
    ]);
  });

  test("reads the largest number and a plus sign", () => {
    open();
    writeFileSync(join(directory, "data", "INCARNATION"), ` +${MAXIMUM_U64}\n`);
    expect(open().state.incarnation).toBe(MAXIMUM_U64);
  });
});

describe("MEMBER_ID", () => {
  test("is taken as it is, a final newline included", () => {
    writeFileSync(join(directory, "MEMBER_ID"), "abc\n");
    expect(open().state.self).toBe("abc\n");
  });

  test("an empty file makes a new member", () => {
    writeFileSync(join(directory, "MEMBER_ID"), "");
    expect(open().state.self).toHaveLength(32);
  });

  test("that leads elsewhere is refused", () => {
    writeFileSync(join(directory, "MEMBER_ID"), "../../evil");
    expect(open).toThrow(expect.objectContaining({ code: ringErrors.memberIdUnusable.code, exitCode: 86 }));
  });
});

test("a directory that cannot be used is one clear error", () => {
  writeFileSync(join(directory, "data"), "");
  expect(open).toThrow(
    expect.objectContaining({
      code: ringErrors.stateUnusable.code,
      message: expect.stringContaining(directory),
    }),
  );
  rmSync(join(directory, "data"));
  mkdirSync(join(directory, "MEMBER_ID"));
  expect(open).toThrow(expect.objectContaining({ code: ringErrors.stateUnusable.code }));
});

describe("saved in the background", () => {
  test("the same files as by a save", async () => {
    const first = open();
    insertServiceConfig(first.state, config(7n));
    first.state.incarnation = 3n;
    await first.saveInBackground();
    const rst = readFileSync(join(directory, "data", `${first.state.self}.rst`));
    expect(rst).toEqual(Buffer.from(writeStateFile(first.state)));
    expect(text("data", "INCARNATION")).toBe("3");
    expect(statSync(join(directory, "data", "INCARNATION")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, "data")).sort()).toEqual(
      ["INCARNATION", `${first.state.self}.rst`].sort(),
    );
  });

  test("the incarnation alone", async () => {
    const { state, saveIncarnationInBackground } = open();
    state.incarnation = 9n;
    await saveIncarnationInBackground();
    expect(text("data", "INCARNATION")).toBe("9");
  });

  test("does not undo a save made meanwhile", async () => {
    const storage = open();
    insertServiceConfig(storage.state, config(1n));
    storage.state.incarnation = 1n;
    const saving = storage.saveInBackground();
    insertServiceConfig(storage.state, config(2n));
    storage.state.incarnation = 2n;
    storage.save();
    await saving;
    expect(text("data", "INCARNATION")).toBe("2");
    const rst = readFileSync(join(directory, "data", `${storage.state.self}.rst`));
    expect(rst).toEqual(Buffer.from(writeStateFile(storage.state)));
  });

  test("many records are encoded in slices, as they were at the call", async () => {
    const { state } = open();
    for (let number = 0; number < 600; number++)
      insertServiceConfig(state, { ...config(1n), serviceGroup: `s${number}.default` });
    const whole = writeStateFile(state);
    let pauses = 0;
    const sliced = await writeStateFileInSlices(state, async () => {
      pauses++;
      insertServiceConfig(state, { ...config(1n), serviceGroup: `later${pauses}.default` });
    });
    expect(pauses).toBe(2);
    expect(Buffer.from(sliced)).toEqual(Buffer.from(whole));
  });

  test("a failure has its code and is tried again", async () => {
    const storage = open();
    storage.state.incarnation = 5n;
    const data = join(directory, "data");
    renameSync(data, `${data}.away`);
    await expect(storage.saveInBackground()).rejects.toMatchObject({ code: ringErrors.stateUnusable.code });
    renameSync(`${data}.away`, data);
    await storage.saveInBackground();
    expect(text("data", "INCARNATION")).toBe("5");
  });
});
