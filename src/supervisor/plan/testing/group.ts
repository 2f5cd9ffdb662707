// A service group in one process, on a clock of its own: members that each see what they have heard of the others, a
// channel, services that take time to stop and start. For tests of update strategies; the ring's part (who is alive, who
// leads) is played in the simplest way that is true to it.
import { type FullIdent, formatIdent, parseFullIdent, parseIdent } from "../../../package/index.ts";
import type { CensusGroup, CensusMember, MemberHealth } from "../../census/census.ts";
import { defaultSpec, type ServiceSpec } from "../../spec/spec.ts";
import {
  advance,
  beginCourse,
  type Course,
  changeBegun,
  changeFailed,
  courseProblem,
  looked,
  lookFailed,
  type UpdateFacts,
} from "../course.ts";
import { updateSuitability } from "../rolling.ts";

export const PERIOD_MS = 5_000;
const TICK_MS = 50;
const SETTLE_MS = 1_000;
/** Until a member that is dead is known to be. */
const DETECTION_MS = 2_000;
const ELECTION_MS = 500;

/** What a member tells of itself. */
interface Rumor {
  readonly package: string;
  readonly pkgIncarnation: bigint;
  readonly incarnation: number;
  readonly changing: boolean;
}

interface Member {
  readonly id: string;
  readonly spec: ServiceSpec;
  course: Course;
  running: FullIdent;
  isAlive: boolean;
  diedAtMs: number;
  departed: boolean;
  /** When its process came up; undefined while it is down. */
  upSinceMs: number | undefined;
  /** When its change is done. */
  busyUntilMs: number | undefined;
  own: Rumor;
  /** Whether it has heard of the others. */
  arrivesAtMs: number;
  /** When it looks again; 0: something happened. */
  wakesAtMs: number;
  readonly heard: Map<string, Rumor>;
  highest: bigint;
  leader: string | undefined;
}

interface Message {
  readonly atMs: number;
  readonly deliver: () => void;
}

export interface GroupOptions {
  readonly random: () => number;
  /** Largest delay between telling and hearing. */
  readonly delayMs?: number;
  readonly spec?: Partial<ServiceSpec>;
}

export const release = (version: number): FullIdent =>
  parseFullIdent(`acme/app/${version}.0.0/20260101000000`);

