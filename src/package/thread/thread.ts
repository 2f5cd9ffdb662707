// Threads for long work, as long as they are needed. A worker that cannot be started is no failure: the caller does the work on
// its own thread.
import { availableParallelism } from "node:os";
import { HabError } from "../../error/index.ts";
import { workerModule } from "../../host/index.ts";
import { packageErrors } from "../errors.ts";
import type { FromWorker, Job, ToWorker } from "./job.ts";

/** How many jobs may usefully run side by side on this machine: all processors, but at most `most`, for memory's sake. */
export function usefulThreads(jobs: number, most: number): number {
  return Math.max(1, Math.min(jobs, availableParallelism(), most));
}

/** One thread. It takes one job at a time. */
export class Thread {
  readonly #worker: Worker;
  readonly #received: FromWorker[] = [];
  #wake: (() => void) | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    worker.onerror = (event) => this.#take({ kind: "failed", message: event.message });
  }

  /** A thread that is ready for work; undefined when none can be started. */
  static start(): Promise<Thread | undefined> {
    return new Promise((resolve) => {
      let worker: Worker;
      try {
        worker = new Worker(workerModule("package/thread/worker.ts"));
      } catch {
        resolve(undefined);
        return;
      }
      worker.onerror = () => {
        worker.terminate();
        resolve(undefined);
      };
      worker.onmessage = () => resolve(new Thread(worker));
    });
  }

  /**
   * Starts a job at once and hands out its results in order. A decoded piece is valid until the next is asked for; then
   * the thread may send another. Throws HAB-PKG-020 when the job fails.
   */
  run(job: Job): AsyncGenerator<Uint8Array> {
    this.#post(job);
    return this.#results(job.kind === "decode");
  }

  async *#results(returnsBuffers: boolean): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = this.#received.shift();
      if (message === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      else if (message.kind === "end") return;
      else if (message.kind === "failed") throw new HabError(packageErrors.corruptPayload, message.message);
      else if (message.kind === "data") {
        yield message.bytes;
        if (returnsBuffers) this.#post({ kind: "credit", buffer: message.bytes.buffer });
      }
    }
  }

  stop(): void {
    this.#worker.terminate();
  }

  #take(message: FromWorker): void {
    this.#received.push(message);
    this.#wake?.();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message, transferOf(message));
  }
}

/** What a message hands over instead of copying it. */
function transferOf(message: ToWorker): ArrayBuffer[] {
  if (message.kind === "encode") return [message.data.buffer];
  return message.kind === "credit" ? [message.buffer] : [];
}
