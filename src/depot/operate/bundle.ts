// Signed bundles, for networks without a way out: some packages with all they depend on, the public keys, and the
// channels they are in. What the bundle holds is listed in a document that an origin's key signs; everything else is
// checked against that list, so the way it travels need not be trusted.
import {
  decodeBase64,
  digestsEqual,
  encodeBase64,
  formatNamedRevision,
  openSignedMessage,
  type PublicKey,
  parseKey,
  type SecretKey,
  signMessage,
} from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { OpenPlace } from "../place.ts";
import { EVERYTHING } from "../roles.ts";
import type { DepotDatabase } from "../store/database.ts";
import { findKey } from "../store/origin-keys.ts";
import { findChannel } from "../store/origins.ts";
import { type IdentPrefix, latestPackage } from "../store/packages.ts";
import { fillChannel, ingest, ingestKey, isHere, type OfferedPackage, recipientNamed } from "./ingest.ts";
import { type ArchiveMember, tarFileMembers, unreadable, writeTarFile } from "./tar-file.ts";

const FORMAT = "hab-depot-bundle";
const MAX_LIST_BYTES = 256 * 1024 * 1024;
const MAX_KEY_BYTES = 64 * 1024;

interface BundledPackage extends OfferedPackage {
  /** In bytes. */
  readonly size: number;
}

interface BundledChannel {
  readonly origin: string;
  readonly channel: string;
  readonly packages: readonly { readonly ident: string; readonly target: string }[];
}

/** What the signature is over. Each package stands after all it depends on. */
interface BundleList {
  readonly format: typeof FORMAT;
  readonly version: 1;
  readonly createdAt: string;
  readonly packages: readonly BundledPackage[];
  readonly channels: readonly BundledChannel[];
  readonly keys: readonly { readonly name: string; readonly digest: string }[];
}

export interface ChannelName {
  readonly origin: string;
  readonly channel: string;
}

export interface ExportOptions {
  readonly idents: readonly IdentPrefix[];
  readonly channels: readonly ChannelName[];
  readonly target: string;
  readonly key: SecretKey<"origin-secret">;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface ExportResult {
  readonly file: string;
  readonly packages: number;
  readonly bytes: number;
  readonly keys: readonly string[];
  readonly signedBy: string;
}

/** Writes a bundle. Throws HabError `packageNotHere` when something it needs is not in the depot. */
export async function exportBundle(
  open: OpenPlace,
  path: string,
  options: ExportOptions,
): Promise<ExportResult> {
  const release = await open.ledger.hold();
  try {
    const { packages, channels, signers } = await selectPackages(open.database, options);
    const keys = new Map<string, Uint8Array>();
    for (const signer of signers) keys.set(signer, await publicKeyOf(open.database, signer));
    const list: BundleList = {
      format: FORMAT,
      version: 1,
      createdAt: new Date().toISOString(),
      packages,
      channels,
      keys: [...keys].map(([name, text]) => ({ name, digest: digestOf(text) })),
    };
    const listBytes = new TextEncoder().encode(`${JSON.stringify(list, null, 1)}\n`);
    const signedBy = formatNamedRevision(options.key.id);
    const signature = encodeBase64(
      await signMessage(options.key, new TextEncoder().encode(digestOf(listBytes))),
    );
    const sizes = new Map(packages.map((each) => [each.checksum, each.size]));
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    await writeTarFile(path, async (add) => {
      await add("bundle.json", listBytes.length, listBytes);
      const signatureBytes = new TextEncoder().encode(`${signedBy}\n${signature}\n`);
      await add("bundle.sig", signatureBytes.length, signatureBytes);
      for (const [name, text] of keys) await add(`keys/${name}.pub`, text.length, text);
      let done = 0;
      for (const [digest, size] of sizes) {
        options.signal.throwIfAborted();
        const content = await open.blobs.read(digest);
        if (content === undefined)
          throw new HabError(depotErrors.depotDamaged, `the blob ${digest} is missing`);
        await add(`blobs/${digest}`, size, content);
        done += size;
        options.onProgress?.(done, total);
      }
    });
    return { file: path, packages: packages.length, bytes: total, keys: [...keys.keys()], signedBy };
  } finally {
    await release();
  }
}

function digestOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("blake2b256").update(bytes).digest("hex");
}

