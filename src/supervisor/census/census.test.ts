import { describe, expect, test } from "bun:test";
import { parseBind } from "../group.ts";
import { bindStatus, checkBinds } from "./binds.ts";
import {
  activeMembers,
  type CensusSources,
  emptyCensus,
  leaderOf,
  servingMembers,
  updateCensus,
} from "./census.ts";
import { memberJson } from "./json.ts";

const SYS = {
  ip: "1.2.3.4",
  hostname: "h",
  gossipIp: "0.0.0.0",
  gossipPort: 9638,
  httpGatewayIp: "0.0.0.0",
  httpGatewayPort: 9631,
  ctlGatewayIp: "0.0.0.0",
  ctlGatewayPort: 9632,
};

const service = (memberId: string, serviceGroup: string, pkgIncarnation: bigint) => ({
  memberId,
  serviceGroup,
  package: "core/shield/0.10.4/20260101000000",
  pkgIncarnation,
  cfg: new Map([["port", 1n]]),
  sys: SYS,
});

const SOURCES: CensusSources = {
  services: [
    service("member-b", "shield.one", 1n),
    service("member-a", "shield.one", 2n),
    service("member-a", "shield.two", 2n),
  ],
  members: [],
  elections: [{ serviceGroup: "shield.one", memberId: "member-a", status: "Finished" }],
  updateElections: [{ serviceGroup: "shield.two", memberId: "member-a", status: "Finished" }],
  configs: [{ serviceGroup: "shield.one", incarnation: 1n, value: new Map([["a", 1n]]) }],
  files: [
    { serviceGroup: "shield.one", filename: "f", incarnation: 1n, body: new Uint8Array([1]) },
    { serviceGroup: "shield.one", filename: "zero", incarnation: 0n, body: new Uint8Array([1]) },
    { serviceGroup: "nobody.here", filename: "g", incarnation: 1n, body: new Uint8Array([1]) },
  ],
  counters: { service: 3, election: 1, electionUpdate: 1, membership: 0, serviceConfig: 1, serviceFile: 3 },
};

describe("the census (services.md §14.1, §27)", () => {
  const census = updateCensus(emptyCensus("member-b"), SOURCES);
  const one = census.groups.get("shield.one");

  test("groups hold their members in the order of ids, and the highest package incarnation", () => {
    expect([...(one?.population.keys() ?? [])]).toEqual(["member-a", "member-b"]);
    expect(one?.pkgIncarnation).toBe(2n);
  });

  test("we are alive, others unknown until the member list speaks", () => {
    expect(one?.population.get("member-b")?.health).toBe("alive");
    expect(one?.population.get("member-a")?.health).toBeUndefined();
    const health = {
      memberId: "member-a",
      health: "suspect",
      persistent: false,
      address: "9.9.9.9",
      gossipPort: 1,
    };
    const next = updateCensus(census, {
      ...SOURCES,
      members: [health as CensusSources["members"][number]],
      counters: { ...SOURCES.counters, membership: 1 },
    });
    expect(next.groups.get("shield.one")?.population.get("member-a")).toMatchObject({
      health: "suspect",
      sys: { gossipIp: "9.9.9.9", gossipPort: 1 },
    });
  });

  test("elections set leaders and followers when finished, and only mirror their status before", () => {
    expect(one === undefined ? undefined : leaderOf(one)?.memberId).toBe("member-a");
    expect(one?.population.get("member-b")).toMatchObject({ leader: false, follower: true });
    const again = updateCensus(census, {
      ...SOURCES,
      elections: [{ serviceGroup: "shield.one", memberId: "member-b", status: "Running" }],
      counters: { ...SOURCES.counters, election: 2 },
    });
    const group = again.groups.get("shield.one");
    expect(group?.electionStatus).toBe("ElectionInProgress");
    expect(group?.leaderId).toBe("member-a");
    expect(group?.population.get("member-a")).toMatchObject({ leader: true, election: "ElectionInProgress" });
  });

  test("files of version 0 never take effect; files alone make a group", () => {
    expect([...(one?.serviceFiles.keys() ?? [])]).toEqual(["f"]);
    expect(one?.changedServiceFiles).toEqual(["f"]);
    expect(census.groups.get("nobody.here")?.population.size).toBe(0);
  });

  test("without a change of the counters nothing changes", () => {
    expect(updateCensus(census, SOURCES)).toEqual({ ...census, changed: false });
  });
});

describe("members that drain or are not ready (beyond the original)", () => {
  const SAID = { a: {}, b: { draining: true }, c: { notReady: true } } as const;
  const groupOf = (...ids: (keyof typeof SAID)[]) => {
    const services = ids.map((id) => ({ ...service(id, "shield.one", 1n), ...SAID[id] }));
    const members = ids.map((memberId) => ({
      memberId,
      health: "alive" as const,
      persistent: false,
      address: "1.1.1.1",
      gossipPort: 1,
    }));
    return updateCensus(emptyCensus("me"), { ...SOURCES, services, members }).groups.get("shield.one");
  };
  const serving = (...ids: (keyof typeof SAID)[]) => {
    const group = groupOf(...ids);
    return group === undefined ? [] : servingMembers(group).map(({ memberId }) => memberId);
  };

  test("are sent no work while there is another one", () => expect(serving("a", "b", "c")).toEqual(["a"]));

  test("are all there is when there is no other one", () => expect(serving("b", "c")).toEqual(["b", "c"]));

  test("say so, and others say nothing of it", () => {
    const said = [...(groupOf("a", "b", "c")?.population.values() ?? [])].map((member) => {
      const { draining, not_ready } = memberJson(member);
      return { draining, not_ready };
    });
    expect(said).toEqual([
      { draining: undefined, not_ready: undefined },
      { draining: true, not_ready: undefined },
      { draining: undefined, not_ready: true },
    ]);
    expect(Object.keys(memberJson([...(groupOf("a")?.population.values() ?? [])][0]!))).not.toContain(
      "draining",
    );
  });
});

describe("binds (services.md §2.3, §12)", () => {
  const required = new Map([["database", ["port"]]]);
  const optional = new Map([["storage", []]]);
  const mapped = (...names: string[]) => names.map((name) => parseBind(`${name}:a.b`));

  test.each([
    [["database"], [], []],
    [["database", "storage"], [], []],
    [[], ["database"], []],
    [["backend", "database"], [], ["backend"]],
  ] as const)("%j", (names, missing, invalid) => {
    expect(checkBinds(mapped(...names), required, optional)).toEqual({
      missing: [...missing],
      invalid: [...invalid],
    });
  });

  test("status of a mapped group", () => {
    const census = updateCensus(emptyCensus("member-b"), SOURCES);
    const status = (bind: string, names: string[]) => bindStatus(census, parseBind(bind), names);
    expect(status("x:gone.default", [])).toEqual({ kind: "not-present" });
    expect(status("x:shield.two", [])).toEqual({ kind: "empty" });
    expect(status("x:shield.one", ["port", "user"])).toEqual({ kind: "missing-exports", missing: ["user"] });
    expect(status("x:shield.one", ["port"])).toEqual({ kind: "satisfied" });
  });

  test("only alive and suspect members are active", () => {
    const group = updateCensus(emptyCensus("member-b"), SOURCES).groups.get("shield.one");
    expect(group === undefined ? [] : activeMembers(group).map((each) => each.memberId)).toEqual([
      "member-b",
    ]);
  });
});
