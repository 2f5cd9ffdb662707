// Accounts and tokens made by whoever runs the depot, also while it runs: the database's own locks keep the two apart.
import type { Secret } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { depotErrors } from "./errors.ts";
import { MAX_TOKENS_PER_ACCOUNT } from "./limits.ts";
import { accountName } from "./names.ts";
import { type DepotPlace, withDatabase } from "./place.ts";
import { type TokenScope, UNLIMITED, type Verb } from "./scopes.ts";
import { type Account, accountNamed, insertAccount, insertToken, tokensOf } from "./store/accounts.ts";
import { type Actor, recordAudit } from "./store/audit.ts";
import { timestampOf, type Writing } from "./store/database.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** Whoever may write the database acts for the depot itself. */
export const OPERATOR: Actor = { accountId: "0", accountName: "", trigger: "command", address: "" };

export interface CreatedAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface CreatedToken {
  readonly id: string;
  readonly account: string;
  readonly label: string;
  readonly expiresAt: string | null;
  /** Null for all. */
  readonly origins: readonly string[] | null;
  readonly verbs: readonly Verb[] | null;
  /** Shown once; only its hash is kept. */
  readonly token: Secret<string>;
}

export interface TokenOptions {
  readonly label?: string;
  readonly expiresInSeconds?: number;
  readonly scope?: TokenScope;
}

/** Creates an account. Throws HabError `accountNameInvalid` or `accountExists`. */
export async function createAccountIn(place: DepotPlace, name: string, email = ""): Promise<CreatedAccount> {
  if (!accountName.safeParse(name).success)
    throw new HabError(depotErrors.accountNameInvalid, `"${name}" is not a name for an account`);
  return await withDatabase(place, (database) =>
    database.write(async (writing) => {
      if ((await accountNamed(writing.db, name)) !== undefined)
        throw new HabError(depotErrors.accountExists, `the account ${name} exists already`);
      const account = await insertAccount(writing, name, email);
      await recordAudit(writing, OPERATOR, { operation: "account-create", subject: name });
      return { id: account.id, name, email };
    }),
  );
}

/** Creates a token for an account. Throws HabError `accountUnknown` or `tooManyTokens`. */
export async function createTokenIn(
  place: DepotPlace,
  name: string,
  options: TokenOptions = {},
): Promise<CreatedToken> {
  const token = newToken();
  const { label = "command", expiresInSeconds } = options;
  const expiresAt = expiresInSeconds === undefined ? null : timestampOf(Date.now() + expiresInSeconds * 1000);
  return await withDatabase(place, (database) =>
    database.write(async (writing) => {
      const account = await accountForToken(writing, name);
      const hash = tokenHash(token.reveal());
      const row = await insertToken(
        writing,
        account.id,
        { hash, label, expiresAt },
        options.scope ?? UNLIMITED,
      );
      await recordAudit(writing, OPERATOR, {
        operation: "token-create",
        subject: row.id,
        details: { account: name, label, ...options.scope },
      });
      const { origins = null, verbs = null } = options.scope ?? {};
      return { id: row.id, account: name, label, expiresAt, origins, verbs, token };
    }),
  );
}

/** The account, if it may have one more token. Throws HabError `accountUnknown` or `tooManyTokens`. */
export async function accountForToken(writing: Writing, name: string): Promise<Account> {
  const account = await accountNamed(writing.db, name);
  if (account === undefined)
    throw new HabError(depotErrors.accountUnknown, `there is no account ${name}`, {
      next: `Create it first: hab depot user create ${name}`,
    });
  if ((await tokensOf(writing.db, account.id)).length >= MAX_TOKENS_PER_ACCOUNT)
    throw new HabError(depotErrors.tooManyTokens, `the account ${name} has ${MAX_TOKENS_PER_ACCOUNT} tokens`);
  return account;
}
