// What is to happen when, in virtual time: a heap with four children a node over plain number arrays. What is due at the
// same moment comes in the order it was put in, so that a run repeats exactly.

const CHILDREN = 4;
const FIRST_CAPACITY = 1024;

export class EventQueue<What> {
  /** Of the entry taken last. */
  at = 0;
  host = -1;
  what: What | undefined;

  #size = 0;
  #order = 0;
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #hosts = new Int32Array(FIRST_CAPACITY);
  #whats: (What | undefined)[] = [];

  get size(): number {
    return this.#size;
  }

  /** When the next entry is due; Infinity when there is none. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** `host` names whom it happens to; what that means is the caller's business. */
  push(at: number, host: number, what: What | undefined): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#order++;
    let index = this.#size++;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      // Later orders never overtake equal times.
      if ((this.#times[parent] as number) <= at) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#times[index] = at;
    this.#orders[index] = order;
    this.#hosts[index] = host;
    this.#whats[index] = what;
  }

  /** Takes the next entry into `at`, `host` and `what`; false when there is none. */
  pop(): boolean {
    if (this.#size === 0) return false;
    this.at = this.#times[0] as number;
    this.host = this.#hosts[0] as number;
    this.what = this.#whats[0];
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    this.#whats[last] = undefined;
    return true;
  }

  /** Puts the entry at `last` where it belongs, starting from the free root. */
  #sink(last: number): void {
    const at = this.#times[last] as number;
    const order = this.#orders[last] as number;
    const host = this.#hosts[last] as number;
    const what = this.#whats[last];
    let index = 0;
    for (;;) {
      const first = index * CHILDREN + 1;
      if (first >= last) break;
      let least = first;
      const end = Math.min(first + CHILDREN, last);
      for (let child = first + 1; child < end; child++) if (this.#isBefore(child, least)) least = child;
      const leastAt = this.#times[least] as number;
      if (leastAt > at || (leastAt === at && (this.#orders[least] as number) > order)) break;
      this.#move(least, index);
      index = least;
    }
    this.#times[index] = at;
    this.#orders[index] = order;
    this.#hosts[index] = host;
    this.#whats[index] = what;
  }

  #isBefore(a: number, b: number): boolean {
    const timeA = this.#times[a] as number;
    const timeB = this.#times[b] as number;
    return timeA < timeB || (timeA === timeB && (this.#orders[a] as number) < (this.#orders[b] as number));
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#orders[to] = this.#orders[from] as number;
    this.#hosts[to] = this.#hosts[from] as number;
    this.#whats[to] = this.#whats[from];
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const grown = <Numbers extends Float64Array | Int32Array>(next: Numbers, old: Numbers): Numbers => {
      next.set(old);
      return next;
    };
    this.#times = grown(new Float64Array(capacity), this.#times);
    this.#orders = grown(new Float64Array(capacity), this.#orders);
    this.#hosts = grown(new Int32Array(capacity), this.#hosts);
  }
}
