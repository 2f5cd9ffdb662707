// A thread that ends the process when the same input runs for too long: code that hangs lets nobody else have a turn.
declare const self: Worker;

/** What the thread is told: to watch a target, or, without a limit, to rest. */
export interface Watched {
  /** Number of the input that is being tried. */
  readonly counter: SharedArrayBuffer;
  /** Makes the input again, given its number. */
  readonly command: string;
  readonly limitMs: number | undefined;
}

let timer: ReturnType<typeof setInterval> | undefined;

self.onmessage = ({ data }: MessageEvent<Watched>) => {
  const counter = new Int32Array(data.counter);
  let last = -1;
  clearInterval(timer);
  if (data.limitMs === undefined) return;
  timer = setInterval(() => {
    const now = Atomics.load(counter, 0);
    if (now === last) {
      process.stderr.write(`hangs at input ${now}; again: ${data.command} --first ${now} --count 1\n`);
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
  }, data.limitMs);
};
