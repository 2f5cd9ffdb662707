// A small member to try the simulator with: correct in small rings, wasteful, and no more than that. It pings everybody it
// knows by turns, asks others to ping for it, tells memberships beside, and every half second sends all it has to somebody.
import {
  type Election,
  hasQuorum,
  type InsertContext,
  insertRumor,
  type Member,
  type Membership,
  memberEntries,
  type Rumor,
} from "../../src/ring/index.ts";
import type {
  Address,
  MachineOptions,
  RingEffect,
  RingEvent,
  RingMachine,
  SwimMessage,
} from "../../src/ring/protocol.ts";
import { storedRumors } from "../../src/ring/stored-rumors.ts";

const TICK_MS = 100;
const PROBE_EVERY_MS = 300;
const GOSSIP_EVERY_MS = 500;
const DIRECT_MS = 400;
const PROBE_MS = 1200;
const SUSPICION_MS = 6000;
const RELAYS = 3;
const PIGGYBACK = 5;
/** A machine that was not looked at for so long accuses nobody. */
const TOO_LATE_MS = 200;

interface Probe {
  readonly member: Member;
  readonly startedAt: number;
  asked: boolean;
}

/** Rules to break, one a test. */
export interface Flaws {
  /** Confirms at the first unanswered ping. */
  readonly hasty?: boolean;
  /** Does not object to being called dead. */
  readonly meek?: boolean;
  /** Keeps a configuration to itself. */
  readonly secretive?: boolean;
  /** Makes everyone a leader of its own. */
  readonly rebellious?: boolean;
}

