// One number for all that happened in a run, to show that it repeats: 53 bits over every step's time, host, event and the
// number of its effects.
import type { RingEvent } from "../protocol.ts";

const EVENT_CODES: Readonly<Record<RingEvent["kind"], number>> = {
  start: 1,
  peers: 2,
  datagram: 3,
  message: 4,
  timer: 5,
  pushed: 6,
  link: 7,
  unreachable: 8,
  knocked: 15,
  announce: 9,
  withdraw: 10,
  elect: 11,
  suitability: 12,
  "re-elect": 13,
  leave: 14,
};

const time = new Float64Array(1);
const timeWords = new Uint32Array(time.buffer);

export class Fingerprint {
  #a = 0x811c9dc5 | 0;
  #b = 0x9e3779b1 | 0;

  addStep(now: number, host: number, event: RingEvent, effects: number): void {
    this.add(now, host, EVENT_CODES[event.kind] | (contentCode(event) << 4));
    this.#mix(effects);
  }

  add(now: number, host: number, code: number): void {
    time[0] = now;
    this.#mix(timeWords[0] as number);
    this.#mix(timeWords[1] as number);
    this.#mix(host);
    this.#mix(code);
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul(this.#b ^ (this.#a >>> 13) ^ value, 0x85ebca6b);
    this.#b ^= this.#b >>> 15;
  }
}

function contentCode(event: RingEvent): number {
  if (event.kind === "datagram") {
    const { message } = event;
    return message.kind.length + ("membership" in message ? message.membership.length << 4 : 0);
  }
  return event.kind === "message" ? event.message.kind.length : 0;
}
