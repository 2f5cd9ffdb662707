import { describe, expect, test } from "bun:test";
import { parseFullIdent } from "../../package/index.ts";
import {
  emptyRingState,
  insertRumor,
  type RingEvent,
  type ServiceRumor,
  startElection,
} from "../../ring/index.ts";
import type { Output } from "../output.ts";
import type { ServiceParts } from "../service/ports.ts";
import type { SysInfo } from "../sys.ts";
import { RingPort } from "./port.ts";

const SYS: SysInfo = {
  version: "2.1.78",
  memberId: "me",
  permanent: false,
  ip: "10.0.0.1",
  hostname: "one",
  gossipIp: "0.0.0.0",
  gossipPort: 9638,
  httpGatewayIp: "0.0.0.0",
  httpGatewayPort: 9631,
  ctlGatewayIp: "127.0.0.1",
  ctlGatewayPort: 9632,
};
const OUTPUT: Output = { line: () => {} } as unknown as Output;
const WEB = { service: "web", group: "default" };

/** A lone member that does what it is told at once, and notes events and writes. */
function startPort() {
  const state = emptyRingState("me");
  const context = { now: 0, suitability: () => 0n };
  const events: RingEvent[] = [];
  const written: unknown[] = [];
  let diskFails = false;
  const port = new RingPort({
    sys: SYS,
    output: OUTPUT,
    decrypt: async () => {
      throw new Error("no key");
    },
    member: {
      state,
      hasArrived: () => true,
      apply(event) {
        events.push(event);
        if (event.kind === "announce") insertRumor(state, event.rumor, context);
        if (event.kind === "elect") startElection(state, event.election, event.serviceGroup, 0n, 0n);
        const own = event.kind === "withdraw" ? state.services.get(event.serviceGroup)?.get("me") : undefined;
        if (own !== undefined) hear({ ...own, incarnation: own.incarnation + 1n, stopped: true });
      },
      persist() {
        if (diskFails) throw new Error("disk full");
        written.push({
          configs: [...state.serviceConfigs.keys()],
          files: [...state.serviceFiles.keys()],
          departures: [...state.departures.keys()],
        });
      },
    },
  });
  const hear = (value: ServiceRumor) => insertRumor(state, { kind: "service", fromId: "x", value }, context);
  return {
    port,
    state,
    events,
    written,
    hear,
    kinds: () => events.map(({ kind }) => kind),
    breakDisk: () => {
      diskFails = true;
    },
  };
}

const parts = (port = 80): ServiceParts =>
  ({
    group: WEB,
    pkg: {
      ident: { origin: "acme", name: "web", version: "1", release: "20260101000000" },
      exports: new Map([["port", "port"]]),
    },
    config: { merged: new Map([["port", BigInt(port)]]) },
  }) as unknown as ServiceParts;

describe("a service of ours", () => {
  test("is announced with a higher incarnation each time", () => {
    const { port, state } = startPort();
    port.announce(parts());
    port.announce(parts(81));
    expect(state.services.get("web.default")?.get("me")).toMatchObject({
      incarnation: 2n,
      pkg: "acme/web/1/20260101000000",
    });
    expect(port.census.groups.get("web.default")?.population.get("me")?.cfg.get("port")).toBe(81n);
  });

  test("is withdrawn when it is not wanted any more, once, and leaves the census", () => {
    const { port, kinds } = startPort();
    port.announce(parts());
    port.keepOnly(new Set(["web.default"]));
    expect(kinds()).toEqual(["announce"]);
    port.keepOnly(new Set());
    port.keepOnly(new Set());
    expect(kinds()).toEqual(["announce", "withdraw"]);
    expect(port.census.groups.get("web.default")?.population.size).toBe(0);
  });

  test("left from an earlier Supervisor is withdrawn, those of others are not", () => {
    const { port, events, hear, state } = startPort();
    port.announce(parts());
    const mine = state.services.get("web.default")?.get("me") as ServiceRumor;
    hear({ ...mine, serviceGroup: "old.default" });
    hear({ ...mine, serviceGroup: "theirs.default", memberId: "other" });
    port.keepOnly(new Set(["web.default"]));
    expect(events.slice(1)).toEqual([{ kind: "withdraw", serviceGroup: "old.default" }]);
  });

  test("started again after it was withdrawn goes above the withdrawal", () => {
    const { port, state } = startPort();
    port.announce(parts());
    port.keepOnly(new Set());
    port.announce(parts());
    expect(state.services.get("web.default")?.get("me")).toMatchObject({ incarnation: 3n });
    expect(port.census.groups.get("web.default")?.population.has("me")).toBe(true);
  });

  test("that others remember, of a time before the state was lost, is withdrawn when that is heard", () => {
    const { port, hear, kinds, state } = startPort();
    port.announce(parts());
    port.keepOnly(new Set(["web.default"]));
    const mine = state.services.get("web.default")?.get("me") as ServiceRumor;
    hear({ ...mine, serviceGroup: "old.default" });
    port.refresh();
    expect(kinds()).toEqual(["announce", "withdraw"]);
  });
});

