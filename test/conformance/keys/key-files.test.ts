// Key files, export and import as the original does them (vectors recorded from it), at the level of the key cache. The
// command lines around them are tested with the commands.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cryptoErrors,
  formatKey,
  formatNamedRevision,
  generateBoxKeyPair,
  generateOriginKeyPair,
  generateRingKey,
  type Key,
  KeyCache,
  type KeyKind,
  parseKey,
  Secret,
  trimWhiteSpace,
} from "../../../src/crypto/index.ts";
import { HabError } from "../../../src/error/index.ts";
import vectors from "./export-import.json";
import generated from "./generate.json";

interface CacheFile {
  file: string;
  content?: string;
  base64?: string;
  mode: string;
}
interface FileAfter {
  path: string;
  content?: string;
  mode: string;
}
interface Case {
  name: string;
  argv: string[];
  cache?: CacheFile[];
  stdin?: string;
  expect: { exit: number; stdout: string; stderr: string };
  files_after: FileAfter[];
}

let root: string;
let cache: KeyCache;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-keys-"));
  cache = new KeyCache(join(root, "hab/cache/keys"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const revealed = (key: Key): string => {
  const text = formatKey(key);
  return text instanceof Secret ? text.reveal() : text;
};

describe("files made by the original render back to the same bytes", () => {
  const kinds: [file: string, kind: KeyKind][] = [
    ["acme-20261123074255.pub", "origin-public"],
    ["acme-20261123074255.sig.key", "origin-secret"],
    ["my-ring-20261123074255.sym.key", "ring"],
    ["redis.default@acme-20261123074255.pub", "service-public"],
    ["redis.default@acme-20261123074255.box.key", "service-secret"],
    ["bob-20261123074255.pub", "user-public"],
    ["bob-20261123074255.box.key", "user-secret"],
  ];
  for (const [file, kind] of kinds) {
    test(file, () => {
      const text = readFileSync(join(import.meta.dir, "files", file), "utf8");
      const key = parseKey(kind, text);
      expect(revealed(key)).toBe(text);
      expect(cache.pathOf(kind, key.id)).toBe(join(cache.directory, file));
    });
  }
});

/** Where we part from the original on purpose, and what happens instead (reference/packages.md §6.5, §6.7). */
const DEPARTURES: Record<string, string> = {
  "export: a file of another origin that begins with the same name shadows": "acme-20261123074255",
  "glob characters in a ring name": "No revisions found for my-[r]ing",
  "star as a ring name": "No revisions found for *",
  "import a key whose name has a path": 'Not usable as the name of a key: "../evil"',
  "import a secret key whose name has a path": 'Not usable as the name of a key: "../../evil"',
  "ring import: name with path": 'Not usable as the name of a key: "../../evil"',
};

/** What a command of `argv` does with the key cache: the exported text, or the key it stored. */
function run(c: Case): string {
  const [what, , verb, name] = c.argv;
  if (verb === "export") {
    const secret = c.argv.includes("secret");
    const kind = what === "ring" ? "ring" : secret ? "origin-secret" : "origin-public";
    return revealed(cache.latest(kind, name!));
  }
  const text = new Secret(trimWhiteSpace(c.stdin ?? ""));
  const key = what === "ring" ? parseKey("ring", text) : parseOriginKey(text);
  cache.write(key);
  return formatNamedRevision(key.id);
}

function parseOriginKey(text: Secret<string>): Key {
  try {
    return parseKey("origin-public", text);
  } catch {
    return parseKey("origin-secret", text);
  }
}

describe("export and import", () => {
  // Exit 2 is about arguments, decided before any key is looked at.
  const cases = (vectors.cases as unknown as Case[]).filter((c) => c.expect.exit !== 2);
  for (const c of cases) {
    test(c.name, () => {
      mkdirSync(cache.directory, { recursive: true });
      for (const file of c.cache ?? [])
        writeFileSync(
          join(cache.directory, file.file),
          file.content ?? Buffer.from(file.base64 ?? "", "base64"),
          { mode: Number.parseInt(file.mode, 8) },
        );
      const before = snapshot();
      let outcome: string;
      try {
        outcome = run(c);
      } catch (error) {
        if (!(error instanceof HabError)) throw error;
        outcome = error.message;
      }
      const departure = DEPARTURES[c.name];
      if (departure !== undefined) {
        expect(outcome).toContain(departure);
        expect(snapshot()).toEqual(before);
        return;
      }
      if (c.expect.exit !== 0) {
        const [, message] = /Crypto error: ([\s\S]*)\n✗✗✗\n$/.exec(c.expect.stderr) ?? [];
        // The import command has one message for whatever is wrong with a text.
        if (message === undefined) expect(c.expect.stderr).toContain("valid UTF-8");
        else if (!message.startsWith("Could not parse content"))
          expect(outcome.replaceAll(root, "$ROOT")).toBe(message);
      } else if (c.argv[2] === "export") {
        expect(outcome).toBe(c.expect.stdout);
      } else {
        expect(c.expect.stdout).toContain(`key ${outcome}`);
      }
      expect(snapshot()).toEqual(
        c.files_after
          .map(({ path, mode }) => [path.replace("$ROOT/hab/cache/keys/", ""), mode] as const)
          .sort(),
      );
    });
  }
});

/** File names and modes in the cache; nothing may appear beside it. */
function snapshot(): (readonly [string, string])[] {
  expect(readdirSync(join(root, "hab/cache"))).toEqual(["keys"]);
  return readdirSync(cache.directory)
    .map((file) => [file, `0${(statSync(join(cache.directory, file)).mode & 0o777).toString(8)}`] as const)
    .sort();
}

describe("generated keys have the original's shape", () => {
  const now = new Date("2026-11-23T07:42:55.999Z");
  interface Shape {
    path: string;
    mode: string;
    size: number;
    version: string;
  }
  const shapeOf = (name: string) => {
    const found = generated.cases.find((c) => c.name === name)!.files as Shape[];
    return found.map(({ path, mode, size, version }) => ({
      file: path.split("/").at(-1)!,
      mode,
      size,
      version,
    }));
  };
  const written = () =>
    snapshot().map(([file, mode]) => {
      const content = readFileSync(join(cache.directory, file));
      return { file, mode, size: content.length, version: content.toString().split("\n")[0]! };
    });
  test("origin pair", () => {
    cache.writePair(generateOriginKeyPair("acme", now));
    expect(written()).toEqual(shapeOf("origin pair"));
  });
  test("ring key", () => {
    cache.write(generateRingKey("my-ring", now));
    expect(written()).toEqual(shapeOf("ring key"));
  });
  test("service pair", () => {
    cache.writePair(generateBoxKeyPair("service", "redis.default@acme", now));
    expect(written()).toEqual(shapeOf("service pair"));
  });
  test("user pair", () => {
    cache.writePair(generateBoxKeyPair("user", "bob", now));
    expect(written()).toEqual(shapeOf("user pair"));
  });
  test("modes do not depend on the umask", () => {
    const before = process.umask(0o077);
    try {
      cache.writePair(generateOriginKeyPair("acme", now));
    } finally {
      process.umask(before);
    }
    expect(snapshot().map(([, mode]) => mode)).toEqual(["0444", "0400"]);
  });
  test("a name that could not be read back, or leads elsewhere, makes no key", () => {
    for (const name of ["a/b", "..//", "a\nb", "", "a\0b", "../evil"])
      expect(() => generateRingKey(name, now)).toThrow(
        expect.objectContaining({ code: cryptoErrors.unsafeKeyName.code }),
      );
  });
});
