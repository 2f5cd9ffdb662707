import { describe, expect, test } from "bun:test";
import { EventLog, KEPT_EVENTS, type LoggedEvent, MAX_BEHIND, MAX_FOLLOWERS } from "./event-log.ts";

const log = (run = "run") => new EventLog(run, () => 0);
const tell = (to: EventLog, name: string) =>
  to.tell({ kind: "config", data: { service_group: name, incarnation: "1" } });
const nameOf = (event: LoggedEvent | undefined) => JSON.parse(event?.json ?? "{}").service_group;

describe("who follows", () => {
  test("hears what happens from then on, in order, each with an id and a time", async () => {
    const events = log();
    tell(events, "before");
    const follower = events.follow();
    tell(events, "one");
    tell(events, "two");
    expect(await follower?.next()).toEqual({
      id: "run-2",
      kind: "config",
      json: '{"at":"1970-01-01T00:00:00.000Z","service_group":"one","incarnation":"1"}',
    });
    expect(nameOf(await follower?.next())).toBe("two");
    const later = follower?.next();
    tell(events, "three");
    expect(nameOf(await later)).toBe("three");
  });

  test("comes back with the last id and misses nothing", async () => {
    const events = log();
    for (const name of ["one", "two", "three"]) tell(events, name);
    const follower = events.follow("run-1");
    expect(nameOf(await follower?.next())).toBe("two");
    expect(nameOf(await follower?.next())).toBe("three");
  });

  test.each([
    { what: "another run of the Supervisor", id: "other-3" },
    { what: "no event at all", id: "nonsense" },
    { what: "an event that has not happened", id: "run-9" },
  ])("is told that events are missing when its id is of $what", async ({ id }) => {
    const events = log();
    for (const name of ["one", "two", "three"]) tell(events, name);
    const follower = events.follow(id);
    expect(await follower?.next()).toMatchObject({ kind: "missed", id: "run-0" });
    expect(nameOf(await follower?.next())).toBe("one");
  });

  test("is told so, too, when its id is too old", async () => {
    const events = log();
    for (let at = 0; at < KEPT_EVENTS + 5; at++) tell(events, String(at));
    const follower = events.follow("run-2");
    expect((await follower?.next())?.kind).toBe("missed");
    expect(nameOf(await follower?.next())).toBe("5");
    expect((await events.follow("run-5")?.next())?.id).toBe("run-6");
  });

  test("is let go when it falls behind; others are not", async () => {
    const events = log();
    const slow = events.follow();
    const quick = events.follow();
    for (let at = 0; at < MAX_BEHIND + 2; at++) {
      tell(events, String(at));
      expect(nameOf(await quick?.next())).toBe(String(at));
    }
    expect(await slow?.next()).toBeUndefined();
  });

  test("is one of so many, and makes room when it leaves", () => {
    const events = log();
    const all = Array.from({ length: MAX_FOLLOWERS }, () => events.follow());
    expect(events.follow()).toBeUndefined();
    all[0]?.leave();
    expect(events.follow()).toBeDefined();
  });
});
