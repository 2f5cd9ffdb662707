// For tests: harts of the shared vectors, and harts of any ident made on the spot.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { blake2b256Hex, formatKey, generateOriginKeyPair } from "../../crypto/index.ts";
import { parseFullIdent, writeArchive } from "../../package/index.ts";
import { temporaryDirectory } from "./directory.ts";

const VECTORS = resolve(import.meta.dir, "../../../test/conformance/packages");

export interface TestHart {
  readonly ident: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly checksum: string;
}

/** A hart of test/conformance/packages/harts. */
export function vectorHart(name: string, ident: string): TestHart {
  const bytes = new Uint8Array(readFileSync(join(VECTORS, "harts", `${name}.hart`)));
  return { ident, bytes, checksum: blake2b256Hex(bytes) };
}

/** Text of a key of test/conformance/packages/keys. */
export function vectorKey(file: string): string {
  return readFileSync(join(VECTORS, "keys", file), "utf8");
}

const WHEN = new Date("2026-01-02T03:04:05Z");
const keyPairs = new Map<string, ReturnType<typeof generateOriginKeyPair>>();

/** The signing pair of an origin in these tests, always the same. */
export function originKeys(origin: string): ReturnType<typeof generateOriginKeyPair> {
  const known = keyPairs.get(origin);
  if (known !== undefined) return known;
  const pair = generateOriginKeyPair(origin, WHEN);
  keyPairs.set(origin, pair);
  return pair;
}

export function publicKeyText(origin: string): string {
  return formatKey(originKeys(origin).publicKey);
}

/** A hart with these files (metadata, hooks, programs in bin/) besides IDENT, TARGET and MANIFEST. */
export async function makeHart(
  ident: string,
  metafiles: Readonly<Record<string, string>> = {},
  signer?: string,
): Promise<TestHart> {
  const root = temporaryDirectory("hab-hart-");
  try {
    const directory = join(root, "hab/pkgs", ident);
    mkdirSync(directory, { recursive: true });
    const files = {
      IDENT: `${ident}\n`,
      TARGET: "x86_64-linux\n",
      MANIFEST: `# ${ident}\n`,
      ...metafiles,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content, { mode: name.startsWith("bin/") ? 0o755 : 0o644 });
    }
    const destination = join(root, "made.hart");
    const { origin } = parseFullIdent(ident);
    await writeArchive({
      directory,
      root,
      destination,
      key: originKeys(signer ?? origin).secretKey,
      compressionLevel: 1,
      epochSeconds: 1_700_000_000,
    });
    const bytes = new Uint8Array(readFileSync(destination));
    return { ident, bytes, checksum: blake2b256Hex(bytes) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A hart that is larger than what is in it: what follows the archive is read by nobody, but is part of the file. */
export async function largeHart(ident: string, bytes: number): Promise<TestHart> {
  const small = await makeHart(ident);
  const large = new Uint8Array(bytes);
  large.set(small.bytes);
  large.fill(7, bytes - 100);
  return { ident, bytes: large, checksum: blake2b256Hex(large) };
}
