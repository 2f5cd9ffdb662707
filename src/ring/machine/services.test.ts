// Services, configuration, files and departures as they come in (services.ts).
import { describe, expect, test } from "bun:test";
import { CONTENT_BYTES_LIMIT, DEPARTURE_LIMIT, GROUP_LIMIT, RECORD_LIMIT } from "./limits.ts";
import { record, serviceOf } from "./testing/records.ts";
import { only, pushedTo, Rig } from "./testing/rig.ts";

const GROUP = "g.default";
const MAXIMUM = 2n ** 64n - 1n;
const announce = (rig: Rig, incarnation = 1n) =>
  rig.event({
    kind: "announce",
    rumor: { kind: "service", fromId: "self", value: serviceOf("self", GROUP, { incarnation }) },
  });
const own = (rig: Rig) => rig.state.services.get(GROUP)?.get("self");
const config = (rig: Rig, serviceGroup: string, incarnation = 1n, size = 1) =>
  rig.message({
    kind: "service-config",
    fromId: "x",
    value: { serviceGroup, incarnation, encrypted: false, config: new Uint8Array(size), fromId: "x" },
  });
const refused = (effects: Parameters<typeof only>[0]) =>
  only(effects, "note").filter(({ note }) => note.kind === "refused").length;

describe("our own service", () => {
  test("announced again goes above what is stored", () => {
    const rig = new Rig();
    announce(rig, 5n);
    announce(rig, 1n);
    expect(own(rig)!.incarnation).toBe(6n);
  });

  test("others hold a newer one of (our store was lost): ours goes above it", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    announce(rig);
    rig.done.length = 0;
    rig.service(serviceOf("self", GROUP, { incarnation: 7n, pkg: "other/pkg/1/2" }));
    expect(own(rig)).toMatchObject({ incarnation: 8n, pkg: "acme/g/1.0.0/20260101000000" });
    expect(pushedTo(rig.done, "m")).toMatchObject([{ kind: "service", value: { incarnation: 8n } }]);
  });

  test("told back as it is, is no news", () => {
    const rig = new Rig();
    announce(rig, 5n);
    rig.service(serviceOf("self", GROUP, { incarnation: 5n }));
    rig.service(serviceOf("self", GROUP, { incarnation: 4n, pkg: "old" }));
    expect(own(rig)!.incarnation).toBe(5n);
  });

  test("above the largest incarnation there is nothing", () => {
    const rig = new Rig();
    announce(rig);
    rig.service(serviceOf("self", GROUP, { incarnation: MAXIMUM, stopped: true }));
    announce(rig);
    rig.event({ kind: "withdraw", serviceGroup: GROUP });
    expect(own(rig)).toMatchObject({ incarnation: MAXIMUM, stopped: true });
  });

  test("withdrawn, is told as stopped; others' word that it runs is contradicted", () => {
    const rig = new Rig();
    announce(rig, 3n);
    rig.event({ kind: "withdraw", serviceGroup: GROUP });
    expect(own(rig)).toMatchObject({ incarnation: 4n, stopped: true });
    rig.service(serviceOf("self", GROUP, { incarnation: 9n }));
    expect(own(rig)).toMatchObject({ incarnation: 10n, stopped: true });
  });

  test.each(["draining", "notReady"] as const)(
    "a copy that lost the word `%s` on its way does not replace it, and is replaced by it",
    (word) => {
      const rig = new Rig();
      const full = serviceOf("m", GROUP, { incarnation: 3n, [word]: true });
      const { [word]: _, ...stripped } = full;
      for (const heard of [stripped, full, stripped]) rig.service(heard);
      expect(rig.state.services.get(GROUP)?.get("m")).toEqual(full);
    },
  );

  test("a copy that lost the word `stopped` on its way is not above it: no answer, no circle", () => {
    const rig = new Rig();
    announce(rig, 3n);
    rig.event({ kind: "withdraw", serviceGroup: GROUP });
    rig.wait(1000);
    rig.service(serviceOf("self", GROUP, { incarnation: 4n }));
    expect(own(rig)).toMatchObject({ incarnation: 4n, stopped: true });
  });

  test("one we do not run, heard from others after our store was lost, is stored as stopped", () => {
    const rig = new Rig();
    rig.service(serviceOf("self", GROUP, { incarnation: 9n }));
    expect(own(rig)).toMatchObject({ incarnation: 10n, stopped: true });
    announce(rig, 1n);
    expect(own(rig)).toMatchObject({ incarnation: 11n });
    expect(own(rig)!.stopped).toBeUndefined();
  });

  test("two machines with one id do not go above each other without end", () => {
    const rig = new Rig();
    announce(rig, 3n);
    for (let n = 10n; n < 30n; n++) rig.service(serviceOf("self", GROUP, { incarnation: n }));
    expect(own(rig)).toMatchObject({ incarnation: 11n });
  });
});