async function publicKeyOf({ db }: DepotDatabase, named: string): Promise<Uint8Array> {
  const [, name = "", revision = ""] = /^(.*)-([0-9]{14})$/.exec(named) ?? [];
  const key = await findKey(db, name, "signing-public", revision);
  if (key === undefined)
    throw new HabError(depotErrors.packageNotHere, `the public key ${named} is not in the depot`, {
      next: `Upload it first: hab origin key upload --pubfile ${named}.pub`,
    });
  return new TextEncoder().encode(key.body);
}

interface Selection {
  readonly packages: BundledPackage[];
  readonly channels: BundledChannel[];
  readonly signers: Set<string>;
}

/** What is asked for, with all it depends on in front of it. */
async function selectPackages(database: DepotDatabase, options: ExportOptions): Promise<Selection> {
  const { db } = database;
  const { target } = options;
  const packages = new Map<string, BundledPackage>();
  const signers = new Set<string>();
  const addClosure = async (ident: IdentPrefix, words: string): Promise<string> => {
    const row = await latestPackage(db, { ident, visible: EVERYTHING, target });
    if (row === undefined)
      throw new HabError(depotErrors.packageNotHere, `${words} is not in the depot for ${target}`);
    if (packages.has(row.ident)) return row.ident;
    for (const needed of JSON.parse(row.tdeps) as string[]) {
      if (packages.has(needed)) continue;
      const [origin = "", name, version, release] = needed.split("/");
      const found = await latestPackage(db, {
        ident: { origin, name, version, release },
        visible: EVERYTHING,
        target,
      });
      if (found === undefined)
        throw new HabError(
          depotErrors.packageNotHere,
          `${needed}, which ${row.ident} needs, is not in the depot`,
        );
      addRow(found);
    }
    addRow(row);
    return row.ident;
  };
  const addRow = (row: { ident: string; checksum: string; size: number; signer: string }): void => {
    packages.set(row.ident, { ident: row.ident, target, checksum: row.checksum, size: Number(row.size) });
    signers.add(row.signer);
  };
  for (const ident of options.idents)
    await addClosure(
      ident,
      [ident.origin, ident.name, ident.version, ident.release].filter(Boolean).join("/"),
    );
  const channels: BundledChannel[] = [];
  for (const { origin, channel } of options.channels) {
    const row = await findChannel(db, origin, channel);
    if (row === undefined)
      throw new HabError(depotErrors.packageNotHere, `the origin ${origin} has no channel ${channel}`);
    const held = await db
      .selectFrom("channel_packages")
      .innerJoin("packages", "packages.id", "channel_packages.package_id")
      .select(["packages.ident", "packages.name", "packages.version", "packages.release"])
      .where("channel_packages.channel_id", "=", row.id)
      .where("packages.target", "=", target)
      .orderBy("packages.ident")
      .execute();
    for (const { ident, ...parts } of held) await addClosure({ origin, ...parts }, ident);
    channels.push({ origin, channel, packages: held.map(({ ident }) => ({ ident, target })) });
  }
  return { packages: [...packages.values()], channels, signers };
}

