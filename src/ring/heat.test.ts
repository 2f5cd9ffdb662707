import { describe, expect, test } from "bun:test";
import { coolDown, type Heat, heatedKeys, hotFor, purgeHeat, startHot } from "./heat.ts";
import { memberKey, serviceKey } from "./rumor.ts";

const members = ["1", "2", "3"];
function warm(): Heat {
  const heat: Heat = new Map();
  for (const id of members) startHot(heat, memberKey(id));
  for (const id of members) startHot(heat, serviceKey(id, "g.default"));
  return heat;
}

describe("heat (reference/butterfly.md §21.18)", () => {
  test("a key is hot exactly twice for each member, and again after a new start", () => {
    const heat = warm();
    const key = memberKey("1");
    for (const expected of [true, true, false]) {
      expect(hotFor(heat, "2")).toHaveLength(expected ? 6 : 5);
      coolDown(heat, key, "2");
    }
    expect(hotFor(heat, "3")).toHaveLength(6);
    startHot(heat, key);
    expect(hotFor(heat, "2")).toHaveLength(6);
  });

  test("keys sent once come before those never sent", () => {
    const heat = warm();
    coolDown(heat, serviceKey("3", "g.default"), "2");
    expect(hotFor(heat, "2")[0]).toEqual(serviceKey("3", "g.default"));
  });

  test("purging a member drops its services and its counts, nothing else", () => {
    const heat = warm();
    for (const key of hotFor(heat, "2")) {
      coolDown(heat, key, "2");
      coolDown(heat, key, "2");
    }
    expect(hotFor(heat, "2")).toEqual([]);
    purgeHeat(heat, "2");
    expect(heatedKeys(heat)).toHaveLength(5);
    expect(hotFor(heat, "2")).toHaveLength(5);
  });
});
