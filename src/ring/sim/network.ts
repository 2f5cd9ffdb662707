// The made-up network: how long what is sent takes, what is lost, doubled or overtaken, and between whom nothing passes.
// It knows hosts by number and holds nothing a pair of them.
import { below, between, chance, exponential, type Random } from "./random.ts";

/** What the network is like, in one direction. */
export interface Weather {
  /** No datagram is faster than this. */
  readonly minimumMs: number;
  /** On average this much more, exponentially distributed. */
  readonly jitterMs: number;
  /** Probabilities of a datagram (for TCP: of a segment, which then comes later). */
  readonly loss: number;
  readonly duplication: number;
  /** Probability of taking up to `REORDERING_DELAY_MS` longer, so that later ones overtake it. */
  readonly reordering: number;
}

/** One data centre. */
export const FAIR: Weather = { minimumMs: 0.2, jitterMs: 0.4, loss: 0, duplication: 0, reordering: 0 };

/** Between continents. */
export const WIDE_AREA: Weather = { ...FAIR, minimumMs: 40, jitterMs: 10, loss: 0.005 };

export type Transport = "udp" | "tcp";

/** Nothing passes from these hosts to those. */
export interface Cut {
  readonly from: ReadonlySet<number>;
  readonly to: ReadonlySet<number>;
  /** Absent: whatever the transport. */
  readonly only?: Transport;
}

const REORDERING_DELAY_MS = 60;

export class Network {
  weather: Weather;
  readonly #random: Random;
  readonly #cuts = new Map<string, Cut>();
  /** Host → additional loss of all it sends and receives. */
  readonly #bad = new Map<number, number>();

  constructor(weather: Weather, random: Random) {
    this.weather = weather;
    this.#random = random;
  }

  cut(name: string, cut: Cut): void {
    this.#cuts.set(name, cut);
  }

  heal(name: string): void {
    this.#cuts.delete(name);
  }

  /** A bad cable or card: so much more is lost. 0 repairs it. */
  spoil(host: number, loss: number): void {
    if (loss === 0) this.#bad.delete(host);
    else this.#bad.set(host, loss);
  }

  /** Whether anything can get from one host to another at all. */
  passes(from: number, to: number, transport: Transport): boolean {
    for (const cut of this.#cuts.values())
      if ((cut.only === undefined || cut.only === transport) && cut.from.has(from) && cut.to.has(to))
        return false;
    return true;
  }

  /** Whether this one packet is lost. */
  loses(from: number, to: number): boolean {
    return (
      chance(this.#random, this.weather.loss) ||
      (this.#bad.size > 0 &&
        (chance(this.#random, this.#bad.get(from) ?? 0) || chance(this.#random, this.#bad.get(to) ?? 0)))
    );
  }

  isDoubled(): boolean {
    return chance(this.#random, this.weather.duplication);
  }

  /** How long a packet takes. */
  delayMs(): number {
    const { minimumMs, jitterMs, reordering } = this.weather;
    const late = chance(this.#random, reordering) ? between(this.#random, 0, REORDERING_DELAY_MS) : 0;
    return minimumMs + exponential(this.#random, jitterMs) + late;
  }
}

/** A member id, from a seed. */
export function randomMemberId(random: Random): string {
  let id = "";
  for (let index = 0; index < 8; index++) id += below(random, 65_536).toString(16).padStart(4, "0");
  return id;
}
