import { describe, expect, test } from "bun:test";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { parseNatsAddress } from "./address.ts";
import { type EventOrigin, encodeReport, subjectOf } from "./messages.ts";
import type { HealthReport, ReportedService } from "./report.ts";

/** Field number → values: numbers, or bytes. */
type Fields = Record<number, (number | Uint8Array)[]>;

function read(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields: Fields = {};
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value = type === WireType.Varint ? Number(reader.int64()) : reader.bytes();
    fields[field] = [...(fields[field] ?? []), value];
  }
  return fields;
}
const inner = (fields: Fields, field: number) => read((fields[field]?.[0] ?? new Uint8Array()) as Uint8Array);
const text = (fields: Fields, field: number) => new TextDecoder().decode(fields[field]?.[0] as Uint8Array);

const origin: EventOrigin = {
  supervisorId: "abc",
  gossipAddress: "0.0.0.0:9638",
  application: "shop",
  environment: "test",
  meta: new Map([["zone", "a"]]),
  fqdn: "host.example.com",
  site: undefined,
};
const service: ReportedService = {
  packageIdent: "core/redis/4/5",
  specIdent: "core/redis",
  serviceGroup: "redis.default",
};
const health = (report: HealthReport) =>
  read(encodeReport({ kind: "health-check", service, health: report }, origin, 0));

describe("an event", () => {
  test("says where it comes from and when it happened", () => {
    const fields = inner(read(encodeReport({ kind: "started", service }, origin, 1_500_250)), 1);
    expect([1, 2, 4, 5, 7].map((field) => text(fields, field))).toEqual([
      "abc",
      "0.0.0.0:9638",
      "shop",
      "test",
      "host.example.com",
    ]);
    expect(inner(fields, 3)).toEqual({ 1: [1500], 2: [250_000_000] });
    const pair = inner(fields, 6);
    expect([text(pair, 1), text(pair, 2)]).toEqual(["zone", "a"]);
    expect(fields[8]).toBeUndefined();
  });

  test("says which service, and how it is updated", () => {
    const plain = inner(read(encodeReport({ kind: "stopped", service }, origin, 0)), 2);
    expect([1, 2, 3].map((field) => text(plain, field))).toEqual([
      "core/redis/4/5",
      "core/redis",
      "redis.default",
    ]);
    expect(plain[4]).toBeUndefined();
    const update = { strategy: "rolling", channel: "stable" } as const;
    const updated = inner(
      read(encodeReport({ kind: "stopped", service: { ...service, update } }, origin, 0)),
      2,
    );
    const config = inner(updated, 4);
    expect(config[1]).toEqual([1]);
    expect(text(config, 2)).toBe("stable");
  });

  test("of an update names the new package", () => {
    const report = { kind: "update-started", service, packageIdent: "core/redis/4/6" } as const;
    expect(text(read(encodeReport(report, origin, 0)), 3)).toBe("core/redis/4/6");
    expect(subjectOf(report)).toBe("habitat.event.service_update_started");
  });
});

describe("a health check", () => {
  test("without a hook", () => {
    const fields = health({ result: "Ok", intervalMs: 30_000 });
    for (const field of [3, 4, 5, 6, 7]) expect(fields[field]).toBeUndefined();
    expect(inner(fields, 8)).toEqual({ 1: [30] });
  });

  test("whose hook could not be run", () => {
    const fields = health({ result: "Unknown", hook: { seconds: 5 }, intervalMs: 30_000 });
    expect(fields[3]).toEqual([3]);
    expect(inner(fields, 4)).toEqual({ 1: [5] });
    for (const field of [5, 6, 7]) expect(fields[field]).toBeUndefined();
  });

  test("whose hook was ended by a signal", () => {
    const output = { stdout: "out", stderr: "err" };
    const fields = health({ result: "Unknown", hook: { seconds: 10, output }, intervalMs: 1 });
    expect(fields[5]).toBeUndefined();
    expect(text(inner(fields, 6), 1)).toBe("out");
    expect(text(inner(fields, 7), 1)).toBe("err");
  });

  test.each<{ exitStatus: number; expected: Fields }>([
    { exitStatus: 0, expected: {} },
    { exitStatus: 3, expected: { 1: [3] } },
  ])("whose hook ended with $exitStatus", ({ exitStatus, expected }) => {
    const fields = health({ result: "Ok", hook: { seconds: 0.5, exitStatus }, intervalMs: 1 });
    expect(inner(fields, 5)).toEqual(expected);
    expect(fields[5]).toHaveLength(1);
    expect(inner(fields, 4)).toEqual({ 2: [500_000_000] });
  });
});

describe("an address", () => {
  test.each([
    ["nats://127.0.0.1:90", { host: "127.0.0.1", port: 90 }],
    ["127.0.0.1", { host: "127.0.0.1", port: 4222 }],
    ["auth_token@1.2.3.4", { host: "1.2.3.4", port: 4222, login: { kind: "token", token: "auth_token" } }],
    ["nats://u:p:q@h", { host: "h", port: 4222, login: { kind: "user", user: "u", password: "p:q" } }],
    ["nats://[::1]:1", { host: "::1", port: 1 }],
  ])("%s", (address, expected) => expect(parseNatsAddress(address)).toEqual(expected as never));

  test.each(["http://x", "nats://", "x:0", "x:70000", "a b"])("%j is refused", (address) =>
    expect(() => parseNatsAddress(address)).toThrow("no address of a NATS server"),
  );

  test("refused shows no secret", () => {
    expect(() => parseNatsAddress("http://hunter2@x")).toThrow(/^((?!hunter2).)*$/);
  });
});
