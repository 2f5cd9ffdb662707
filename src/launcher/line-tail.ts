// The last lines each service printed, for whoever looks later (`hab svc logs`). Kept by the launcher, so that they outlive
// Supervisors; in memory, bounded, gone with the launcher.

/** Kept of one service group; older lines are forgotten. */
export const MAX_TAIL_LINES = 10_000;
export const MAX_TAIL_BYTES = 1024 * 1024;

/** Groups whose lines are kept, the one that printed last longest. */
export const MAX_TAIL_GROUPS = 256;

/** One answer holds at most about so many bytes of lines. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface TailLine {
  /** Counts the lines of all groups since the launcher began. */
  readonly number: number;
  readonly group: string;
  readonly stream: "stdout" | "stderr";
  /** Epoch milliseconds. */
  readonly at: number;
  readonly line: string;
}

export interface TailAnswer {
  readonly lines: readonly TailLine[];
  /** What to ask after next. */
  readonly next: number;
  /** Lines after the number asked for have been forgotten already. */
  readonly lost: boolean;
}

interface Tail {
  lines: TailLine[];
  bytes: number;
  /** Number of the newest line forgotten. */
  forgotten: number;
}

export class LineTail {
  readonly #tails = new Map<string, Tail>();
  readonly #now: () => number;
  #count = 0;
  #waiting = new Set<() => void>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(group: string, stream: "stdout" | "stderr", lines: readonly string[]): void {
    const tail = this.#tails.get(group) ?? { lines: [], bytes: 0, forgotten: 0 };
    // Put last again: the first group of the map is the one that has been silent longest.
    this.#tails.delete(group);
    this.#tails.set(group, tail);
    const at = this.#now();
    for (const line of lines) {
      this.#count += 1;
      tail.lines.push({ number: this.#count, group, stream, at, line });
      tail.bytes += line.length;
    }
    trim(tail);
    if (this.#tails.size > MAX_TAIL_GROUPS) {
      const [oldest] = this.#tails.keys();
      if (oldest !== undefined) this.#tails.delete(oldest);
    }
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Lines of one group, or of all, with a number above `after`, in order; not more than one answer holds. */
  read(group: string | undefined, after: number): TailAnswer {
    const tails = group === undefined ? [...this.#tails.values()] : [this.#tails.get(group)];
    const found = tails.flatMap((tail) => linesAfter(tail?.lines ?? [], after));
    if (tails.length > 1) found.sort((a, b) => a.number - b.number);
    let bytes = 0;
    const end = found.findIndex(({ line }) => {
      bytes += line.length + 100;
      return bytes > MAX_ANSWER_BYTES;
    });
    const lines = end <= 0 ? found.slice(0, end === 0 ? 1 : undefined) : found.slice(0, end);
    return {
      lines,
      next: lines.length < found.length ? (lines.at(-1)?.number ?? after) : this.#count,
      lost: after > 0 && tails.some((tail) => (tail?.forgotten ?? 0) > after),
    };
  }

  /** The same, waiting up to `waitMs` until there is something. */
  async readOrWait(group: string | undefined, after: number, waitMs: number): Promise<TailAnswer> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const answer = this.read(group, after);
      const left = deadline - performance.now();
      if (answer.lines.length > 0 || answer.lost || left <= 0) return answer;
      await this.#something(left);
    }
  }

  async #something(waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }
}

function trim(tail: Tail): void {
  let excess = Math.max(0, tail.lines.length - MAX_TAIL_LINES);
  for (let at = 0; at < excess; at++) tail.bytes -= tail.lines[at]?.line.length ?? 0;
  while (tail.bytes > MAX_TAIL_BYTES && excess < tail.lines.length) {
    tail.bytes -= tail.lines[excess]?.line.length ?? 0;
    excess += 1;
  }
  if (excess === 0) return;
  tail.forgotten = tail.lines[excess - 1]?.number ?? tail.forgotten;
  tail.lines = tail.lines.slice(excess);
}

/** By halving: a tail is long and what is new in it short. */
function linesAfter(lines: readonly TailLine[], after: number): readonly TailLine[] {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.number ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return lines.slice(low);
}
