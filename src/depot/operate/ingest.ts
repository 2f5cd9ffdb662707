// Taking packages in without an upload: out of a bundle, or from another depot. As strict as an upload, and stricter:
// the key a package is signed with must be known.
import { parseKey } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { type FullIdent, parseFullIdent } from "../../package/index.ts";
import { Refusal } from "../answers.ts";
import { depotErrors } from "../errors.ts";
import { checkHart } from "../hart-check.ts";
import { MAX_UPLOAD_BYTES } from "../limits.ts";
import type { OpenPlace } from "../place.ts";
import { changeChannel } from "../promotion/change-channel.ts";
import { accountNamed } from "../store/accounts.ts";
import { type Actor, recordAudit } from "../store/audit.ts";
import { type PackageRef, presentState } from "../store/channel-changes.ts";
import type { Writing } from "../store/database.ts";
import { findKey, insertKey } from "../store/origin-keys.ts";
import { findChannel, findOrigin, insertChannel, insertOrigin } from "../store/origins.ts";
import { packageOf } from "../store/packages.ts";
import { writePackage } from "../take-in.ts";

/** On whose behalf, and who is to own origins that are not here yet. */
export interface Recipient {
  readonly actor: Actor;
  readonly ownerId: string;
}

/** Throws HabError `accountUnknown`. */
export async function recipientNamed({ database }: OpenPlace, name: string): Promise<Recipient> {
  const account = await accountNamed(database.db, name);
  if (account === undefined) throw new HabError(depotErrors.accountUnknown, `there is no account ${name}`);
  return {
    ownerId: account.id,
    actor: { accountId: account.id, accountName: account.name, trigger: "command", address: "" },
  };
}

export interface OfferedPackage {
  readonly ident: string;
  readonly target: string;
  /** BLAKE2b-256, in hex. */
  readonly checksum: string;
}

/** Whether this very package is here. Throws HabError `packageDiffers` when another one of its name is. */
export async function isHere({ database }: OpenPlace, offered: OfferedPackage): Promise<boolean> {
  const row = await packageOf(database.db, offered.ident, offered.target);
  if (row === undefined) return false;
  if (row.checksum === offered.checksum) return true;
  throw new HabError(
    depotErrors.packageDiffers,
    `${offered.ident} (${offered.target}) is here with the checksum ${row.checksum}, not ${offered.checksum}`,
  );
}

/** Receives, checks and keeps one package. */
export async function ingest(
  open: OpenPlace,
  recipient: Recipient,
  offered: OfferedPackage,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { database, blobs } = open;
  const ident: FullIdent = parseFullIdent(offered.ident);
  const incoming = await blobs.receive(content, { maxBytes: MAX_UPLOAD_BYTES, signal });
  try {
    const stated = { checksum: offered.checksum, forced: false };
    const hart = await checkHart(database.db, incoming, ident, stated).catch((error) => {
      throw error instanceof Refusal ? unacceptable(offered, REASONS[error.text] ?? error.text) : error;
    });
    if (hart.target !== offered.target) throw unacceptable(offered, `it is for ${hart.target}`);
    const [, signer = "", revision = ""] = /^(.*)-([0-9]{14})$/.exec(hart.signer) ?? [];
    if ((await findKey(database.db, signer, "signing-public", revision)) === undefined)
      throw unacceptable(offered, `the key ${hart.signer} it is signed with is not here`);
    await incoming.keep(async (writing) => {
      await ensureOrigin(writing, recipient, ident.origin);
      await writePackage(writing, recipient.actor, { ident, incoming, hart, forced: false });
    });
  } finally {
    await incoming.discard();
  }
}

/** What the original's short answers to an upload mean. */
const REASONS: Readonly<Record<string, string>> = {
  "ds:up:3": "its bytes do not have the checksum it was offered with",
  "ds:up:6": "it says that it is another package",
};

function unacceptable(offered: OfferedPackage, why: string): HabError {
  return new HabError(depotErrors.packageUnacceptable, `${offered.ident} is not taken: ${why}`);
}

async function ensureOrigin(writing: Writing, { actor, ownerId }: Recipient, origin: string): Promise<void> {
  if ((await findOrigin(writing.db, origin)) !== undefined) return;
  await insertOrigin(writing, actor, ownerId, origin, "public");
  await recordAudit(writing, actor, { operation: "origin-create", subject: origin, origin });
}

/** Adds a public key, under its own name and for its own origin, unless it is here. */
export async function ingestKey({ database }: OpenPlace, recipient: Recipient, text: string): Promise<void> {
  const key = parseKey("origin-public", text);
  const { name: origin, revision } = key.id;
  await database.write(async (writing) => {
    const known = await findKey(writing.db, origin, "signing-public", revision);
    if (known !== undefined) {
      if (parseKey("origin-public", known.body).bytes.every((byte, index) => byte === key.bytes[index]))
        return;
      throw new HabError(depotErrors.packageDiffers, `another key is here as ${origin}-${revision}`);
    }
    await ensureOrigin(writing, recipient, origin);
    const body = text;
    await insertKey(writing, recipient.ownerId, { origin, kind: "signing-public", revision, body });
    await recordAudit(writing, recipient.actor, {
      operation: "key-upload",
      subject: `${origin}-${revision}`,
      origin,
      details: { kind: "signing-public" },
    });
  });
}

/**
 * Puts packages that are here into a channel, made when missing, in one transaction; with `exactly` takes all others
 * out of it. Gives how many came and went.
 */
export async function fillChannel(
  { database }: OpenPlace,
  recipient: Recipient,
  where: { readonly origin: string; readonly channel: string; readonly exactly: boolean },
  packages: readonly { readonly ident: string; readonly target: string }[],
): Promise<{ promoted: number; demoted: number }> {
  return await database.write(async (writing) => {
    const { db } = writing;
    const { origin, channel: name, exactly } = where;
    const { actor, ownerId } = recipient;
    await ensureOrigin(writing, recipient, origin);
    const channel =
      (await findChannel(db, origin, name)) ?? (await insertChannel(writing, actor, origin, name, ownerId));
    const wanted = new Map<string, PackageRef>();
    for (const { ident, target } of packages) {
      const row = await packageOf(db, ident, target);
      if (row !== undefined) wanted.set(row.id, row);
    }
    const held =
      exactly && name !== "unstable" ? await presentState(db, { origin, channel: name }) : new Map();
    const { added, removed } = await changeChannel(writing, actor, channel, {
      action: "import",
      add: [...wanted.values()],
      remove: [...held.values()].filter(({ id }) => !wanted.has(id)),
    });
    const came = added.map(({ ident }) => ident);
    const went = removed.map(({ ident }) => ident);
    for (const [operation, idents] of [
      ["channel-promote", came],
      ["channel-demote", went],
    ] as const)
      if (idents.length > 0)
        await recordAudit(writing, actor, {
          operation,
          subject: name,
          origin,
          channel: name,
          details: { idents: idents.sort() },
        });
    return { promoted: came.length, demoted: went.length };
  });
}
