// Who is to blame for what an original suffers: the sender of the last message that led to it, not who spoke last.
import { describe, expect, test } from "bun:test";
import type { Election } from "../../src/ring/index.ts";
import type { Member } from "../../src/ring/member.ts";
import type { GossipMessage, RingEvent } from "../../src/ring/protocol.ts";
import { type Harm, HarmWatch } from "../../src/ring/sim/harm.ts";
import { Host } from "../../src/ring/sim/host.ts";
import { MACHINES } from "../../src/ring/sim/machines.ts";
import { emptyRingState } from "../../src/ring/state.ts";

const GROUP = "cache.default";
const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

/** An original, and two others that tell it things. */
function scene() {
  const hosts = ADDRESSES.map(
    (address, index) =>
      new Host({
        index,
        id: `m${index}`,
        address,
        behaviour: "original",
        peers: [],
        persistent: false,
        diskReadUntilMs: Number.POSITIVE_INFINITY,
        drift: 1,
        clockOffset: 0,
      }),
  );
  const [original, ...tellers] = hosts as [Host, Host, Host];
  const machine = MACHINES.original({
    state: emptyRingState(original.id),
    self: { address: "", swimPort: 9638, gossipPort: 9638, persistent: false },
    random: () => 0.5,
  });
  original.machine = machine;
  const harms: Harm[] = [];
  const watch = new HarmWatch(
    (address) => hosts.find((host) => host.address === address),
    (harm) => harms.push(harm),
  );
  let now = 0;
  const step = (event: RingEvent): void => watch.stepped(original, event, machine.step(event, now));
  step({ kind: "start", peers: [] });
  return {
    harms,
    tellers,
    tell: (by: Host, message: GossipMessage) => step({ kind: "message", from: by.address, message }),
    step,
    wait(ms: number) {
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, Math.max(now + 1, machine.wakeAt()));
        step({ kind: "timer", lateMs: 0 });
      }
    },
  };
}

function member(id: string, address = "10.0.0.9"): GossipMessage {
  const record: Member = {
    id,
    incarnation: 1n,
    address,
    swimPort: 9638,
    gossipPort: 9638,
    persistent: false,
    departed: false,
    probePing: false,
  };
  return { kind: "member", fromId: id, value: { member: record, health: "alive" } };
}

describe("blamed is who said it last", () => {
  test("of an address that cannot be read, long before the thread ends by it", () => {
    const { harms, tellers, tell, wait } = scene();
    const [first, second] = tellers as [Host, Host];
    tell(first, member("six", "fd00::1"));
    tell(second, member("four"));
    wait(10_000);
    expect(harms).toHaveLength(1);
    expect(harms[0]).toMatchObject({ by: first });
    expect(harms[0]!.what).toStartWith("crash: outbound: Cannot parse");
  });

  test("of a leader without a service, or that this one lives", () => {
    const { harms, tellers, tell, step, wait } = scene();
    const [first, second] = tellers as [Host, Host];
    step({ kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n });
    const value: Election = {
      serviceGroup: GROUP,
      candidate: "stranger",
      term: 0n,
      suitability: 9n,
      status: "finished",
      votes: [],
    };
    tell(first, { kind: "election", fromId: "stranger", value });
    tell(second, member("stranger"));
    wait(3000);
    expect(harms).toHaveLength(1);
    expect(harms[0]).toMatchObject({ by: second });
    expect(harms[0]!.what).toStartWith("crash: main: No leader");
  });

  test("of what it does not understand, at once", () => {
    const { harms, tellers, tell } = scene();
    const [first] = tellers as [Host, Host];
    tell(first, { kind: "want", fromId: "x", keys: [] });
    expect(harms).toMatchObject([{ by: first, what: "message: unknown type want" }]);
  });
});
