// Replays what one original member got (traces/*.jsonl) into the model of one, and sets what that sends beside what the
// original sent. What is free in the original follows the trace: whom it probes first, and by how little it wakes late.
import { emptyRingState, type Member, type RingState } from "../../../src/ring/index.ts";
import type { RingEffect, RingEvent } from "../../../src/ring/protocol.ts";
import { createOriginalMember } from "../../../src/ring/sim/original/index.ts";
import {
  addressIn,
  datagramOf,
  letterOf,
  rumorOf,
  showDatagram,
  showRumor,
  type TcpLine,
  type Trace,
  type UdpLine,
} from "./trace.ts";

/** A span of one member's life in a trace that began without memory. */
export interface Life {
  readonly member: string;
  /** When it was started. */
  readonly from: number;
  readonly until: number;
  /** Whom it was told to join by. */
  readonly peers: readonly string[];
  /** Letters of the permanent peers. */
  readonly permanent?: string;
  /** Spans in which a member could not be reached. */
  readonly away?: readonly { readonly member: string; readonly from: number; readonly until: number }[];
  /** When it was asked to end in order. */
  readonly leftAt?: number;
  /** Whether the answer to its first Ping was there before it looked whom to probe. */
  readonly quickAnswer?: boolean;
}

/** One datagram or one rumor, as sent. */
export interface Sent {
  readonly t: number;
  readonly text: string;
}

export interface Replay {
  /** Destination → what went there, by datagram and by rumor. */
  readonly model: Record<string, Sent[]>;
  readonly original: Record<string, Sent[]>;
  readonly refused: readonly string[];
  /** What the model knows at the end. */
  readonly state: RingState;
}

interface Input {
  readonly t: number;
  readonly event: RingEvent;
}

/** How late a thread of the original may wake. */
const LATE_MS = 25;
/** By how much it wakes late where nothing tells more. */
const USUALLY_LATE_MS = 0.1;
/** From waking to sending. */
const TO_SEND_MS = 3;
/** A push goes to its members within this time. */
const ROUND_MS = 60;
const PERIOD_MS = 3100;

export function replay(trace: Trace, life: Life): Replay {
  const { member: self, until, permanent = "" } = life;
  const during = <Line extends { t: number }>(lines: readonly Line[]) =>
    lines.filter(({ t }) => t >= life.from && t < until);
  const udp = during(trace.udp);
  const tcp = during(trace.tcp);
  const sentUdp = udp.filter(({ src, dst }) => src === self && dst !== self);
  const sentTcp = tcp.filter(({ src, dst }) => src === self && dst !== self);
  const pings = sentUdp.filter(({ type, forward_to }) => type === "Ping" && forward_to === undefined);
  const ownMoves = [
    ...sentUdp.filter(({ type, forward_to }) => type !== "Ack" && forward_to === undefined),
    ...sentTcp,
  ]
    .map(({ t }) => t)
    .sort((a, b) => a - b);

  const began = startOf(life, pings);
  const id = trace.members[self]!.id;
  const { port } = addressIn(trace, self);
  let now = began;
  const probeOrder = (members: readonly Member[]): Member[] => {
    const nextPing = ({ id: target }: Member) =>
      pings.find(({ t, dst }) => t > now - LATE_MS && dst === letterOf(trace, target))?.t ?? Infinity;
    return [...members].sort((a, b) => nextPing(a) - nextPing(b));
  };
  const machine = createOriginalMember({
    state: emptyRingState(id),
    self: { address: "", swimPort: port, gossipPort: port, persistent: permanent.includes(self) },
    random: () => 0.5,
    shuffle: (members, why) => (why === "probe" ? probeOrder(members) : [...members]),
  });

  const inputs: Input[] = [
    ...udp
      .filter(({ dst }) => dst === self)
      .map((line): Input => {
        const event = {
          kind: "datagram",
          from: addressIn(trace, line.src),
          message: datagramOf(trace, line, permanent),
        } as const;
        return { t: line.t, event };
      }),
    ...tcp
      .filter(({ dst }) => dst === self)
      .map((line): Input => {
        const message = rumorOf(trace, line, permanent);
        return { t: line.t, event: { kind: "message", from: addressIn(trace, line.src).host, message } };
      }),
    ...announcements(trace, self, sentTcp),
    ...(life.leftAt === undefined ? [] : [{ t: life.leftAt, event: { kind: "leave" } as const }]),
  ];
  inputs.sort((a, b) => a.t - b.t);

  const model: Record<string, Sent[]> = {};
  const refused: string[] = [];
  const letterAt = (host: string) =>
    Object.keys(trace.members).find((letter) => addressIn(trace, letter).host === host) ?? host;
  const isAway = (letter: string) =>
    life.away?.some((span) => span.member === letter && now >= span.from && now < span.until) === true;
  const carryOut = (effect: RingEffect): void => {
    if (effect.kind === "note" && effect.note.kind === "refused") refused.push(effect.note.why);
    if (effect.kind === "datagram") {
      const line = { t: now, text: showDatagram(trace, effect.message) };
      list(model, `udp ${letterAt(effect.to.host)}`).push(line);
    }
    if (effect.kind !== "push") return;
    const to = letterOf(trace, effect.to);
    const delivered = !isAway(to);
    if (delivered)
      for (const message of effect.messages)
        list(model, `tcp ${to}`).push({ t: now, text: showRumor(trace, message) });
    inputs.unshift({ t: now, event: { kind: "pushed", push: effect.push, delivered } });
  };
  const step = (event: RingEvent, at: number): void => {
    now = at;
    for (const effect of machine.step(event, at)) carryOut(effect);
  };

  step({ kind: "start", peers: life.peers.map((peer) => addressIn(trace, peer)) }, began);
  if (life.quickAnswer === true) {
    const answer = inputs.findIndex(({ event }) => event.kind === "datagram");
    for (const { event } of inputs.splice(0, answer + 1)) step(event, began);
  }
  for (;;) {
    const wakeAt = machine.wakeAt();
    const move = ownMoves.find((t) => t > wakeAt - 5);
    const isMove = move !== undefined && move < wakeAt + LATE_MS;
    const timerAt = Math.max(
      now,
      wakeAt,
      isMove ? move - TO_SEND_MS : wakeAt > now ? wakeAt + USUALLY_LATE_MS : 0,
    );
    const [input] = inputs;
    if (input !== undefined && input.t <= timerAt) {
      inputs.shift();
      step(input.event, Math.max(now, input.t));
    } else if (timerAt < until) step({ kind: "timer", lateMs: timerAt - wakeAt }, timerAt);
    else break;
  }

  const original: Record<string, Sent[]> = {};
  for (const line of sentUdp)
    list(original, `udp ${line.dst}`).push({
      t: line.t,
      text: showDatagram(trace, datagramOf(trace, line, permanent)),
    });
  for (const line of sentTcp)
    list(original, `tcp ${line.dst}`).push({
      t: line.t,
      text: showRumor(trace, rumorOf(trace, line, permanent)),
    });
  return { model: inRounds(model), original: inRounds(original), refused, state: machine.state };
}

