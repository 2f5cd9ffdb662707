// What the service manager that started the launcher is told (sd_notify(3)): when the Supervisor serves, reloads and stops,
// and that it is alive. Without NOTIFY_SOCKET in the environment nothing is told.
import {
  environmentValue,
  monotonicMicroseconds,
  openUnixDatagram,
  type UnixDatagram,
} from "../host/index.ts";
import { NOTIFY_RETRY_MS } from "./timing.ts";

/** Variables that are for this process alone: nothing it starts may speak to the service manager in its name. */
const OWN_VARIABLES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const;

/** Notices that wait for a service manager which does not read; the oldest are dropped beyond. */
const MAX_WAITING = 32;

export class ServiceManager {
  /** The service manager wants a sign of life at least this often (milliseconds); undefined when it wants none. */
  readonly watchdogMs: number | undefined;
  readonly #socket: UnixDatagram | undefined;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopping = false;

  /** Takes the variables that tell of the service manager out of this process's environment. */
  constructor() {
    const address = environmentValue("NOTIFY_SOCKET");
    const period = Number(environmentValue("WATCHDOG_USEC")) / 1000;
    const pid = environmentValue("WATCHDOG_PID");
    const isForUs = pid === undefined || pid === String(process.pid);
    for (const name of OWN_VARIABLES) delete process.env[name];
    try {
      this.#socket = address === undefined ? undefined : openUnixDatagram(address);
    } catch {
      // A service manager that cannot be told is as good as none.
    }
    this.watchdogMs = this.#socket !== undefined && period > 0 && isForUs ? period : undefined;
  }

  /** The Supervisor serves: what waited for this start, or this reload, goes on. */
  ready(status: string): void {
    if (!this.#isStopping) this.#send("READY=1", status);
  }

  /** The Supervisor is being replaced on purpose; `ready` ends that. */
  reloading(status: string): void {
    if (!this.#isStopping) this.#send(`RELOADING=1\nMONOTONIC_USEC=${monotonicMicroseconds()}`, status);
  }

  /** The end has begun, and may take so long until the next sign of progress. */
  stopping(status: string, patienceMs: number): void {
    this.#isStopping = true;
    this.#send(`STOPPING=1\nEXTEND_TIMEOUT_USEC=${microseconds(patienceMs)}`, status);
  }

  /** The end makes progress: what is under way now may take so long. */
  extend(patienceMs: number): void {
    this.#send(`EXTEND_TIMEOUT_USEC=${microseconds(patienceMs)}`);
  }

  /** One line that says what goes on. */
  status(text: string): void {
    this.#send(statusLine(text));
  }

  alive(): void {
    // One that waits behind other notices says nothing they do not.
    if (this.#waiting.length === 0) this.#send("WATCHDOG=1");
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#socket?.close();
  }

  #send(notice: string, status?: string): void {
    if (this.#socket === undefined) return;
    this.#waiting.push(status === undefined ? notice : `${notice}\n${statusLine(status)}`);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    if (this.#timer === undefined) this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        if (this.#socket?.send(next) === false) {
          this.#timer = setTimeout(() => this.#flush(), NOTIFY_RETRY_MS);
          return;
        }
      } catch {
        // Nobody reads at that address (any more): the notice is lost, the services are not.
      }
      this.#waiting.shift();
    }
  }
}

function statusLine(text: string): string {
  return `STATUS=${text.replaceAll("\n", " ")}`;
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
