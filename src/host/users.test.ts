import { describe, expect, test } from "bun:test";
import { lookupGroup, lookupUser, supplementaryGroups } from "./users.ts";

describe("users and groups of the host", () => {
  test("by name and by number", () => {
    expect(lookupUser("root")).toEqual({ name: "root", uid: 0, gid: 0, home: "/root" });
    expect(lookupUser(0)?.name).toBe("root");
    expect(lookupGroup("root")).toEqual({ name: "root", gid: 0 });
    expect(lookupGroup(0)?.name).toBe("root");
  });

  test("unknown ones are undefined", () => {
    expect(lookupUser("no-such-user")).toBeUndefined();
    expect(lookupUser(4_000_000_000)).toBeUndefined();
    expect(lookupGroup("no-such-group")).toBeUndefined();
    expect(lookupGroup(4_000_000_000)).toBeUndefined();
  });

  test.each(["", "a\0b", "root\0"])("no lookup for %j", (name) => {
    expect(lookupUser(name)).toBeUndefined();
    expect(lookupGroup(name)).toBeUndefined();
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 32])("no lookup for %p", (id) => {
    expect(lookupUser(id)).toBeUndefined();
  });

  test("the same as the host's own tools say", async () => {
    const passwd = await Bun.file("/etc/passwd").text();
    for (const line of passwd.trim().split("\n").slice(0, 20)) {
      const [name = "", , uid, gid, , home = ""] = line.split(":");
      expect(lookupUser(name)).toEqual({ name, uid: Number(uid), gid: Number(gid), home });
      const groups = Bun.spawnSync(["id", "-G", name]).stdout.toString().trim().split(" ").map(Number);
      expect(supplementaryGroups(name, Number(gid)).toSorted()).toEqual(groups.toSorted());
    }
  });

  test("a user without entries has the primary group", () => {
    expect(supplementaryGroups("no-such-user", 4711)).toEqual([4711]);
  });
});