/** Probes begin a period after the other from the start, which takes some 50 ms; some are late. */
function startOf({ from }: Life, pings: readonly UdpLine[]): number {
  const starts = pings
    .slice(0, 2)
    .map(({ t }) => t - Math.max(0, Math.round((t - from - 50) / PERIOD_MS)) * PERIOD_MS);
  return Math.min(from + 100, ...starts);
}

/** What its services did is not in the trace: they spoke up after the push before the one that tells of it. */
function announcements(trace: Trace, self: string, sent: readonly TcpLine[]): Input[] {
  const inputs: Input[] = [];
  const seen = new Set<string>();
  const told = new Map<string, number>();
  for (const line of sent) {
    // Told a third time without another's word: the service started again, and its election with it.
    const text = `${line.dst} ${showRumor(trace, rumorOf(trace, line, ""))}`;
    const times = (told.get(text) ?? 0) + 1;
    told.set(text, times);
    if (line.type.startsWith("Election") && times % 2 === 1) seen.delete(`${line.type} ${line.group} `);
    const isOwnService = line.type === "Service" && line.member === self;
    const isOwnVote = line.type.startsWith("Election") && line.votes?.includes(self) === true;
    const what = `${line.type} ${line.group} ${line.type === "Service" ? line.incarnation : ""}`;
    if (!(isOwnService || isOwnVote) || seen.has(what)) continue;
    seen.add(what);
    const t = line.t - 985;
    const serviceGroup = line.group!;
    const rumor = rumorOf(trace, line, "");
    if (rumor.kind === "service") inputs.push({ t, event: { kind: "announce", rumor } });
    else if (rumor.kind === "election" || rumor.kind === "election-update")
      inputs.push({
        t: t + 1,
        event: { kind: "elect", election: rumor.kind, serviceGroup, suitability: 0n },
      });
  }
  return inputs;
}

function list(of: Record<string, Sent[]>, key: string): Sent[] {
  of[key] ??= [];
  return of[key];
}

/** The rumors of one push in any order. */
function inRounds(sent: Record<string, Sent[]>): Record<string, Sent[]> {
  for (const [key, lines] of Object.entries(sent)) {
    if (!key.startsWith("tcp")) continue;
    let round = -Infinity;
    const rounds = lines.map((line) => {
      if (line.t > round + ROUND_MS) round = line.t;
      return { line, round };
    });
    rounds.sort((a, b) => a.round - b.round || (a.line.text < b.line.text ? -1 : 1));
    sent[key] = rounds.map(({ line }) => line);
  }
  return sent;
}
