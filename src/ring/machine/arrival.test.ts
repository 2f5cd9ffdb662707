// A newcomer keeps out of elections until it knows what its ring knows (arrival.ts).
import { describe, expect, test } from "bun:test";
import { record, serviceOf } from "./testing/records.ts";
import { Rig } from "./testing/rig.ts";
import { SmallRing } from "./testing/small-ring.ts";

const GROUP = "g.default";
const PEER = { host: "10.0.0.9", port: 9638 };

function standing(rig: Rig): void {
  rig.event({
    kind: "announce",
    rumor: { kind: "service", fromId: "self", value: serviceOf("self", GROUP) },
  });
  rig.event({ kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n });
}

const candidate = (rig: Rig): string | undefined => rig.core.state.elections.get(GROUP)?.candidate;

describe("a newcomer", () => {
  test("with nobody to join stands at once", () => {
    const rig = new Rig();
    standing(rig);
    expect(candidate(rig)).toBe("self");
  });

  test("that finds nobody at its peers stands after five seconds", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [PEER] });
    standing(rig);
    rig.wait(4900);
    expect(candidate(rig)).toBeUndefined();
    rig.wait(700);
    expect(candidate(rig)).toBe("self");
  });

  test("that meets an original member, which only tells, stands after a second", () => {
    const rig = new Rig();
    rig.event({ kind: "peers", peers: [PEER] });
    standing(rig);
    rig.event({
      kind: "datagram",
      from: PEER,
      message: { kind: "ack", from: { ...record("o", 9), address: "" }, membership: [] },
    });
    rig.wait(900);
    expect(candidate(rig)).toBeUndefined();
    rig.wait(700);
    expect(candidate(rig)).toBe("self");
  });

  test("takes the leader there is, though its own id is larger", () => {
    const ring = new SmallRing(["a", "b", "c"]);
    for (const id of ["a", "b", "c"]) {
      ring.announceService(id);
      ring.elect(id);
    }
    expect(ring.until(() => ring.leader(["a", "b", "c"]) !== undefined, 20_000)).toBe(true);
    const leader = ring.leader(["a", "b", "c"]);
    ring.add("z");
    ring.announceService("z");
    ring.elect("z");
    const all = ["a", "b", "c", "z"];
    expect(ring.until(() => ring.leader(all) !== undefined, 5000)).toBe(true);
    expect(ring.leader(all)).toBe(leader!);
    expect(ring.state("a").elections.get(GROUP)?.term).toBe(0n);
  });
});