export interface ImportOptions {
  /** Account that acts, and owns origins that are not here yet. */
  readonly owner: string;
  /** Whether the bundle's channels are filled as they were; else packages are in `unstable` only. */
  readonly promote: boolean;
  /** Public keys trusted beside the depot's own, by `name-revision`. */
  readonly trusted: (named: string) => PublicKey<"origin-public"> | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface ImportResult {
  readonly file: string;
  readonly signedBy: string;
  readonly added: readonly string[];
  readonly present: number;
  readonly promoted: number;
}

/**
 * Takes a bundle in. Nothing is changed before the signature and the list are known to be good; each package comes in
 * as a whole, and channels change when all are here. Broken off, it is run again. Throws HabError `bundleUntrusted`,
 * `archiveUnreadable`, …
 */
export async function importBundle(
  open: OpenPlace,
  path: string,
  options: ImportOptions,
): Promise<ImportResult> {
  const members = new Map<string, ArchiveMember>();
  for await (const member of tarFileMembers(path)) members.set(member.name, member);
  const member = (name: string): ArchiveMember => {
    const found = members.get(name);
    if (found === undefined) throw unreadable(path, `it has no ${name}`);
    return found;
  };
  const listBytes = await member("bundle.json").bytes(MAX_LIST_BYTES);
  const signedBy = await verifySignature(open, path, listBytes, member("bundle.sig"), options);
  const list = JSON.parse(new TextDecoder().decode(listBytes)) as BundleList;
  if (list.format !== FORMAT || list.version !== 1) throw unreadable(path, "its format is not known");
  for (const { checksum } of list.packages) member(`blobs/${checksum}`);
  const recipient = await recipientNamed(open, options.owner);
  for (const { name, digest } of list.keys) {
    const bytes = await member(`keys/${name}.pub`).bytes(MAX_KEY_BYTES);
    if (digestOf(bytes) !== digest) throw unreadable(path, `the key ${name} is not the one that was signed`);
    await ingestKey(open, recipient, new TextDecoder().decode(bytes));
  }
  const total = list.packages.reduce((sum, each) => sum + each.size, 0);
  const added: string[] = [];
  let done = 0;
  for (const offered of list.packages) {
    options.signal.throwIfAborted();
    if (!(await isHere(open, offered))) {
      const content = member(`blobs/${offered.checksum}`).stream();
      await ingest(open, recipient, offered, content, options.signal);
      added.push(offered.ident);
    }
    done += offered.size;
    options.onProgress?.(done, total);
  }
  let promoted = 0;
  if (options.promote)
    for (const { origin, channel, packages } of list.channels)
      promoted += (await fillChannel(open, recipient, { origin, channel, exactly: false }, packages))
        .promoted;
  return { file: path, signedBy, added, present: list.packages.length - added.length, promoted };
}

async function verifySignature(
  { database }: OpenPlace,
  path: string,
  list: Uint8Array,
  signature: ArchiveMember,
  { trusted }: ImportOptions,
): Promise<string> {
  const text = new TextDecoder().decode(await signature.bytes(MAX_KEY_BYTES));
  const [named = "", encoded = ""] = text.split("\n");
  const [, name = "", revision = ""] = /^(.*)-([0-9]{14})$/.exec(named) ?? [];
  const known = await findKey(database.db, name, "signing-public", revision);
  const key = known === undefined ? trusted(named) : parseKey("origin-public", known.body);
  if (key === undefined)
    throw new HabError(
      depotErrors.bundleUntrusted,
      `${path} is signed by ${named}, whose key is not known here`,
      {
        next: `If you trust it, import the key, which you have from another way: hab origin key import < ${named}.pub`,
      },
    );
  let signed: string;
  try {
    signed = new TextDecoder().decode(
      await openSignedMessage(key, decodeBase64(encoded) ?? new Uint8Array()),
    );
  } catch (cause) {
    throw new HabError(depotErrors.bundleUntrusted, `the signature of ${path} is not that of ${named}`, {
      cause,
    });
  }
  if (!/^[0-9a-f]{64}$/.test(signed) || !digestsEqual(signed, digestOf(list)))
    throw new HabError(depotErrors.bundleUntrusted, `${path} is not what ${named} has signed`);
  return named;
}
