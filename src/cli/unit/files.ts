// Files of systemd units that commands write: only over what they wrote themselves, and systemd is told.
import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { isCompiled, ownCommand, readTextIfPresent, writeFileWhole } from "../../host/index.ts";
import { cliErrors } from "../errors.ts";
import type { Environment } from "../grammar/parse.ts";

export const SYSTEM_DIRECTORY = "/etc/systemd/system";

/** Name of a unit on the command line, with or without `.service`. */
export function unitName(text: string): string {
  const name = text.replace(/\.service$/, "");
  if (!/^[A-Za-z0-9_.:-]+$/.test(name) || name.length > 200)
    throw new Error("letters, digits and . : _ - are expected");
  return name;
}

/** Throws HAB-CLI-022 when something is there that we did not write, or not like this. */
export function refuseForeign(path: string, isOurs: (text: string) => boolean): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (status.isFile() && isOurs(readTextIfPresent(path) ?? "")) return;
  throw new HabError(cliErrors.foreignUnit, `${path} is there, and not as hab wrote it`);
}

export function writeUnitFile({ path, text, mode }: { path: string; text: string; mode: number }): void {
  try {
    writeFileWhole(path, text, { mode });
  } catch (cause) {
    throw new HabError(cliErrors.unitNotWritten, `${path} cannot be written`, { cause });
  }
}

/** The units are read again, if systemd runs here: another root is being prepared otherwise. */
export function reloadUnits(): void {
  if (lstatSync("/run/systemd/system", { throwIfNoEntry: false })?.isDirectory() === true)
    systemctl("daemon-reload");
}

export function systemctl(...words: string[]): void {
  let problem: string;
  try {
    const { exitCode, stderr } = Bun.spawnSync(["systemctl", ...words], { stdin: "ignore", stderr: "pipe" });
    if (exitCode === 0) return;
    problem = stderr.toString().trim();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    problem = "there is no such program";
  }
  throw new HabError(cliErrors.systemctlFailed, `systemctl ${words.join(" ")}: ${problem}`);
}

/**
 * How a unit starts this program: by the name it is found under, if that leads here, because that name stays when the
 * package behind it is replaced.
 */
export function ownProgram(env: Environment): readonly string[] {
  const own = ownCommand([]);
  const [program = ""] = own;
  if (!isCompiled()) return own;
  for (const directory of (env["PATH"] ?? "").split(":")) {
    const candidate = join(directory, "hab");
    if (isAbsolute(directory) && leadsTo(candidate, program)) return [candidate];
  }
  return own;
}

function leadsTo(path: string, target: string): boolean {
  try {
    return realpathSync(path) === realpathSync(target);
  } catch {
    return false;
  }
}
