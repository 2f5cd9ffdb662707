// The table of members and the registry behind it: places in the circle, shared records, copies.
import { describe, expect, test } from "bun:test";
import type { Member } from "./member.ts";
import { MemberRegistry, MemberTable } from "./member-table.ts";

function record(id: string, rest: Partial<Member> = {}): Member {
  return {
    id,
    incarnation: 1n,
    address: "10.0.0.1",
    swimPort: 9638,
    gossipPort: 9638,
    persistent: false,
    departed: false,
    probePing: false,
    ...rest,
  };
}

describe("the circle", () => {
  test("has every id once, in the order of the short ids, whatever the order they came in", () => {
    const registry = new MemberRegistry();
    const ids = Array.from({ length: 50 }, (_, n) => `member ${n}`);
    for (const id of ids) registry.number(id);
    const first = registry.number("member 0");
    const around = ids.map((_, steps) => registry.beside(first, steps));
    expect(new Set(around).size).toBe(50);
    expect(registry.beside(first, 50)).toBe(first);
    const shorts = around.map((number) => registry.short(number));
    const falls = shorts.filter((short, place) => short > (shorts[(place + 1) % 50] ?? 0));
    expect(falls).toHaveLength(1);
    expect(registry.beside(registry.beside(first, 7), -7)).toBe(first);
  });
});

describe("records", () => {
  test("that are equal are kept once, and let go of with the last table that holds them", () => {
    const registry = new MemberRegistry();
    const [one, two] = [new MemberTable(registry), new MemberTable(registry)];
    const kept = record("m");
    one.set("m", { member: kept, health: "alive", since: 1 });
    two.set("m", { member: record("m"), health: "suspect", since: 2 });
    expect(two.get("m")!.member).toBe(kept);
    one.set("m", { member: record("m", { incarnation: 2n }), health: "alive", since: 3 });
    expect(two.get("m")!.member).toBe(kept);
    two.delete("m");
    expect(registry.record(1)).toBeUndefined();
    two.set("other", { member: record("other"), health: "alive", since: 4 });
    expect(registry.record(1)!.id).toBe("other");
    expect(one.get("m")!.member.incarnation).toBe(2n);
  });

  test("stored anew without a change stay what they are", () => {
    const table = new MemberTable();
    const member = record("m");
    for (let time = 0; time < 5; time++) table.set("m", { member, health: "alive", since: time });
    expect(table.get("m")).toEqual({ member, health: "alive", since: 4 });
    expect(table.registry.record(1)).toBe(member);
    expect(table.registry.record(2)).toBeUndefined();
  });
});

describe("a copy", () => {
  test("holds the same, with the same digest, and goes its own way", () => {
    const registry = new MemberRegistry();
    const [original, copy] = [new MemberTable(registry), new MemberTable(registry)];
    for (let n = 0; n < 40; n++)
      original.set(`m${n}`, {
        member: record(`m${n}`),
        health: n % 3 === 0 ? "confirmed" : "alive",
        since: n,
      });
    copy.copyFrom(original, 100);
    expect(copy.digest).toBe(original.digest);
    expect(copy.count("confirmed")).toBe(14);
    expect(copy.numbersWith("confirmed")).toEqual(original.numbersWith("confirmed"));
    expect(copy.get("m3")).toEqual({ ...original.get("m3")!, since: 100 });
    original.delete("m3");
    expect(copy.get("m3")!.member.id).toBe("m3");
    copy.delete("m3");
    expect(copy.digest).toBe(original.digest);
  });
});
