// A readable account of a run by time: what was done to the ring and what its members made of it. Bounded: the beginning and
// the end are kept, and of what many members say at once only the first.
import type { RingEffect, RingEvent, RingNote } from "../protocol.ts";
import { type Action, describeAction } from "./action.ts";
import { memberName } from "./agreement.ts";
import type { Host } from "./host.ts";
import type { Transition } from "./transitions.ts";
import { leaderOf } from "./view.ts";
import type { Witness } from "./witness.ts";
import type { World } from "./world.ts";

export interface StoryLine {
  readonly atMs: number;
  readonly text: string;
}

const FIRST_LINES = 300;
const LAST_LINES = 300;
/** How many say the same of the same member within `SAME_MS` before only their number is told. */
const SAYING_THE_SAME = 3;
const SAME_MS = 5000;

export class Story implements Witness {
  readonly #world: World;
  readonly #first: StoryLine[] = [];
  readonly #last: StoryLine[] = [];
  #omitted = 0;
  /** What was said → since when, and by how many. */
  readonly #said = new Map<string, { since: number; count: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** All lines in the order of time. */
  get lines(): readonly StoryLine[] {
    const between =
      this.#omitted === 0
        ? []
        : [{ atMs: this.#last[0]?.atMs ?? 0, text: `(${this.#omitted} lines are left out here)` }];
    return [...this.#first, ...between, ...this.#last];
  }

  tell(text: string): void {
    const line = { atMs: this.#world.now, text };
    if (this.#first.length < FIRST_LINES) this.#first.push(line);
    else {
      this.#last.push(line);
      if (this.#last.length > LAST_LINES) {
        this.#last.shift();
        this.#omitted++;
      }
    }
  }

  acted(action: Action): void {
    const host = "host" in action ? this.#world.hosts[action.host] : undefined;
    // What a host runs from the first is told when it starts.
    if (action.kind === "load" && host?.running === false) return;
    const services = action.kind === "start" && host !== undefined ? [...host.services.keys()] : [];
    const what = services.length === 0 ? "" : `, with ${services.join(" and ")}`;
    this.tell(describeAction(action, (number) => this.#world.hosts[number]?.name ?? `host ${number}`) + what);
  }

  misbehaved(host: Host, what: string): void {
    this.tell(`${host.name} ${what.split("\n", 1)[0]}`);
  }

  believed({ by, member, from, to, why }: Transition): void {
    if (to === from || to === undefined) return;
    if (from === undefined && to === "alive") return; // a join, told by the note
    const name = this.#name(member);
    this.#tellOnce(
      `${member} ${to}`,
      `${by.name}: ${name} is ${to}${from === undefined ? "" : `, was ${from}`}${why === undefined ? "" : ` (${why})`}`,
    );
  }

  stepped(host: Host, _event: RingEvent, effects: readonly RingEffect[]): void {
    for (const effect of effects)
      if (effect.kind === "note") this.#noted(host, effect.note);
      else if (effect.kind === "departed") this.tell(`${host.name} learns that it has to depart`);
  }

  #noted(host: Host, note: RingNote): void {
    switch (note.kind) {
      case "refuted":
        this.tell(`${host.name} refutes: it is alive, in incarnation ${note.incarnation}`);
        return;
      case "election":
        this.#tellOnce(
          `${note.serviceGroup} ${note.what} ${note.term} ${note.candidate}`,
          `${host.name}: election of ${note.serviceGroup}, term ${note.term}: ${note.what}, ${this.#name(note.candidate)}`,
        );
        return;
      case "arrived":
        return;
      case "awareness":
        this.#tellOnce(`awareness ${host.name}`, `${host.name} doubts itself: ${note.score} (${note.why})`);
        return;
      case "refused":
        if (note.what === "crash") {
          this.tell(`${host.name} loses a thread: ${note.why}`);
          return;
        }
        this.#tellOnce(`refused ${note.what}`, `${host.name} refuses ${note.what}: ${note.why}`);
        return;
      case "forgotten":
        this.#tellOnce(`forgotten ${note.what}`, `${host.name} forgets ${note.count} ${note.what}`);
        return;
      // Health comes as a transition; the rest is everyday.
      case "health":
      case "synced":
      case "probe":
    }
  }

  /** Says who leads, for the end. */
  tellLeaders(groups: Iterable<string>): void {
    for (const group of groups) {
      const leaders = new Map<string, number>();
      for (const { machine } of this.#world.hosts) {
        if (machine === undefined) continue;
        const leader = leaderOf(machine.state, group);
        const name = leader === undefined ? "nobody" : this.#name(leader);
        leaders.set(name, (leaders.get(name) ?? 0) + 1);
      }
      const parts = [...leaders].map(([name, count]) => `${name} (say ${count})`);
      this.tell(`leader of ${group}: ${parts.join(", ")}`);
    }
  }

  #tellOnce(what: string, text: string): void {
    const said = this.#said.get(what);
    if (said === undefined || this.#world.now - said.since > SAME_MS) {
      if (said !== undefined && said.count > SAYING_THE_SAME)
        this.tell(`(${said.count - SAYING_THE_SAME} more said so: ${text.replace(/^[^:]*: /, "")})`);
      this.#said.set(what, { since: this.#world.now, count: 1 });
      this.tell(text);
    } else if (++said.count <= SAYING_THE_SAME) this.tell(text);
  }

  #name(memberId: string): string {
    const owner = this.#world.owners.get(memberId);
    return owner === undefined ? memberId : memberName(owner, memberId);
  }
}

/** One line of a story as text. */
export function formatStoryLine({ atMs, text }: StoryLine): string {
  return `${(atMs / 1000).toFixed(3).padStart(9)} s  ${text}`;
}
