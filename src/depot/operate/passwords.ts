// Passwords and the use of accounts, as whoever runs the depot sets them. Each ends the account's sessions.
import type { Secret } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { OPERATOR } from "../accounts.ts";
import { depotErrors } from "../errors.ts";
import { hashPassword } from "../sign-in/passwords.ts";
import { type Account, accountNamed, setDisabled } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import type { DepotDatabase, Queries } from "../store/database.ts";
import { deletePassword, setPasswordHash } from "../store/passwords.ts";
import { deleteSessionsOf } from "../store/sessions.ts";

/** Gives an account a password. Throws HabError `accountUnknown` or `passwordUnfit`. */
export async function setPasswordIn(
  database: DepotDatabase,
  name: string,
  password: Secret<string>,
): Promise<void> {
  await account(database.db, name);
  const hash = await hashPassword(password, name);
  await database.write(async (writing) => {
    const { id } = await account(writing.db, name);
    await setPasswordHash(writing, id, hash);
    await deleteSessionsOf(writing, id);
    await recordAudit(writing, OPERATOR, { operation: "password-set", subject: name });
  });
}

/** Takes an account's password away. Throws HabError `accountUnknown` or `passwordMissing`. */
export async function removePasswordIn(database: DepotDatabase, name: string): Promise<void> {
  await database.write(async (writing) => {
    const { id } = await account(writing.db, name);
    if (!(await deletePassword(writing, id)))
      throw new HabError(depotErrors.passwordMissing, `the account ${name} has no password`);
    await deleteSessionsOf(writing, id);
    await recordAudit(writing, OPERATOR, { operation: "password-remove", subject: name });
  });
}

/** Lets nobody in as this account, by whatever way, or lets them in again. Throws HabError `accountUnknown`. */
export async function setDisabledIn(database: DepotDatabase, name: string, disabled: boolean): Promise<void> {
  await database.write(async (writing) => {
    const { id } = await account(writing.db, name);
    await setDisabled(writing, id, disabled);
    await recordAudit(writing, OPERATOR, {
      operation: disabled ? "account-disable" : "account-enable",
      subject: name,
    });
  });
}

async function account(db: Queries, name: string): Promise<Account> {
  const found = await accountNamed(db, name);
  if (found === undefined) throw new HabError(depotErrors.accountUnknown, `there is no account ${name}`);
  return found;
}
