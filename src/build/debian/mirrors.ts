// Where Debian's files come from: what is named for the build, else what the machine's own apt uses, else Debian's own
// address (sources.list(5): one-line `.list` and deb822 `.sources`).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseParagraphs } from "./control.ts";

/** Addresses without a slash at the end. */
export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

/** What debootstrap and the installer have as default: Debian's network of mirrors. */
const DEBIAN = "http://deb.debian.org";

/** A `deb` source of the machine. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
}

/** The mirrors for a Debian release. The signature decides what is believed; where it comes from need not be trusted. */
export function chooseMirrors(
  named: { readonly main: string | undefined; readonly security: string | undefined },
  suite: string,
  directory = "/etc/apt",
): Mirrors {
  const sources = named.main && named.security ? [] : aptSources(directory);
  const of = (wanted: string, ending: string) =>
    sources.find((each) => each.suite === wanted)?.uri ??
    sources.find((each) => each.uri.endsWith(ending))?.uri;
  return {
    main: trimmed(named.main || of(suite, "/debian") || `${DEBIAN}/debian`),
    security: trimmed(
      named.security || of(`${suite}-security`, "/debian-security") || `${DEBIAN}/debian-security`,
    ),
  };
}

/** The `deb` sources in an apt directory that can be used here; those that cannot be read are left out. */
export function aptSources(directory: string): AptSource[] {
  const files = [join(directory, "sources.list"), ...filesIn(join(directory, "sources.list.d"))];
  return files
    .flatMap((path) => {
      const text = readIfPossible(path);
      return [...(path.endsWith(".sources") ? deb822Sources(text) : oneLineSources(text))];
    })
    .map(({ uri, suite }) => ({ uri: trimmed(uri), suite }))
    .filter(({ uri }) => /^(?:https?|file|copy):\//.test(uri));
}

function* deb822Sources(text: string): Generator<AptSource> {
  for (const paragraph of parseParagraphs(text)) {
    const words = (field: string) => (paragraph.get(field) ?? "").split(/\s+/).filter(Boolean);
    if (/^(?:no|false|0|off|disable)$/i.test(paragraph.get("enabled") ?? "")) continue;
    if (!words("types").includes("deb")) continue;
    for (const uri of words("uris")) for (const suite of words("suites")) yield { uri, suite };
  }
}

function* oneLineSources(text: string): Generator<AptSource> {
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line.replace(/\s#.*$/, ""));
    if (match !== null) yield { uri: match[1] ?? "", suite: match[2] ?? "" };
  }
}

function filesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => /^[A-Za-z0-9_.-]+\.(?:list|sources)$/.test(name));
    return names.sort().map((name) => join(directory, name));
  } catch {
    return []; // no apt here
  }
}

function readIfPossible(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // no such file, or not for us: apt's other files may say enough
  }
}

function trimmed(address: string): string {
  return address.replace(/\/+$/, "");
}
