// Tokens that an original depot made (reference/depot-api.md §3.3): `_` and, in base64, a text sealed with that depot's
// key that says whose it is and when it ends. Once taken over, such a token is looked up by its hash as any other.
import { decodeBase64, type Secret } from "../crypto/index.ts";
import { describeError, HabError } from "../error/index.ts";
import { accountForToken, OPERATOR } from "./accounts.ts";
import { depotErrors } from "./errors.ts";
import { type DepotPlace, type OpenPlace, withPlace } from "./place.ts";
import { UNLIMITED } from "./scopes.ts";
import { type DepotSecrets, openSecrets } from "./secrets.ts";
import { insertToken } from "./store/accounts.ts";
import { recordAudit } from "./store/audit.ts";
import { timestampOf } from "./store/database.ts";
import { tokenHash } from "./tokens.ts";

/** Label of tokens that were taken over. */
const LABEL = "original";

/** Ends later than this are "never": the original writes the last second its calendar knows. */
const LAST_MS = Date.UTC(9999, 11, 31);

export interface OriginalToken {
  readonly accountId: string;
  /** Bits: 1 administrator, 2 early access, 4 build worker. Of no consequence here: roles alone decide. */
  readonly flags: number;
  /** Milliseconds since 1970; undefined for never. */
  readonly expiresAt: number | undefined;
}

export interface ImportedToken {
  readonly id: string;
  readonly account: string;
  readonly label: string;
  readonly expiresAt: string | null;
  /** Number of the account in the depot it comes from. */
  readonly originalAccountId: string;
}

/** Opens a token. Throws HabError when it is none, or no key here sealed it. */
export async function openOriginalToken(secrets: DepotSecrets, token: string): Promise<OriginalToken> {
  const box = token.startsWith("_") ? decodeBase64(token.slice(1)) : undefined;
  if (box === undefined)
    throw new HabError(depotErrors.tokenNotAccepted, "this is no token of an original depot");
  return parseAccessToken(await secrets.openBytes(new TextDecoder().decode(box)));
}

/** The message in a token: three whole numbers (§3.4, AccessToken). */
export function parseAccessToken(message: Uint8Array): OriginalToken {
  const fields = new Map<bigint, bigint>();
  for (let at = 0; at < message.length; ) {
    const tag = varint(message, at);
    if ((tag.value & 7n) !== 0n) throw malformed();
    const value = varint(message, tag.end);
    fields.set(tag.value >> 3n, value.value);
    at = value.end;
  }
  const [accountId, flags, expires] = [fields.get(1n), fields.get(2n), fields.get(3n)];
  if (accountId === undefined || flags === undefined || expires === undefined) throw malformed();
  const expiresMs = Number(BigInt.asIntN(64, expires)) * 1000;
  return {
    accountId: String(accountId),
    flags: Number(flags),
    expiresAt: expiresMs > LAST_MS ? undefined : expiresMs,
  };
}

const MAX_VARINT_BYTES = 10;

function varint(bytes: Uint8Array, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = 0; index < MAX_VARINT_BYTES; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw malformed();
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + index + 1 };
  }
  throw malformed();
}

function malformed(): HabError {
  return new HabError(depotErrors.tokenNotAccepted, "the token does not hold an account and an end");
}

/** See `importToken` in index.ts. */
export async function importTokenIn(
  place: DepotPlace,
  name: string,
  token: Secret<string>,
): Promise<ImportedToken> {
  return await withPlace(place, (open) => importInto(open, name, token));
}

async function importInto(
  { database, keys }: OpenPlace,
  name: string,
  token: Secret<string>,
): Promise<ImportedToken> {
  const now = Date.now();
  const secrets = await openSecrets(database, keys, now);
  const original = await openOriginalToken(secrets, token.reveal()).catch((error: unknown) => {
    if (!(error instanceof HabError) || error.kind === depotErrors.tokenNotAccepted) throw error;
    throw new HabError(
      depotErrors.tokenNotAccepted,
      `no key of this depot opens the token: ${describeError(error)}`,
      { cause: error },
    );
  });
  // Such a token is made for a build worker and stands above all roles, which nothing does here.
  if (original.accountId === "0")
    throw new HabError(depotErrors.tokenNotAccepted, "it is a token of the depot itself, not of an account");
  if (original.expiresAt !== undefined && original.expiresAt <= now)
    throw new HabError(depotErrors.tokenNotAccepted, "the token has expired");
  const expiresAt = original.expiresAt === undefined ? null : timestampOf(original.expiresAt);
  return await database.write(async (writing) => {
    const account = await accountForToken(writing, name);
    const hash = tokenHash(token.reveal());
    const known = await writing.db
      .selectFrom("access_tokens")
      .select("id")
      .where("token_hash", "=", hash)
      .executeTakeFirst();
    if (known !== undefined)
      throw new HabError(depotErrors.tokenNotAccepted, "the token has been taken over already");
    const row = await insertToken(writing, account.id, { hash, label: LABEL, expiresAt }, UNLIMITED);
    await recordAudit(writing, OPERATOR, {
      operation: "token-create",
      subject: row.id,
      details: { account: name, label: LABEL, originalAccountId: original.accountId },
    });
    return { id: row.id, account: name, label: LABEL, expiresAt, originalAccountId: original.accountId };
  });
}
