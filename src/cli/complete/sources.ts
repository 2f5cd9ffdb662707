// What values there are: installed packages, loaded services, origins with keys, channels. Everything comes from files,
// but for channels: those are asked of a depot the user configured, which has to answer at once. What cannot be read is as
// if it were not there, since a message would end up in the middle of a command line.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { habPath, keyCachePath, readTextIfPresent } from "../../host/index.ts";
import type { Environment } from "../grammar/parse.ts";
import type { ValueSubject } from "../grammar/spec.ts";

export interface Value {
  readonly text: string;
  readonly description: string;
}

/** How long a depot has to list its channels. Longer, and the key seems dead. */
const DEPOT_DEADLINE_MS = 300;

/** Channels every depot has or refreshes from. */
const WELL_KNOWN_CHANNELS = ["stable", "unstable", "base"] as const;

export interface Surroundings {
  readonly env: Environment;
  /** The words of the command, for what one says of another: the channels of `core/redis` are those of core. */
  readonly words: readonly string[];
}

/** All values of a subject that begin with `typed`. Files and directories are the shell's own affair: none. */
export async function valuesOfSubject(
  subject: ValueSubject,
  typed: string,
  around: Surroundings,
): Promise<Value[]> {
  const values = await orNone(() => read(subject, typed, around));
  return values.filter(({ text }) => text.startsWith(typed));
}

async function read(subject: ValueSubject, typed: string, around: Surroundings): Promise<Value[]> {
  switch (subject) {
    case "installed-package":
      return installedPackages(typed);
    case "loaded-service":
      return loadedServices();
    case "origin":
      return originsWithKeys(around.env);
    case "channel":
      return channels(around);
    case "file":
    case "directory":
      return [];
  }
}

async function orNone(load: () => Promise<Value[]>): Promise<Value[]> {
  try {
    return await load();
  } catch {
    return [];
  }
}

const PARTS_OF_AN_IDENT = 4;

/** `core/redis` first; versions and releases once their slash is typed. */
async function installedPackages(typed: string): Promise<Value[]> {
  const { formatIdent, listInstalled } = await import("../../package/index.ts");
  const count = Math.min(Math.max(typed.split("/").length, 2), PARTS_OF_AN_IDENT);
  const [origin, name] = typed.split("/");
  const found = listInstalled({
    ...(origin !== undefined && count > 2 && name !== undefined && { ident: { origin, name } }),
  });
  const releases = new Map<string, number>();
  for (const ident of found) {
    const text = formatIdent(ident).split("/").slice(0, count).join("/");
    releases.set(text, (releases.get(text) ?? 0) + 1);
  }
  return [...releases].map(([text, number]) => ({
    text,
    description: number === 1 ? "installed" : `installed, ${number} releases`,
  }));
}

/** Compat: one `<name>.spec` for each service of the Supervisor `default` (reference/services.md). */
async function loadedServices(): Promise<Value[]> {
  const { parseToml } = await import("../../toml/index.ts");
  const directory = habPath("sup", "default", "specs");
  const values: Value[] = [];
  for (const file of filesIn(directory)) {
    if (!file.endsWith(".spec")) continue;
    await orNone(async () => {
      const ident = parseToml(readTextIfPresent(join(directory, file)) ?? "", { source: file }).get("ident");
      if (typeof ident === "string") values.push({ text: ident, description: "loaded service" });
      return [];
    });
  }
  return values;
}

async function originsWithKeys(env: Environment): Promise<Value[]> {
  const origins = new Map<string, string>();
  for (const file of filesIn(env["HAB_CACHE_KEY_PATH"] || keyCachePath())) {
    const [, origin, kind] = /^([a-z0-9][a-z0-9_-]*)-\d{14}\.(pub|sig\.key)$/.exec(file) ?? [];
    if (origin === undefined) continue;
    if (kind === "sig.key") origins.set(origin, "has a signing key");
    else if (!origins.has(origin)) origins.set(origin, "has a public key");
  }
  return [...origins].map(([text, description]) => ({ text, description }));
}

async function channels({ env, words }: Surroundings): Promise<Value[]> {
  const known = WELL_KNOWN_CHANNELS.map((text) => ({ text, description: "channel" }));
  const more = await orNone(async () => {
    const { createConfiguration } = await import("../configuration.ts");
    const configuration = createConfiguration(env);
    // Without a depot of the user's own nothing is asked: a key press is no reason to call out to the Internet.
    const url = env["HAB_BLDR_URL"] || (await configuration.file()).bldr_url;
    if (url === undefined) return [];
    const origin = originOfWords(words) ?? (await configuration.origin(undefined));
    const { depotAt } = await import("../depot-access.ts");
    const names = await depotAt(url).channels(origin, {
      sandbox: false,
      signal: AbortSignal.timeout(DEPOT_DEADLINE_MS),
    });
    return names.map((text) => ({ text, description: `channel of ${origin}` }));
  });
  const named = new Set(more.map(({ text }) => text));
  return [...more, ...known.filter(({ text }) => !named.has(text))];
}

/** The origin a line speaks of: that of `--origin`, or of the first ident. */
function originOfWords(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (word === "--origin" || word === "-o") return words[index + 1];
    const match = /^(?:--origin=([a-z0-9_-]+)|([a-z0-9][a-z0-9_-]*)\/[^/]+(?:\/[^/]+){0,2})$/.exec(word);
    if (match !== null) return match[1] ?? match[2];
  }
  return undefined;
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
