// `hab supportbundle` (reference/cli.md §10.13): the Supervisor's files as one archive to send to who helps.
import { renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { habPath, removeIfPresent, syncDirectory, temporaryPathFor } from "../host/index.ts";
import type { TarMember } from "../package/index.ts";
import { defineCommand } from "./command.ts";
import { cliErrors } from "./errors.ts";
import type { BundleRecord } from "./support-bundle.ts";

export const command = defineCommand({
  summary: "Pack the Supervisor's files, without secrets, to send to support",
  description:
    "Writes support-bundle-HOST-YYYYMMDDhhmmss.tar.gz (local time) to the current directory, readable by you alone, with " +
    "what is in hab/sup. Keys, secrets and ring state are left out and values that look like secrets replaced; " +
    "hab/sup/LEFT-OUT in the bundle lists them. Look through logs before you send it: no program knows every secret.",
  examples: [{ command: "sudo hab supportbundle", explains: "all files, those of root too" }],
  json: true,
  async run({ ui, json, printJson, signal }) {
    const directory = habPath("sup");
    requireDirectory(directory);
    const now = new Date();
    const host = hostName();
    if (host === undefined)
      ui.warn("This machine's host name is not to be had; the bundle is named for localhost.");
    ui.status("Generating", `support bundle at ${readableTime(now)}`);
    const path = join(process.cwd(), `support-bundle-${host ?? "localhost"}-${stamp(now)}.tar.gz`);
    ui.status("Adding", `files from ${directory}`);
    const { bundleMembers } = await import("./support-bundle.ts");
    const record: BundleRecord = { files: 0, leftOut: [] };
    await writeBundle(path, bundleMembers(directory, record), signal);
    ui.status("Created", path);
    if (record.leftOut.length > 0) ui.info("What was left out is listed in hab/sup/LEFT-OUT of the bundle.");
    if (json) printJson({ path, files: record.files, left_out: record.leftOut });
  },
});

function requireDirectory(path: string): void {
  try {
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" && systemErrorCode(error) !== "ENOTDIR")
      throw new HabError(cliErrors.bundleFailed, `${path} cannot be read`, { cause: error });
  }
  throw new HabError(cliErrors.nothingToBundle, `There is no directory ${path}`);
}

/** Undefined when there is none that can be part of a file name. */
function hostName(): string | undefined {
  try {
    const name = process.getBuiltinModule("node:os").hostname();
    return /^[\w.-]{1,200}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** All or nothing: the name appears when the whole bundle is on the disk. */
async function writeBundle(path: string, members: Iterable<TarMember>, signal: AbortSignal): Promise<void> {
  const { createWriteStream, fsyncSync, openSync, closeSync } = await import("node:fs");
  const { Readable } = await import("node:stream");
  const { pipeline } = await import("node:stream/promises");
  const { createGzip } = await import("node:zlib");
  const { tarMemberPieces } = await import("../package/index.ts");
  const temporary = temporaryPathFor(path);
  try {
    const file = createWriteStream(temporary, { flags: "wx", mode: 0o600 });
    await pipeline(Readable.from(tarMemberPieces(members)), createGzip(), file, { signal });
    const written = openSync(temporary, "r");
    try {
      fsyncSync(written);
    } finally {
      closeSync(written);
    }
    renameSync(temporary, path);
    syncDirectory(process.cwd());
  } catch (error) {
    removeIfPresent(temporary);
    if (signal.aborted) throw new HabError(cliErrors.interrupted, "The support bundle was not finished");
    if (error instanceof HabError) throw error;
    throw new HabError(cliErrors.bundleFailed, `${path} cannot be written: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function stamp(time: Date): string {
  return readableTime(time).replace(/\D/g, "");
}

/** `2026-11-27 07:30:00`, local. */
function readableTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}
