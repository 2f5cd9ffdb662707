// The account of somebody whom another service vouches for: found by the identity (issuer and subject), never by a mail
// address, and made only where the operator lets that service make accounts.
import { accountName } from "../names.ts";
import type { Depot } from "../route.ts";
import { type Account, accountNamed, insertAccount } from "../store/accounts.ts";
import { type Actor, recordAudit } from "../store/audit.ts";
import { isUniqueViolation, type Writing } from "../store/database.ts";
import { accountOfIdentity, identitiesOf, insertIdentity } from "../store/identities.ts";
import { passwordHashOf } from "../store/passwords.ts";
import type { RowId } from "../store/schema.ts";
import type { NewAccounts } from "./config.ts";
import type { SignInFailure } from "./failures.ts";

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Name of the provider in the file of sign-in. */
  readonly provider: string;
  /** What a new account would be called. */
  readonly userName: string;
  readonly email: string;
}

export interface IdentityRules {
  readonly newAccounts: NewAccounts;
  /** See OauthProvider. */
  readonly adoptAccounts?: boolean;
  /** The account that asked to be linked with whoever signs in. */
  readonly linkTo?: RowId;
}

/** The account of an identity, linked or made as the rules allow. Else why not. */
export async function accountForIdentity(
  depot: Depot,
  identity: Identity,
  rules: IdentityRules,
): Promise<Account | SignInFailure> {
  const known = await accountOfIdentity(depot.database.db, identity.issuer, identity.subject);
  if (known !== undefined) {
    if (rules.linkTo !== undefined && rules.linkTo !== known.id) return "linked-elsewhere";
    return inUse(known);
  }
  return await again(() =>
    depot.database.write(async (writing) => {
      // Asked again inside the transaction: two requests may bring the same person.
      const meanwhile = await accountOfIdentity(writing.db, identity.issuer, identity.subject);
      if (meanwhile !== undefined) return inUse(meanwhile);
      const account =
        rules.linkTo === undefined
          ? await accountToLink(writing, identity, rules)
          : await accountById(writing, rules.linkTo);
      if (typeof account === "string") return account;
      const { issuer, subject, provider, userName } = identity;
      await insertIdentity(writing, {
        account_id: account.id,
        issuer,
        subject,
        provider,
        user_name: userName,
      });
      await recordAudit(writing, actorOf(account), {
        operation: "identity-link",
        subject: account.name,
        details: { provider, issuer, identity: subject },
      });
      return inUse(account);
    }),
  );
}

/** The account of a name that a trusted service gives as it is (a proxy, Kerberos). */
export async function accountForName(
  depot: Depot,
  given: { readonly name: string; readonly way: string; readonly newAccounts: NewAccounts },
): Promise<Account | SignInFailure> {
  const { name, way, newAccounts } = given;
  const known = await accountNamed(depot.database.db, name);
  if (known !== undefined) return inUse(known);
  if (!mayBeNew(newAccounts, name)) return "unknown";
  return await again(() =>
    depot.database.write(async (writing) => {
      const meanwhile = await accountNamed(writing.db, name);
      if (meanwhile !== undefined) return inUse(meanwhile);
      return await newAccount(writing, name, "", way);
    }),
  );
}

async function accountToLink(
  writing: Writing,
  { userName, email, provider }: Identity,
  { newAccounts, adoptAccounts = false }: IdentityRules,
): Promise<Account | SignInFailure> {
  const named = await accountNamed(writing.db, userName);
  if (named === undefined)
    return mayBeNew(newAccounts, userName) ? await newAccount(writing, userName, email, provider) : "unknown";
  const hasOtherWay =
    (await passwordHashOf(writing.db, named.id)) !== undefined ||
    (await identitiesOf(writing.db, named.id)).length > 0;
  // Else whoever takes that name at the provider would take the account here.
  return adoptAccounts && !hasOtherWay ? named : "name-taken";
}

async function newAccount(
  writing: Writing,
  name: string,
  email: string,
  way: string,
): Promise<Account | SignInFailure> {
  if (!accountName.safeParse(name).success) return "name-unfit";
  const account = await insertAccount(writing, name, email);
  await recordAudit(writing, actorOf(account), {
    operation: "account-create",
    subject: name,
    details: { way },
  });
  return account;
}

async function accountById({ db }: Writing, id: RowId): Promise<Account | SignInFailure> {
  const account = await db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
  return account ?? "unknown";
}

function mayBeNew(newAccounts: NewAccounts, name: string): boolean {
  return typeof newAccounts === "boolean" ? newAccounts : newAccounts.includes(name);
}

function inUse(account: Account): Account | SignInFailure {
  return account.disabled_at === null ? account : "disabled";
}

function actorOf(account: Account): Actor {
  return { accountId: account.id, accountName: account.name, trigger: "sign-in", address: "" };
}

/** Another process may have made the same account or link at this moment: then it is there now. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return await work();
  }
}
