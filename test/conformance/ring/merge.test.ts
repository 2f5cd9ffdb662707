// Every merge the original was seen to make (vectors recorded from its own ring library), replayed on our stores.
import { describe, expect, test } from "bun:test";
import {
  emptyRingState,
  hasQuorum,
  healthOf,
  hearAboutMember,
  hearFromMember,
  hearProbeFromMember,
  insertDeparture,
  insertElection,
  insertMembership,
  insertService,
  insertServiceConfig,
  insertServiceFile,
  restartElections,
  startHot,
} from "../../../src/ring/index.ts";
import restarts from "./election-restart.json";
import implicitDepartures from "./implicit-departure.json";
import bySource from "./membership-by-source.json";
import departures from "./merge-departure.json";
import inGroup from "./merge-election-in-group.json";
import outsideGroup from "./merge-election-outside-group.json";
import incarnations from "./merge-incarnation.json";
import memberships from "./merge-membership.json";
import {
  type ElectionForm,
  election,
  electionForm,
  type GroupCase,
  health,
  hotKeys,
  type MemberForm,
  member,
  memberForm,
  service,
  stateOf,
} from "./model.ts";
import quorums from "./quorum.json";

describe("membership by incarnation and health (§9.1)", () => {
  for (const c of memberships as {
    name: string;
    stored: MemberForm | null;
    incoming: MemberForm;
    changed: boolean;
    result: MemberForm;
  }[]) {
    test(c.name, () => {
      const state = emptyRingState("self");
      if (c.stored !== null)
        insertMembership(state, { member: member("m", c.stored), health: health(c.stored.health!) }, 1);
      const before = state.counters.members;
      const changed = insertMembership(
        state,
        { member: member("m", c.incoming), health: health(c.incoming.health!) },
        2,
      );
      expect(changed).toBe(c.changed);
      expect(state.counters.members - before).toBe(c.changed ? 1 : 0);
      expect(memberForm(state, "m", Object.keys(c.result))).toEqual(c.result as never);
      expect(state.members.get("m")!.since).toBe(c.changed ? 2 : 1);
    });
  }
});

describe("membership by source (§9.2, §9.3)", () => {
  interface Case {
    name: string;
    by: string;
    stored: MemberForm | null;
    incoming: MemberForm & { departed?: boolean; source_ip?: string };
    changed: boolean;
    result: MemberForm | null;
    probe_list: boolean;
  }
  // The original ignores who sends a PingReq; taking note of it belongs to the protocol, not to the stores.
  for (const c of (bySource as unknown as Case[]).filter((c) => c.by !== "PingReq")) {
    test(c.name, () => {
      const state = emptyRingState("self");
      if (c.stored !== null)
        insertMembership(state, { member: member("m", c.stored), health: health(c.stored.health!) }, 1);
      const incoming = {
        ...member("m", { ...c.incoming, address: c.incoming.address ?? c.incoming.source_ip! }),
        departed: c.incoming.departed ?? false,
      };
      const apply = {
        Ping: () => hearFromMember(state, incoming, 2),
        Ack: () => hearFromMember(state, incoming, 2),
        ProbePing: () => hearProbeFromMember(state, incoming, 2),
        "Member rumor": () =>
          hearAboutMember(state, { member: incoming, health: health(c.incoming.health!) }, 2),
        piggyback: () => hearAboutMember(state, { member: incoming, health: health(c.incoming.health!) }, 2),
      }[c.by]!;
      expect(apply()).toBe(c.changed);
      expect(state.toProbe.has("m")).toBe(c.probe_list);
      const fields = Object.keys(c.result ?? {});
      expect(memberForm(state, "m", fields)).toEqual(c.result as never);
    });
  }
});