describe("what the control gateway acknowledges", () => {
  const config = Buffer.from("port = 1\n");

  test("is on disk before it is told", () => {
    const { port, written, kinds, state } = startPort();
    port.setConfig(WEB, 1n, config, false);
    port.putFile(WEB, 1n, "f", config, false);
    port.depart("other");
    expect(written).toEqual([
      { configs: ["web.default"], files: [], departures: [] },
      { configs: ["web.default"], files: ["web.default"], departures: [] },
      { configs: ["web.default"], files: ["web.default"], departures: ["other"] },
    ]);
    expect(kinds()).toEqual(["announce", "announce", "announce"]);
    expect(state.counters).toMatchObject({ serviceConfigs: 1, serviceFiles: 1, departures: 1 });
  });

  test("is neither kept nor told when the disk does not take it", () => {
    const { port, events, state, breakDisk } = startPort();
    port.setConfig(WEB, 1n, config, false);
    port.putFile(WEB, 1n, "f", config, false);
    events.length = 0;
    breakDisk();
    expect(() => port.setConfig(WEB, 2n, config, false)).toThrow("disk full");
    expect(() => port.putFile(WEB, 2n, "g", config, false)).toThrow("disk full");
    expect(() => port.depart("other")).toThrow("disk full");
    expect(events).toEqual([]);
    expect(state.serviceConfigs.get("web.default")?.incarnation).toBe(1n);
    expect([...(state.serviceFiles.get("web.default")?.keys() ?? [])]).toEqual(["f"]);
    expect(state.departures.size).toBe(0);
  });

  test("of a version that is not newer changes nothing", () => {
    const { port, kinds, written } = startPort();
    port.setConfig(WEB, 2n, config, false);
    port.setConfig(WEB, 2n, Buffer.from("port = 3\n"), false);
    port.putFile(WEB, 2n, "f", config, false);
    port.putFile(WEB, 1n, "f", config, false);
    expect(kinds()).toEqual(["announce", "announce"]);
    expect(written.length).toBe(2);
  });
});

describe("elections", () => {
  test("are stood in with a suitability, and their status is in the census", () => {
    const { port, events } = startPort();
    port.announce(parts());
    port.elect("election", "web.default", 7n);
    expect(events.at(-1)).toEqual({
      kind: "elect",
      election: "election",
      serviceGroup: "web.default",
      suitability: 7n,
    });
    expect(port.census.groups.get("web.default")?.electionStatus).toBe("ElectionNoQuorum");
    port.tellSuitability("web.default", 8n);
    port.reElect("web.default");
    expect(events.slice(-2)).toEqual([
      { kind: "suitability", serviceGroup: "web.default", suitability: 8n },
      { kind: "re-elect", serviceGroup: "web.default" },
    ]);
  });
});

describe("updates", () => {
  const own = ({ state }: ReturnType<typeof startPort>) => state.services.get("web.default")?.get("me");

  test("are told with the service: the release it changes to, its number, and that it is on its way until it is said to be there", () => {
    const started = startPort();
    const { port } = started;
    const ident = parseFullIdent("acme/web/2.0.0/20260201000000");
    port.announce(parts());
    port.announce(parts(), { ident, changing: true });
    expect(own(started)).toMatchObject({
      pkg: "acme/web/2.0.0/20260201000000",
      pkgIncarnation: 0n,
      changing: true,
    });
    port.announce(parts());
    expect(own(started)?.changing).toBe(true);
    port.announce(parts(), { pkgIncarnation: 3n, changing: false });
    expect(own(started)).toMatchObject({ pkgIncarnation: 3n });
    expect(own(started)?.changing).toBeUndefined();
    port.announce(parts(), { pkgIncarnation: 2n });
    expect(own(started)?.pkgIncarnation).toBe(3n);
  });

  test("and that it drains or is not ready, until it is said to be otherwise", () => {
    const started = startPort();
    const { port } = started;
    port.announce(parts(), { notReady: true });
    port.announce(parts(), { draining: true });
    expect(own(started)).toMatchObject({ notReady: true, draining: true });
    port.announce(parts(), { draining: false });
    expect(own(started)).toMatchObject({ notReady: true });
    expect(own(started)?.draining).toBeUndefined();
    port.announce(parts(), { notReady: false });
    expect(own(started)?.notReady).toBeUndefined();
  });

  test("are led by somebody else when a service no longer takes part in them", () => {
    const { port, events, state } = startPort();
    port.announce(parts());
    port.resignUpdates("web.default");
    expect(events.at(-1)).toMatchObject({ kind: "elect", election: "election-update", suitability: 0n });
    state.electionUpdates.set("web.default", {
      serviceGroup: "web.default",
      candidate: "me",
      term: 0n,
      suitability: 1n,
      status: "finished",
      votes: ["me"],
    });
    port.refresh(true);
    port.resignUpdates("web.default");
    expect(events.at(-1)).toEqual({
      kind: "re-elect",
      serviceGroup: "web.default",
      election: "election-update",
    });
  });
});

test("a burst of changes leads to few censuses, the last one complete", async () => {
  const { port, hear, state } = startPort();
  port.announce(parts());
  const mine = state.services.get("web.default")?.get("me") as ServiceRumor;
  let censuses = 0;
  const complete = Promise.withResolvers<void>();
  port.onCensus(() => {
    censuses++;
    if (port.census.groups.get("web.default")?.population.size === 101) complete.resolve();
  });
  for (let index = 0; index < 100; index++) {
    hear({ ...mine, memberId: `member-${index}` });
    port.refreshSoon();
  }
  await complete.promise;
  expect(censuses).toBe(1);
  port.close();
});