describe("at equal incarnation", () => {
  test("all keep the same content, whichever came first", () => {
    for (const [first, second] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      const rigs = [new Rig(), new Rig()];
      for (const [n, rig] of rigs.entries())
        for (const text of n === 0 ? [first, second] : [second, first])
          rig.service(serviceOf("m", GROUP, { cfg: Buffer.from(text) }));
      const [one, two] = rigs.map((rig) => String(rig.state.services.get(GROUP)!.get("m")!.cfg));
      expect(one).toBe(two!);
    }
  });

  test("stopped comes before all that runs", () => {
    const rig = new Rig();
    rig.service(serviceOf("m", GROUP, { stopped: true }));
    rig.service(serviceOf("m", GROUP, { pkg: "another" }));
    expect(rig.state.services.get(GROUP)!.get("m")!.stopped).toBe(true);
  });
});

describe("when the stores are full", () => {
  /** As many records as there may be. */
  function full(): Rig {
    const rig = new Rig();
    config(rig, GROUP);
    for (let n = rig.core.records.byHash.size; n < RECORD_LIMIT; n++)
      rig.core.records.byHash.set(-n, { key: { kind: "service", id: "", key: "" }, version: 0, bytes: 0 });
    return rig;
  }

  test("nothing new is taken, of any kind, but what is known can be renewed", () => {
    const rig = full();
    expect(refused(config(rig, "new.default"))).toBe(1);
    expect(refused(rig.service(serviceOf("m")))).toBe(1);
    const departure = { kind: "departure", fromId: "x", value: { memberId: "m" } } as const;
    expect(refused(rig.message(departure))).toBe(1);
    expect(refused(config(rig, GROUP, 2n))).toBe(0);
    expect(rig.state.serviceConfigs.get(GROUP)!.incarnation).toBe(2n);
  });

  test("by bytes", () => {
    const rig = new Rig();
    config(rig, GROUP, 1n, 100);
    const before = rig.core.records.bytes;
    expect(before).toBe(100 + GROUP.length);
    rig.core.records.bytes = CONTENT_BYTES_LIMIT - 10;
    expect(refused(config(rig, GROUP, 2n, 200))).toBe(1);
    expect(refused(config(rig, GROUP, 2n, 50))).toBe(0);
    expect(rig.core.records.bytes).toBe(CONTENT_BYTES_LIMIT - 60);
  });

  test("by groups and departures", () => {
    const rig = new Rig();
    const value = rig.state;
    for (let n = 0; n < GROUP_LIMIT; n++)
      value.serviceConfigs.set(`g${n}.x`, {
        serviceGroup: `g${n}.x`,
        incarnation: 1n,
        encrypted: false,
        config: new Uint8Array(),
        fromId: "x",
      });
    for (let n = 0; n < DEPARTURE_LIMIT; n++) value.departures.set(`m${n}`, { memberId: `m${n}` });
    expect(refused(config(rig, "new.default"))).toBe(1);
    expect(refused(rig.message({ kind: "departure", fromId: "x", value: { memberId: "m" } }))).toBe(1);
    // That we are to leave is always heard.
    rig.message({ kind: "departure", fromId: "x", value: { memberId: "self" } });
    expect(value.departed).toBe(true);
  });
});
