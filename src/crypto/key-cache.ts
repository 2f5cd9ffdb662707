// The directory of keys (reference/packages.md §6.4–§6.6). One file a key, `<name>-<revision>.<extension>`; public ones
// 0444, secret ones 0400, written whole.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { isRegularFile, writeFileWhole } from "../host/index.ts";
import { blake2b256Hex, digestsEqual } from "./blake2b.ts";
import { cryptoErrors } from "./errors.ts";
import type { KeyPair } from "./generate.ts";
import {
  formatKey,
  isSecretKind,
  type Key,
  type KeyKind,
  type KeyOf,
  keyExtension,
  type PublicKeyKind,
  parseKey,
  type SecretKeyKind,
} from "./key.ts";
import { requireSafeKeyName } from "./key-name.ts";
import { formatNamedRevision, type NamedRevision } from "./named-revision.ts";
import { Secret } from "./secret.ts";
import { decodeUtf8 } from "./text.ts";

/** A key file by its name; what is inside has not been looked at. */
export interface CachedKeyFile {
  readonly id: NamedRevision;
  readonly extension: string;
  readonly path: string;
}

const FILE_NAME = /^(.+)-(\p{Nd}{14})\.(pub|sig\.key|box\.key|sym\.key)$/su;

/** A key cache. Nothing is kept in memory: keys that come or go on disk are seen at once. */
export class KeyCache {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Creates the directory, with parents, by the umask. Throws `cacheUnusable`. */
  setup(): void {
    try {
      mkdirSync(this.directory, { recursive: true });
    } catch (error) {
      throw this.#unusable("create", error);
    }
  }

  /** Where a key of this kind and name is or would be. Throws `unsafeKeyName`. */
  pathOf(kind: KeyKind, id: NamedRevision): string {
    requireSafeKeyName(id.name);
    if (!/^\p{Nd}{14}$/u.test(id.revision))
      throw new HabError(
        cryptoErrors.malformedNamedRevision,
        `Cannot parse named revision '${formatNamedRevision(id)}'`,
      );
    return join(this.directory, `${formatNamedRevision(id)}.${keyExtension(kind)}`);
  }

  /**
   * Writes a key and returns its path. The same text already there is fine; another text under that name throws
   * `keyConflict` (Compat: also when only a final newline differs, §6.4).
   */
  write(key: Key): string {
    const path = this.pathOf(key.kind, key.id);
    const text = textOf(key);
    return this.#writing(() => {
      if (!isRegularFile(path)) return this.#put(key, path, text);
      const existing = blake2b256Hex(readFileSync(path));
      const incoming = blake2b256Hex(text);
      if (digestsEqual(existing, incoming)) return path;
      throw new HabError(
        cryptoErrors.keyConflict,
        `Existing key file ${path} found but new version hash is different, failing to write new file over existing. ` +
          `(existing = ${existing}, incoming = ${incoming})`,
      );
    });
  }

  /** Writes a key and returns its path; in place of a file that is no key. Of another key throws `keyConflict`. */
  replace(key: Key): string {
    const path = this.pathOf(key.kind, key.id);
    return this.#isSound(key.kind, path)
      ? this.write(key)
      : this.#writing(() => this.#put(key, path, textOf(key)));
  }

  /** Writes the public key, then the secret one. Throws `mismatchedPair` when their names differ. */
  writePair(pair: KeyPair<PublicKeyKind, SecretKeyKind>): { publicPath: string; secretPath: string } {
    const [publicId, secretId] = [pair.publicKey.id, pair.secretKey.id].map(formatNamedRevision);
    if (publicId !== secretId)
      throw new HabError(cryptoErrors.mismatchedPair, `Keys ${publicId} and ${secretId} are no pair`);
    return { publicPath: this.write(pair.publicKey), secretPath: this.write(pair.secretKey) };
  }

  /** A certain revision. Throws `keyNotFound`, or what `parseKey` throws. The name inside the file is not compared. */
  get<Kind extends KeyKind>(kind: Kind, id: NamedRevision): KeyOf<Kind> {
    const path = this.pathOf(kind, id);
    const key = this.#read(kind, path);
    if (key === undefined)
      throw new HabError(cryptoErrors.keyNotFound, `Key not found in cache: ${path}`, {
        next: `Import or download ${formatNamedRevision(id)}, or name its directory with --cache-key-path.`,
      });
    return key;
  }

  has(kind: KeyKind, id: NamedRevision): boolean {
    return isRegularFile(this.pathOf(kind, id));
  }

  /**
   * The newest revision by file name. Throws `noRevisions`, or what `parseKey` throws for that file (Compat: a newer
   * encryption key of an origin hides its signing key, §6.5).
   */
  latest<Kind extends KeyKind>(kind: Kind, name: string): KeyOf<Kind> {
    for (const id of this.revisions(kind, name).reverse()) {
      const key = this.#read(kind, this.pathOf(kind, id));
      if (key !== undefined) return key;
    }
    throw new HabError(cryptoErrors.noRevisions, `No revisions found for ${name}`);
  }

  /** All revisions of a name with the kind's extension, oldest first. Exactly this name: no prefixes, no patterns. */
  revisions(kind: KeyKind, name: string): NamedRevision[] {
    return this.list()
      .filter((file) => file.extension === keyExtension(kind) && file.id.name === name)
      .map((file) => file.id);
  }

  /** Every key file, in byte order of the names. A missing directory holds none. Throws `cacheUnusable`. */
  list(): CachedKeyFile[] {
    let names: string[];
    try {
      names = readdirSync(this.directory);
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return [];
      throw this.#unusable("read", error);
    }
    const files: CachedKeyFile[] = [];
    for (const fileName of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      const [, name, revision, extension] = FILE_NAME.exec(fileName) ?? [];
      const path = join(this.directory, fileName);
      if (name !== undefined && revision !== undefined && extension !== undefined && isRegularFile(path))
        files.push({ id: { name, revision }, extension, path });
    }
    return files;
  }

  #put(key: Key, path: string, text: string): string {
    this.setup();
    writeFileWhole(path, text, { mode: isSecretKind(key.kind) ? 0o400 : 0o444 });
    return path;
  }

  #writing(write: () => string): string {
    try {
      return write();
    } catch (error) {
      if (error instanceof HabError) throw error;
      throw this.#unusable("write", error);
    }
  }

  /** Whether a key is there: of this kind, or of the other that shares its file names. */
  #isSound(kind: KeyKind, path: string): boolean {
    const kinds: KeyKind[] = keyExtension(kind) === "pub" ? ["origin-public", "user-public"] : [kind];
    return kinds.some((sharing) => {
      try {
        return this.#read(sharing, path) !== undefined;
      } catch (error) {
        if (error instanceof HabError && error.code !== cryptoErrors.cacheUnusable.code) return false;
        throw error;
      }
    });
  }

  #read<Kind extends KeyKind>(kind: Kind, path: string): KeyOf<Kind> | undefined {
    if (!isRegularFile(path)) return undefined;
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw this.#unusable("read", error);
    }
    const text = decodeUtf8(bytes);
    if (text === undefined) throw new HabError(cryptoErrors.malformedKey, `Not a text file: ${path}`);
    return parseKey(kind, text);
  }

  #unusable(verb: string, cause: unknown): HabError {
    return new HabError(
      cryptoErrors.cacheUnusable,
      `Cannot ${verb} the key cache ${this.directory}: ${describeError(cause)}`,
      { cause },
    );
  }
}

function textOf(key: Key): string {
  const text = formatKey(key);
  return text instanceof Secret ? text.reveal() : text;
}
