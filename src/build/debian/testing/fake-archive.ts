// For tests: a Debian archive with the three parts of a release, signed with a key of its own, in a directory or on loopback.
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as openpgp from "openpgp";
import { controlText, type FakeDeb, makeDeb, xz } from "./fake-deb.ts";

export interface FakeRelease {
  /** Debs of the release itself, and of its updates and security updates. */
  readonly main?: readonly FakeDeb[];
  readonly updates?: readonly FakeDeb[];
  readonly security?: readonly FakeDeb[];
  readonly date?: Date;
  readonly validUntil?: Date;
  readonly isByHash?: boolean;
  /** Changes the text of a Release before it is signed. */
  readonly alter?: (text: string, suite: string) => string;
}

export interface FakeKey {
  readonly privateKey: openpgp.PrivateKey;
  readonly armored: string;
}

const HOUR_MS = 60 * 60 * 1000;

/** A key that signs; `lifetimeSeconds` from `date` on. */
export async function makeKey(options: { date?: Date; lifetimeSeconds?: number } = {}): Promise<FakeKey> {
  const { privateKey, publicKey } = await openpgp.generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "Test archive" }],
    date: options.date ?? new Date(Date.now() - 24 * HOUR_MS),
    ...(options.lifetimeSeconds && { keyExpirationTime: options.lifetimeSeconds }),
    format: "object",
  });
  return { privateKey, armored: publicKey.armor() };
}

export class FakeArchive {
  readonly directory: string;
  readonly key: FakeKey;
  readonly keyring: string;

  private constructor(directory: string, key: FakeKey) {
    this.directory = directory;
    this.key = key;
    this.keyring = join(directory, "keyring.asc");
    mkdirSync(directory, { recursive: true });
    writeFileSync(this.keyring, key.armored);
  }

  static async create(directory: string, key?: FakeKey): Promise<FakeArchive> {
    return new FakeArchive(directory, key ?? (await makeKey()));
  }

  /** Writes all three parts. `key` signs instead of the archive's own. */
  async publish(release: FakeRelease, key = this.key): Promise<void> {
    await this.#publishPart("bookworm", release.main ?? [], release, key);
    await this.#publishPart("bookworm-updates", release.updates ?? [], release, key);
    await this.#publishPart("bookworm-security", release.security ?? [], release, key);
  }

  /** The file of a .deb in the pool. */
  poolPath({ name, version }: FakeDeb): string {
    return join(this.directory, poolName(name, version));
  }

  inRelease(suite: string): string {
    return join(this.directory, "dists", suite, "InRelease");
  }

  /** Serves the directory until `stop`; `requests` are the paths that were asked for. */
  serve(): { url: string; requests: string[]; stop: () => Promise<void> } {
    const requests: string[] = [];
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      development: false,
      fetch: (request) => {
        const path = decodeURIComponent(new URL(request.url).pathname);
        requests.push(path);
        const file = join(this.directory, path);
        const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
        return isFile ? new Response(Bun.file(file)) : new Response("", { status: 404 });
      },
    });
    return { url: `http://127.0.0.1:${server.port}`, requests, stop: () => server.stop(true) };
  }

  async #publishPart(
    suite: string,
    debs: readonly FakeDeb[],
    release: FakeRelease,
    key: FakeKey,
  ): Promise<void> {
    const paragraphs: string[] = [];
    for (const deb of debs) {
      const bytes = await makeDeb(deb);
      this.#write(poolName(deb.name, deb.version), bytes);
      const more = `Filename: ${poolName(deb.name, deb.version)}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
      paragraphs.push(`${controlText(deb)}${more}`);
    }
    const index = Buffer.from(paragraphs.join("\n"));
    const stem = "main/binary-amd64/Packages";
    const files = [
      [stem, index],
      [`${stem}.xz`, await xz(index)],
    ] as const;
    const date = release.date ?? new Date(Date.now() - HOUR_MS);
    let text = `Origin: Test\nSuite: stable\nCodename: ${suite}\nDate: ${date.toUTCString().replace("GMT", "UTC")}\n`;
    if (release.validUntil !== undefined)
      text += `Valid-Until: ${release.validUntil.toUTCString().replace("GMT", "UTC")}\n`;
    if (release.isByHash === true) text += "Acquire-By-Hash: yes\n";
    text += `Components: main\nArchitectures: amd64\nSHA256:\n`;
    for (const [path, bytes] of files) {
      text += ` ${sha256(bytes)} ${bytes.length} ${path}\n`;
      this.#write(
        `dists/${suite}/${path}`,
        release.isByHash === true ? Buffer.from("an update came in between") : bytes,
      );
      this.#write(`dists/${suite}/${dirname(path)}/by-hash/SHA256/${sha256(bytes)}`, bytes);
    }
    text = release.alter?.(text, suite) ?? text;
    const message = await openpgp.createCleartextMessage({ text });
    const signed = await openpgp.sign({ message, signingKeys: key.privateKey, date: new Date() });
    this.#write(`dists/${suite}/InRelease`, Buffer.from(signed));
  }

  #write(path: string, bytes: Uint8Array): void {
    const full = join(this.directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, bytes);
  }
}

function poolName(name: string, version: string): string {
  return `pool/main/${name}_${version.replace(":", "%3a")}.deb`;
}

export function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** Changes one byte in the middle of a file. */
export function spoil(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