export function simpleMachine(options: MachineOptions, flaws: Flaws = {}): RingMachine {
  const { state, self, random } = options;
  let now = 0;
  let effects: RingEffect[] = [];
  let peers: readonly Address[] = [];
  let nextTick = Number.POSITIVE_INFINITY;
  let nextProbe = 0;
  let nextGossip = 0;
  let pushes = 0;
  let leaving = false;
  let round: string[] = [];
  const probes = new Map<string, Probe>();
  const electing = new Map<string, bigint>();
  const fresh: string[] = [];

  const context = (): InsertContext => ({ now, suitability: (group) => electing.get(group) ?? 0n });
  const own = (): Member => ({
    id: state.self,
    incarnation: state.incarnation,
    departed: leaving,
    probePing: false,
    ...self,
  });
  const others = (): string[] => [...state.members.keys()].filter((id) => id !== state.self);
  const shuffled = <Item>(items: readonly Item[]): Item[] =>
    items
      .map((item) => ({ item, order: random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  const swimAddress = (member: Member): Address => ({ host: member.address, port: member.swimPort });

  function piggyback(about?: string): Membership[] {
    const ids = [...new Set([...(about === undefined ? [] : [about]), ...shuffled(fresh)])].slice(
      0,
      PIGGYBACK,
    );
    return ids.flatMap((id) => {
      const entry = state.members.get(id);
      return entry === undefined ? [] : [{ member: entry.member, health: entry.health }];
    });
  }

  function send(to: Address, message: SwimMessage): void {
    effects.push({ kind: "datagram", to, message });
  }

  function raise(above: bigint): void {
    state.incarnation = above + 1n;
    effects.push({ kind: "incarnation", incarnation: state.incarnation });
    effects.push({ kind: "note", note: { kind: "refuted", incarnation: state.incarnation } });
  }

  function hear(membership: Membership): void {
    const { member, health } = membership;
    if (member.id === state.self) {
      if (!flaws.meek && !leaving && health !== "alive" && member.incarnation >= state.incarnation)
        raise(member.incarnation);
      // After a disk was lost others remember more of us than we do.
      else if (!flaws.meek && member.incarnation > state.incarnation) raise(member.incarnation);
      return;
    }
    const before = state.members.get(member.id);
    const wins =
      before === undefined ||
      member.incarnation > before.member.incarnation ||
      (member.incarnation === before.member.incarnation && worse(health, before.health));
    if (!wins) return;
    put(member, health, "heard");
  }

  function put(member: Member, health: Membership["health"], why: string): void {
    const before = state.members.get(member.id);
    const address = member.address === "" ? (before?.member.address ?? "") : member.address;
    state.members.set(member.id, { member: { ...member, address }, health, since: now });
    state.counters.members++;
    if (!fresh.includes(member.id)) fresh.push(member.id);
    if (fresh.length > 3 * PIGGYBACK) fresh.shift();
    effects.push({
      kind: "note",
      note: { kind: "health", member: member.id, from: before?.health, to: health, why },
    });
  }

  function hearFrom(member: Member, address: string): void {
    if (member.id === state.self) return;
    probes.delete(member.id);
    hear({ member: { ...member, address, departed: false }, health: member.departed ? "departed" : "alive" });
  }

  function takeDatagram(from: Address, message: SwimMessage): void {
    switch (message.kind) {
      case "ping":
        hearFrom(message.from, from.host);
        for (const membership of message.membership) hear(membership);
        send(from, {
          kind: "ack",
          from: own(),
          membership: piggyback(message.from.id),
          ...(message.forwardTo !== undefined && { forwardTo: message.forwardTo }),
        });
        return;
      case "ack":
        if (message.forwardTo !== undefined && message.forwardTo.id !== state.self) {
          send(swimAddress(message.forwardTo), { ...message, from: { ...message.from, address: from.host } });
          return;
        }
        hearFrom(message.from, message.from.address === "" ? from.host : message.from.address);
        for (const membership of message.membership) hear(membership);
        return;
      case "ping-req":
        hearFrom(message.from, from.host);
        send(swimAddress(message.target), {
          kind: "ping",
          from: own(),
          membership: piggyback(message.target.id),
          forwardTo: { ...message.from, address: from.host },
        });
        return;
      default:
    }
  }

  function take(rumor: Rumor): void {
    switch (rumor.kind) {
      case "member":
        hear(rumor.value);
        return;
      case "election":
        takeElection(rumor.value);
        return;
      case "service":
        takeService(rumor);
        return;
      case "service-config": {
        const stored = state.serviceConfigs.get(rumor.value.serviceGroup);
        if (stored !== undefined && rumor.value.incarnation === stored.incarnation) {
          if (Buffer.compare(rumor.value.config, stored.config) <= 0) return;
          state.serviceConfigs.delete(rumor.value.serviceGroup);
        }
        insertRumor(state, rumor, context());
        return;
      }
      case "departure":
        if (rumor.value.memberId === state.self) {
          if (!state.departed) effects.push({ kind: "departed" });
          state.departed = true;
          state.departures.set(state.self, rumor.value);
          return;
        }
        insertRumor(state, rumor, context());
        return;
      default:
        insertRumor(state, rumor, context());
    }
  }

  /** What others remember of our services from before a disk was lost must not win. */
  function takeService(rumor: Extract<Rumor, { kind: "service" }>): void {
    const { value } = rumor;
    const stored = state.services.get(value.serviceGroup)?.get(value.memberId);
    if (value.memberId !== state.self || rumor.fromId === "own") {
      insertRumor(state, { ...rumor, fromId: value.memberId }, context());
      return;
    }
    if (stored === undefined) {
      if (value.stopped !== true)
        insertRumor(state, { ...rumor, value: stoppedAt(value, value.incarnation + 1n) }, context());
    } else if (
      value.incarnation >= stored.incarnation &&
      (value.stopped ?? false) !== (stored.stopped ?? false)
    )
      insertRumor(state, { ...rumor, value: { ...stored, incarnation: value.incarnation + 1n } }, context());
    else if (value.incarnation > stored.incarnation)
      insertRumor(state, { ...rumor, value: { ...stored, incarnation: value.incarnation + 1n } }, context());
  }

  function takeElection(incoming: Election): void {
    const stored = state.elections.get(incoming.serviceGroup);
    const wins =
      stored === undefined ||
      incoming.term > stored.term ||
      (incoming.term === stored.term && rank(incoming) > rank(stored));
    if (!wins || flaws.rebellious) return;
    state.elections.set(incoming.serviceGroup, incoming);
    state.counters.elections++;
  }

  function elect(): void {
    for (const [group, suitability] of electing) {
      if (state.services.get(group)?.get(state.self)?.stopped !== false && !runs(group, state.self)) continue;
      const stored = state.elections.get(group);
      const leads = stored !== undefined && isThere(stored.candidate) && runs(group, stored.candidate);
      if (leads && !flaws.rebellious) continue;
      if (flaws.rebellious && stored !== undefined) continue;
      put(own(), "alive", "self");
      if (!hasQuorum(state, group)) continue;
      const best = memberEntries(state)
        .filter(({ member, health }) => health === "alive" && runs(group, member.id))
        .map(({ member }) => member.id)
        .sort()
        .at(-1);
      if (best !== state.self && !flaws.rebellious) continue;
      state.elections.set(group, {
        serviceGroup: group,
        candidate: state.self,
        term: (stored?.term ?? 0n) + 1n,
        suitability,
        status: "finished",
        votes: [state.self],
      });
      state.counters.elections++;
    }
  }

  function runs(group: string, id: string): boolean {
    const rumor = state.services.get(group)?.get(id);
    return rumor !== undefined && rumor.stopped !== true;
  }

  function isThere(id: string): boolean {
    if (id === state.self) return true;
    const health = state.members.get(id)?.health;
    return health === "alive" || health === "suspect";
  }

  function tick(lateMs: number): void {
    if (lateMs > TOO_LATE_MS) {
      probes.clear();
      for (const [id, entry] of state.members)
        if (entry.health === "suspect") state.members.set(id, { ...entry, since: now });
    }
    for (const [id, probe] of probes) {
      const passed = now - probe.startedAt;
      if (!probe.asked && passed >= DIRECT_MS) {
        probe.asked = true;
        if (flaws.hasty) put(probe.member, "confirmed", "no answer");
        const relays = shuffled(
          memberEntries(state).filter(
            ({ member, health }) => health === "alive" && member.id !== id && member.id !== state.self,
          ),
        );
        for (const { member } of relays.slice(0, RELAYS))
          send(swimAddress(member), { kind: "ping-req", from: own(), target: probe.member, membership: [] });
      }
      if (passed >= PROBE_MS) {
        probes.delete(id);
        hear({ member: probe.member, health: "suspect" });
      }
    }
    for (const { member, health, since } of memberEntries(state))
      if (health === "suspect" && now - since >= SUSPICION_MS && member.id !== state.self)
        put(member, "confirmed", "suspected for too long");
    if (now >= nextProbe) {
      nextProbe = now + PROBE_EVERY_MS;
      probe();
    }
    if (now >= nextGossip) {
      nextGossip = now + GOSSIP_EVERY_MS;
      if (others().filter(isThere).length === 0 || random() < 0.1)
        for (const peer of peers) send(peer, { kind: "ping", from: own(), membership: [] });
      elect();
      gossip();
    }
  }

  function probe(): void {
    if (round.length === 0) round = shuffled(others());
    const id = round.pop();
    const entry = id === undefined ? undefined : state.members.get(id);
    if (id === undefined || entry === undefined) return;
    // The dead are called upon as well: that is how two halves of a ring find each other.
    if (entry.health === "alive" || entry.health === "suspect") {
      if (!probes.has(id)) probes.set(id, { member: entry.member, startedAt: now, asked: false });
    }
    send(swimAddress(entry.member), { kind: "ping", from: own(), membership: piggyback(id) });
  }

  function gossip(): void {
    const alive = memberEntries(state).filter(
      ({ member, health }) => health === "alive" && member.id !== state.self,
    );
    for (const { member } of shuffled(alive).slice(0, 2)) {
      const memberships = memberEntries(state).map(
        ({ member: about, health }): Rumor => ({
          kind: "member",
          fromId: state.self,
          value: { member: about, health },
        }),
      );
      const rumors = storedRumors(state).filter(({ kind }) => !flaws.secretive || kind !== "service-config");
      effects.push({
        kind: "push",
        push: pushes++,
        to: member.id,
        address: { host: member.address, port: member.gossipPort },
        messages: [...memberships, ...rumors],
      });
    }
  }

  function handle(event: RingEvent): void {
    switch (event.kind) {
      case "start":
        peers = event.peers;
        nextTick = now + random() * TICK_MS;
        nextGossip = nextTick;
        return;
      case "datagram":
        takeDatagram(event.from, event.message);
        return;
      case "message":
        if (!("value" in event.message)) return;
        take(event.message);
        return;
      case "timer":
        nextTick = now + TICK_MS;
        tick(event.lateMs);
        return;
      case "announce":
        take(event.rumor.kind === "service" ? { ...event.rumor, fromId: "own" } : event.rumor);
        return;
      case "withdraw": {
        const rumor = state.services.get(event.serviceGroup)?.get(state.self);
        if (rumor !== undefined)
          insertRumor(
            state,
            { kind: "service", fromId: state.self, value: stoppedAt(rumor, rumor.incarnation + 1n) },
            context(),
          );
        return;
      }
      case "elect":
        electing.set(event.serviceGroup, event.suitability);
        return;
      case "leave":
        leaving = true;
        state.incarnation++;
        effects.push({ kind: "incarnation", incarnation: state.incarnation });
        for (const { member } of memberEntries(state))
          if (member.id !== state.self)
            send(swimAddress(member), { kind: "ping", from: own(), membership: [] });
        return;
      default:
    }
  }

  return {
    state,
    step(event, at) {
      now = at;
      effects = [];
      handle(event);
      return effects;
    },
    wakeAt: () => nextTick,
  };
}

function stoppedAt(rumor: Extract<Rumor, { kind: "service" }>["value"], incarnation: bigint) {
  return { ...rumor, incarnation, stopped: true };
}

function rank({ suitability, candidate }: Election): string {
  return `${suitability.toString(16).padStart(16, "0")}${candidate}`;
}

const ORDER = ["alive", "suspect", "confirmed", "departed"];

function worse(a: string, b: string): boolean {
  return ORDER.indexOf(a) > ORDER.indexOf(b);
}
