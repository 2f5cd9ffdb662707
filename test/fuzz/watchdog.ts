// A thread that ends the process when the same input runs for too long: code that hangs lets nobody else have a turn.
import { TIME_LIMIT_MS } from "./harness.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<{ counter: SharedArrayBuffer; command: string }>) => {
  const counter = new Int32Array(data.counter);
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(counter, 0);
    if (now === last) {
      process.stderr.write(`hangs at input ${now}; again: ${data.command} --first ${now} --count 1\n`);
      process.kill(process.pid, "SIGKILL");
    }
    last = now;
  }, TIME_LIMIT_MS);
};
