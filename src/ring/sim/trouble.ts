// Which hosts a fault touches or touched a short while ago: what explains that somebody takes a member for dead.

/** A fault that comes and goes again, as often as it likes. */
export class Trouble {
  readonly #active: Int32Array;
  readonly #endedAt: Float64Array;
  #everyone = 0;
  #everyoneEndedAt = Number.NEGATIVE_INFINITY;

  constructor(hosts: number) {
    this.#active = new Int32Array(hosts);
    this.#endedAt = new Float64Array(hosts).fill(Number.NEGATIVE_INFINITY);
  }

  begin(host: number): void {
    this.#active[host] = this.#of(host) + 1;
  }

  end(host: number, now: number): void {
    this.#active[host] = Math.max(0, this.#of(host) - 1);
    this.#endedAt[host] = Math.max(now, this.#endedAt[host] as number);
  }

  beginForAll(): void {
    this.#everyone++;
  }

  endForAll(now: number): void {
    this.#everyone = Math.max(0, this.#everyone - 1);
    this.#everyoneEndedAt = now;
  }

  /** Whether a fault touches the host or did at or after `since`. */
  touches(host: number, since: number): boolean {
    return this.#everyone > 0 || this.#everyoneEndedAt >= since || this.touchesAlone(host, since);
  }

  /** The same for faults that do not touch everybody alike. */
  touchesAlone(host: number, since: number): boolean {
    return this.#of(host) > 0 || (this.#endedAt[host] as number) >= since;
  }

  #of(host: number): number {
    return this.#active[host] as number;
  }
}
