// A machine with systemd as process 1 for end-to-end tests (script/systemd-root), with what the tests of the Supervisor's unit
// ask of it. It ends with everything in it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT, until } from "./machine.ts";

const SCRIPT = join(PROJECT, "script/systemd-root");

/** Why no such machine can be had here; undefined when one can. */
export function whyNoSystemd(): string | undefined {
  const { status, stderr } = spawnSync(SCRIPT, ["check"], { encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim().replaceAll(/\s+/g, " ");
}

export class SystemdMachine {
  readonly directory = mkdtempSync(join(tmpdir(), "hab-systemd-"));

  start(): this {
    this.#script("start", []);
    return this;
  }

  stop(): void {
    this.#script("stop", []);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs a command to its end inside; gives its standard output. Throws when it fails. */
  run(...command: readonly string[]): string {
    return this.#script("enter", command);
  }

  /** As `run`; gives the exit code. */
  exitCode(...command: readonly string[]): number {
    return spawnSync(SCRIPT, ["enter", this.directory, ...command]).status ?? -1;
  }

  /** Goes down and comes up again; resolves when it is up. */
  async reboot(): Promise<void> {
    const before = this.#bootedAt();
    this.run("systemctl", "start", "--no-block", "reboot.target");
    // A busy machine needs long to end and start all of it.
    await until("the machine is up again", () => this.#bootedAt() !== before, 90);
    spawnSync(SCRIPT, ["enter", this.directory, "systemctl", "is-system-running", "--wait"]);
  }

  /** Writes an installed package of origin `vec`, version 1.0.0, whose service runs as the user hab. */
  addPackage(name: string, hooks: Readonly<Record<string, string>>): void {
    const release = "20260101000000";
    const place = join(this.directory, "hab/pkgs/vec", name, "1.0.0", release);
    const files: Record<string, string> = {
      IDENT: `vec/${name}/1.0.0/${release}\n`,
      TARGET: "x86_64-linux\n",
      SVC_USER: "hab\n",
      SVC_GROUP: "hab\n",
    };
    for (const [hook, text] of Object.entries(hooks)) files[`hooks/${hook}`] = text;
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), content, { mode: path.startsWith("hooks/") ? 0o755 : 0o644 });
    }
  }

  /** A file below /hab. */
  read(path: string): string {
    return readFileSync(join(this.directory, "hab", path), "utf8");
  }

  /** A property of a unit. */
  property(unit: string, name: string): string {
    return this.run("systemctl", "show", "--value", "-p", name, unit).trim();
  }

  #bootedAt(): string {
    return this.run("systemctl", "show", "--value", "-p", "UserspaceTimestampMonotonic").trim();
  }

  #script(action: string, words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(SCRIPT, [action, this.directory, ...words], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${action} ${words.join(" ")}: exit ${status}\n${stdout}${stderr}`);
    return stdout;
  }
}