describe("services, configuration and files by incarnation (§12.2)", () => {
  interface Case {
    name: string;
    type: string;
    stored_incarnation: string | null;
    incoming_incarnation?: string;
    changed: boolean;
    kept: string;
    hot_keys: string[];
  }
  const cases = incarnations as unknown as Case[];
  const insert = (
    state: ReturnType<typeof emptyRingState>,
    type: string,
    incarnation: bigint,
    text: string,
  ) => {
    const common = { serviceGroup: "g.default", incarnation, encrypted: false, fromId: text };
    if (type === "Service")
      return insertService(state, { ...service("m1", "g.default", incarnation), pkg: text }, 0);
    if (type === "ServiceConfig") return insertServiceConfig(state, { ...common, config: new Uint8Array() });
    return insertServiceFile(state, { ...common, filename: "f", body: new Uint8Array() });
  };
  for (const c of cases.filter((c) => c.incoming_incarnation !== undefined)) {
    test(c.name, () => {
      const state = emptyRingState("self");
      if (c.stored_incarnation !== null) insert(state, c.type, BigInt(c.stored_incarnation), "stored");
      expect(insert(state, c.type, BigInt(c.incoming_incarnation!), "incoming")).toBe(c.changed);
      const kept = {
        Service: state.services.get("g.default")?.get("m1")?.pkg,
        ServiceConfig: state.serviceConfigs.get("g.default")?.fromId,
        ServiceFile: state.serviceFiles.get("g.default")?.get("f")?.fromId,
      }[c.type];
      expect(kept).toBe(c.kept);
      expect(hotKeys(state)).toEqual(c.hot_keys);
    });
  }

  test("one service rumor a group and member", () => {
    const state = emptyRingState("self");
    for (const [id, group] of [
      ["m1", "g.default"],
      ["m2", "g.default"],
      ["m1", "h.default"],
    ] as const)
      insertService(state, service(id, group), 0);
    const expected = cases.find((c) => "services" in c)!;
    expect(hotKeys(state)).toEqual(expected.hot_keys);
  });

  test("one file rumor a group and name", () => {
    const state = emptyRingState("self");
    for (const [filename, incarnation] of [
      ["f", 3n],
      ["f2", 1n],
    ] as const)
      insertServiceFile(state, {
        serviceGroup: "g.default",
        incarnation,
        filename,
        encrypted: false,
        body: new Uint8Array(),
        fromId: "x",
      });
    const expected = cases.find((c) => "files" in c)!;
    expect(hotKeys(state)).toEqual(expected.hot_keys);
  });
});

describe("departures (§9.6)", () => {
  interface Case {
    name: string;
    stored?: MemberForm | null;
    result: MemberForm | null;
    departure_counter_increased?: boolean;
    departed_members?: string[];
    hot_keys_after: string[];
    service_rumors_kept?: Record<string, string[]>;
    self_departed: boolean;
  }
  for (const c of departures as unknown as Case[]) {
    test(c.name, () => {
      const own = c.self_departed;
      const id = own ? "self" : "m";
      const state = emptyRingState("self");
      if (own) insertMembership(state, { member: member("self"), health: "alive" }, 0);
      else {
        insertMembership(state, { member: member("n"), health: "alive" }, 0);
        insertService(state, service("n", "g.default"), 0);
      }
      if (c.stored) {
        insertMembership(state, { member: member("m", c.stored), health: health(c.stored.health!) }, 0);
        for (const group of ["g.default", "h.default"]) insertService(state, service("m", group), 0);
      }
      if (c.name.endsWith("received again")) insertDeparture(state, { memberId: id }, 1);
      const before = { ...state.counters };
      const wasDeparted = healthOf(state, id) === "departed";
      const isNew = insertDeparture(state, { memberId: id }, 2);
      expect(memberForm(state, id, ["incarnation", "health"])).toEqual(c.result as never);
      expect(state.departed).toBe(c.self_departed);
      if (c.departure_counter_increased !== undefined) expect(isNew).toBe(c.departure_counter_increased);
      // Here the member counter goes up, so that the census notices; in the original it does not (§19.16).
      expect(state.counters.members - before.members).toBe(c.result === null || wasDeparted ? 0 : 1);
      if (c.departed_members) expect([...state.departures.keys()]).toEqual(c.departed_members);
      for (const [group, ids] of Object.entries(c.service_rumors_kept ?? {}))
        expect([...state.services.get(group)!.keys()].sort()).toEqual(ids);
      // Of an unknown member there is no record that could be told.
      const tellable = c.hot_keys_after.filter((key) => c.result !== null || key !== "Member/m/");
      expect(hotKeys(state)).toEqual(tellable);
    });
  }
});

