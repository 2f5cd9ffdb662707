// What the launcher keeps on disk: its pid, the lock that makes it the only one, and the table of its services, so that
// a launcher after one that was killed knows what that one left running.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { type FileLock, habPath, lockFile, readTextIfPresent, removeIfPresent } from "../host/index.ts";
import { launcherErrors } from "./errors.ts";
import { isCount, isObject } from "./protocol.ts";

/** A service process as the next launcher must know it. */
export interface ServiceRecord {
  readonly group: string;
  readonly pid: number;
  readonly startTime: number;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
}

/** A process, named for good. */
export interface ProcessRecord {
  readonly pid: number;
  readonly startTime: number;
}

/** What the next launcher must know of one that was killed. */
export interface Leftovers {
  readonly supervisor?: ProcessRecord;
  readonly services: readonly ServiceRecord[];
}

/** Longest path of a Unix socket on Linux, its end included. */
const MAX_SOCKET_PATH_BYTES = 108;

export class LauncherRecords {
  readonly #directory = habPath("launcher");
  #lock: FileLock | undefined;
  #socketDirectory: string | undefined;

  /** Takes the place of the one launcher of this root. Throws HAB-LCH-001 and -009. */
  open(): void {
    try {
      mkdirSync(this.#directory, { recursive: true });
      this.#lock = lockFile(this.#path("LOCK"), { exclusive: true });
    } catch (error) {
      throw new HabError(
        launcherErrors.notWritable,
        `cannot use ${this.#directory}: ${describeError(error)}`,
        {
          cause: error,
        },
      );
    }
    if (this.#lock === undefined)
      throw new HabError(
        launcherErrors.alreadyRunning,
        `a launcher runs already${this.#otherPid()}. Is another Supervisor process running?`,
      );
    for (const name of readdirSync(this.#directory))
      if (name.startsWith("ipc-")) rmSync(this.#path(name), { recursive: true, force: true });
    // Compat: decimal, no newline; `hab pkg uninstall` reads it (reference/supervisor.md §6).
    this.#replace("PID", String(process.pid));
  }

  /** Path for the socket, in a directory only we may enter. */
  socketPath(): string {
    const inside = this.#path(`ipc-${process.pid}`);
    const fits = Buffer.byteLength(join(inside, "socket")) < MAX_SOCKET_PATH_BYTES;
    const directory = fits ? inside : join(process.env["TMPDIR"] ?? "/tmp", `hab-launch-${process.pid}`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o700 });
    chmodSync(directory, 0o700);
    this.#socketDirectory = directory;
    return join(directory, "socket");
  }

  /** What a launcher that was killed left behind in this run of the machine. */
  leftovers(): Leftovers {
    const text = readTextIfPresent(this.#path("services.json"));
    try {
      const table: unknown = JSON.parse(text ?? "{}");
      if (!isObject(table) || table["bootId"] !== bootId() || !Array.isArray(table["services"]))
        return { services: [] };
      const { supervisor } = table;
      return {
        services: table["services"].filter(isServiceRecord),
        ...(isProcessRecord(supervisor) ? { supervisor } : {}),
      };
    } catch {
      return { services: [] };
    }
  }

  /** Keeps the table. It only matters while the machine runs, so it is replaced as a whole but not synced. */
  keep(running: Leftovers): void {
    this.#replace("services.json", JSON.stringify({ bootId: bootId(), ...running }));
  }

  /** Removes what is only true while we run. Where that cannot be written it stays: what it names has ended. */
  close(): void {
    try {
      removeIfPresent(this.#path("services.json"));
      removeIfPresent(this.#path("PID"));
      if (this.#socketDirectory !== undefined)
        rmSync(this.#socketDirectory, { recursive: true, force: true });
    } catch {
      // The next launcher knows a record from the truth by start time and boot.
    }
    this.#lock?.release();
    this.#lock = undefined;
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #replace(name: string, text: string): void {
    const temporary = this.#path(`.tmp${name}`);
    writeFileSync(temporary, text, { mode: 0o644 });
    renameSync(temporary, this.#path(name));
  }

  #otherPid(): string {
    const pid = readTextIfPresent(this.#path("PID"));
    return pid === undefined || !/^\d+$/.test(pid) ? "" : ` (pid ${pid})`;
  }
}

function bootId(): string {
  return readTextIfPresent("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

function isProcessRecord(value: unknown): value is ProcessRecord {
  return isObject(value) && isCount(value["pid"]) && isCount(value["startTime"]);
}

function isServiceRecord(value: unknown): value is ServiceRecord {
  return (
    isObject(value) &&
    typeof value["group"] === "string" &&
    isCount(value["pid"]) &&
    isCount(value["startTime"]) &&
    typeof value["stopSignal"] === "string" &&
    isCount(value["stopTimeoutMs"])
  );
}