export class SimulatedGroup {
  now = 0;
  /** What the channel offers; undefined: nothing. */
  head: FullIdent | undefined;
  depotIsThere = true;
  /** The leader of a leader topology, as all members know it. */
  serviceLeader: string | undefined;
  /** Releases of which no process stays up. */
  readonly crashing = new Set<string>();
  /** Releases of which no service can be made. */
  readonly unusable = new Set<string>();
  /** The most members that were alive and without a process at one time. */
  mostDown = 0;
  /** Each change: who, to what. */
  readonly changes: string[] = [];
  readonly members = new Map<string, Member>();
  readonly #options: GroupOptions;
  #messages: Message[] = [];
  #leader: string | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  add(id: string, running: FullIdent, spec: Partial<ServiceSpec> = {}): void {
    const { random } = this.#options;
    const own = { package: formatIdent(running), pkgIncarnation: 0n, incarnation: 1, changing: false };
    const member: Member = {
      id,
      spec: {
        ...defaultSpec(parseIdent("acme/app")),
        updateStrategy: "rolling",
        updateCondition: "track-channel",
        ...this.#options.spec,
        ...spec,
      },
      course: beginCourse(this.now, PERIOD_MS, random()),
      running,
      isAlive: true,
      diedAtMs: 0,
      departed: false,
      upSinceMs: this.now,
      busyUntilMs: undefined,
      own,
      arrivesAtMs: this.now + (this.members.size === 0 ? 0 : 1_000),
      wakesAtMs: 0,
      heard: new Map(),
      highest: 0n,
      leader: undefined,
    };
    this.members.set(id, member);
    this.#hear(member, id, own);
    this.#tellLeader(member);
    this.#wakeAt(member.arrivesAtMs);
    for (const other of this.members.values()) {
      this.#send(() => this.#hear(member, other.id, other.own));
      if (other !== member) this.#send(() => this.#hear(other, id, member.own));
    }
  }

  kill(id: string): void {
    const member = this.member(id);
    member.isAlive = false;
    member.diedAtMs = this.now;
    member.upSinceMs = undefined;
    member.busyUntilMs = undefined;
    this.#wakeAt(this.now + DETECTION_MS / 2);
    this.#wakeAt(this.now + DETECTION_MS);
  }

  /** It is back with what it ran when it died, and knows what it knew. */
  revive(id: string): void {
    const member = this.member(id);
    member.isAlive = true;
    member.upSinceMs = this.now;
    member.course = beginCourse(this.now, PERIOD_MS, this.#options.random());
    member.arrivesAtMs = this.now + 1_000;
    this.#wakeAt(member.arrivesAtMs);
    this.#tellLeader(member);
    this.#tell(member, formatIdent(member.running), member.own.pkgIncarnation, member.own.changing);
    for (const other of this.members.values()) this.#send(() => this.#hear(member, other.id, other.own));
  }

  depart(id: string): void {
    if (this.member(id).isAlive) this.kill(id);
    this.member(id).departed = true;
    this.#wakeAt(this.now);
  }

  member(id: string): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  alive(): Member[] {
    return [...this.members.values()].filter((member) => member.isAlive);
  }

  /** Releases of those alive, by id. */
  releases(): string[] {
    return this.alive()
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(
        (member) =>
          `${member.id} ${member.running.version.split(".")[0]}${this.#isUp(member) ? "" : " down"}`,
      );
  }

  problem(id: string): string | undefined {
    const member = this.member(id);
    return courseProblem(member.course, this.#facts(member), this.now, PERIOD_MS);
  }

  run(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end; ) this.#tick();
  }

  /** Runs until the condition holds; false when it does not within a time. */
  until(condition: () => boolean, withinMs = 120_000): boolean {
    for (const end = this.now + withinMs; this.now < end; this.#tick()) if (condition()) return true;
    return condition();
  }

  allOn(ident: FullIdent): boolean {
    return this.alive().every(
      (member) => formatIdent(member.running) === formatIdent(ident) && this.#isUp(member),
    );
  }

  #isUp({ upSinceMs }: Member): boolean {
    return upSinceMs !== undefined;
  }

  #tick(): void {
    this.now += TICK_MS;
    const due = this.#messages.filter(({ atMs }) => atMs <= this.now);
    if (due.length > 0) this.#messages = this.#messages.filter(({ atMs }) => atMs > this.now);
    for (const { deliver } of due) deliver();
    this.#elect();
    for (const member of this.alive()) this.#work(member);
    const down = this.alive().filter((member) => !this.#isUp(member)).length;
    this.mostDown = Math.max(this.mostDown, down);
  }

  /** The leader stays while it lives; then the most suitable of those who take part, by id among equals, if enough are there. */
  #elect(): void {
    const leader = this.#leader === undefined ? undefined : this.members.get(this.#leader);
    const gone =
      leader === undefined ||
      leader.departed ||
      (!leader.isAlive && this.now - leader.diedAtMs > DETECTION_MS + ELECTION_MS);
    const alive = this.alive().filter((member) => member.arrivesAtMs <= this.now);
    const population = [...this.members.values()].filter(({ departed }) => !departed).length;
    if (!gone || alive.length < 2 || alive.length <= Math.floor(population / 2)) return;
    this.#leader = alive
      .filter((member) => member.spec.updateStrategy === "rolling")
      .map((member) => ({
        ...member,
        suitability: updateSuitability(member.spec, member.id, this.#census(member)),
      }))
      .filter(({ suitability }) => suitability !== undefined)
      .sort((a, b) => Number((a.suitability ?? 0n) - (b.suitability ?? 0n)) || (a.id < b.id ? -1 : 1))
      .at(-1)?.id;
    for (const member of this.members.values()) this.#tellLeader(member);
  }

  #tellLeader(member: Member): void {
    this.#send(() => {
      member.leader = this.#leader;
      member.wakesAtMs = 0;
    });
  }

  /** The health of a member, or the own standing, changes for all to see. */
  #wakeAt(atMs: number): void {
    this.#messages.push({
      atMs,
      deliver: () => {
        for (const member of this.members.values()) member.wakesAtMs = 0;
      },
    });
  }

  #work(member: Member): void {
    if (member.busyUntilMs !== undefined) {
      if (member.busyUntilMs > this.now) return;
      member.busyUntilMs = undefined;
      member.upSinceMs = this.now;
      this.#tell(member, formatIdent(member.running), member.own.pkgIncarnation, member.own.changing);
    }
    const { upSinceMs } = member;
    const crashes = upSinceMs !== undefined && this.now - upSinceMs > SETTLE_MS / 2;
    if (crashes && this.crashing.has(formatIdent(member.running))) {
      member.upSinceMs = undefined;
      member.wakesAtMs = 0;
    }
    if (member.spec.updateStrategy === "none" || member.wakesAtMs > this.now) return;
    for (let step = 0; step < 20; step++) if (!this.#advance(member)) return;
    throw new Error(`${member.id} does not come to rest`);
  }

  /** One action; whether another one may be due. */
  #advance(member: Member): boolean {
    const { course, action } = advance(member.course, this.#facts(member), this.now, PERIOD_MS);
    member.course = course;
    switch (action.kind) {
      case "sleep":
        member.wakesAtMs = action.untilMs;
        return false;
      case "tell":
        this.#tell(member, formatIdent(action.ident), action.pkgIncarnation);
        return true;
      case "yield":
        this.#leader = undefined;
        return false;
      case "look":
        member.course = this.depotIsThere
          ? looked(course, this.#find(member), this.now, PERIOD_MS)
          : lookFailed(course, "the depot does not answer", this.now, PERIOD_MS);
        return true;
      case "change": {
        const shown = formatIdent(action.ident);
        if (this.unusable.has(shown)) {
          member.course = changeFailed(course, action.ident, "Missing required bind(s)", this.now, PERIOD_MS);
          return true;
        }
        this.changes.push(`${member.id} ${action.ident.version.split(".")[0]}`);
        member.course = changeBegun(course);
        member.running = action.ident;
        member.upSinceMs = undefined;
        member.busyUntilMs = this.now + 200 + this.#options.random() * 1_500;
        this.#tell(member, shown, member.own.pkgIncarnation, true);
        return false;
      }
    }
  }

  #find({ spec, running }: Member): FullIdent {
    const head = this.head ?? running;
    if (spec.updateCondition === "track-channel") return head;
    return head.version > running.version ? head : running;
  }

  #facts(member: Member): UpdateFacts {
    const { upSinceMs } = member;
    return {
      spec: member.spec,
      memberId: member.id,
      group: this.#census(member),
      arrived: member.arrivesAtMs <= this.now,
      running: member.running,
      settlesInMs: upSinceMs === undefined ? undefined : Math.max(0, SETTLE_MS - (this.now - upSinceMs)),
      busy: member.busyUntilMs !== undefined,
    };
  }

  #census(member: Member): CensusGroup {
    const population = [...member.heard]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, rumor]) => [id, this.#censusMember(id, rumor)] as const);
    return {
      leaderId: this.serviceLeader,
      updateLeaderId: member.leader,
      pkgIncarnation: member.highest,
      population: new Map(population),
    } as unknown as CensusGroup;
  }

  #censusMember(id: string, rumor: Rumor): CensusMember {
    const { isAlive, departed, diedAtMs } = this.member(id);
    const deadFor = this.now - diedAtMs;
    const dead: MemberHealth =
      deadFor < DETECTION_MS / 2 ? "alive" : deadFor < DETECTION_MS ? "suspect" : "confirmed";
    const health: MemberHealth = departed ? "departed" : isAlive ? "alive" : dead;
    return { memberId: id, ...rumor, health, sys: { ip: "10.0.0.1" } } as unknown as CensusMember;
  }

  #tell(member: Member, release: string, pkgIncarnation: bigint, changing = false): void {
    const { own } = member;
    const highest = pkgIncarnation > own.pkgIncarnation ? pkgIncarnation : own.pkgIncarnation;
    const rumor = { package: release, pkgIncarnation: highest, incarnation: own.incarnation + 1, changing };
    member.own = rumor;
    this.#hear(member, member.id, rumor);
    for (const other of this.members.values()) this.#send(() => this.#hear(other, member.id, rumor));
  }

  #hear(member: Member, of: string, rumor: Rumor): void {
    const known = member.heard.get(of);
    if (known !== undefined && known.incarnation >= rumor.incarnation) return;
    member.heard.set(of, rumor);
    member.wakesAtMs = 0;
    if (rumor.pkgIncarnation > member.highest) member.highest = rumor.pkgIncarnation;
  }

  #send(deliver: () => void): void {
    const { random, delayMs = 300 } = this.#options;
    this.#messages.push({ atMs: this.now + random() * delayMs, deliver });
  }
}