describe("a new member takes a dead one's place (§12.4)", () => {
  interface Case {
    name: string;
    group_before: Record<string, string>;
    incoming_service_of: string;
    incoming_incarnation: string;
    health_after: Record<string, string>;
    hot_keys_before: string[];
    hot_keys_after: string[];
  }
  for (const c of implicitDepartures as unknown as Case[]) {
    test(c.name, () => {
      const state = stateOf("self", { ...c.group_before, new: "Alive" });
      // The services were there before the members died: put in past the rule under test.
      state.services.set("g.default", new Map());
      for (const id of Object.keys(c.group_before)) {
        state.services.get("g.default")?.set(id, service(id, "g.default"));
        startHot(state.heat, { kind: "service", id, key: "g.default" });
      }
      expect(hotKeys(state)).toEqual(c.hot_keys_before);
      const rumor = service(c.incoming_service_of, "g.default", BigInt(c.incoming_incarnation));
      insertService(state, rumor, 1);
      expect(hotKeys(state)).toEqual(c.hot_keys_after);
      for (const [id, text] of Object.entries(c.health_after)) expect(healthOf(state, id)).toBe(health(text));
    });
  }
});

describe("quorum (§13.2)", () => {
  for (const c of quorums) {
    test(c.name, () => {
      const healths: Record<string, string> = {};
      const ids: string[] = [];
      for (const text of ["alive", "suspect", "confirmed", "departed", "unknown"] as const)
        for (let i = 0; i < c[text]; i++) {
          const id = `${text}${i}`;
          ids.push(id);
          if (text !== "unknown") healths[id] = text;
        }
      const state = stateOf("self", healths);
      state.services.set("g.default", new Map(ids.map((id) => [id, service(id, "g.default")])));
      expect(hasQuorum(state, "g.default")).toBe(c.quorum);
    });
  }
});

describe("elections", () => {
  const kindOf = (type: string) =>
    type === "Election" ? ("election" as const) : ("election-update" as const);
  const storeOf = (state: ReturnType<typeof emptyRingState>, type: string) =>
    type === "Election" ? state.elections : state.electionUpdates;
  const counterOf = (state: ReturnType<typeof emptyRingState>, type: string) =>
    type === "Election" ? state.counters.elections : state.counters.electionUpdates;
  const none = () => 0n;

  describe("outside the group (§13.4)", () => {
    interface Case {
      name: string;
      type: string;
      stored?: ElectionForm | null;
      incoming?: ElectionForm;
      sequence?: ElectionForm[];
      changed?: boolean;
      result: ElectionForm;
    }
    for (const c of outsideGroup as unknown as Case[]) {
      test(c.name, () => {
        const state = emptyRingState("self");
        const insert = (form: ElectionForm) => insertElection(state, kindOf(c.type), election(form), none);
        for (const form of c.sequence ?? []) insert(form);
        if (c.stored) insert(c.stored);
        if (c.incoming) {
          const before = counterOf(state, c.type);
          expect(insert(c.incoming)).toBe(c.changed!);
          expect(counterOf(state, c.type) - before).toBe(c.changed ? 1 : 0);
        }
        expect(electionForm(storeOf(state, c.type).get("g.default"))).toEqual(c.result);
      });
    }
  });

  const groupState = (c: GroupCase) => {
    const state = stateOf(c.self, c.health);
    state.services.set("g.default", new Map(c.group.map((id) => [id, service(id, "g.default")])));
    if (c.stored) storeOf(state, c.type).set("g.default", election(c.stored));
    return state;
  };

  describe("in the group (§13.3)", () => {
    for (const [index, c] of (
      inGroup as unknown as (GroupCase & { incoming: ElectionForm; counter_increase?: number })[]
    ).entries()) {
      test(`${c.type} ${index}: ${c.name}`, () => {
        const state = groupState(c);
        const before = counterOf(state, c.type);
        insertElection(state, kindOf(c.type), election(c.incoming), () => BigInt(c.hook_suitability));
        expect(electionForm(storeOf(state, c.type).get("g.default"))).toEqual(c.result);
        if (c.counter_increase !== undefined)
          expect(counterOf(state, c.type) - before).toBe(c.counter_increase);
      });
    }
  });

  describe("held anew (§13.5)", () => {
    for (const c of restarts as unknown as (GroupCase & { restarted: boolean })[]) {
      test(c.name, () => {
        const state = groupState(c);
        const restarted = restartElections(
          state,
          kindOf(c.type),
          () => BigInt(c.hook_suitability),
          () => false,
        );
        expect(restarted).toEqual(c.restarted ? ["g.default"] : []);
        expect(electionForm(storeOf(state, c.type).get("g.default"))).toEqual(c.result);
      });
    }
  });
});
