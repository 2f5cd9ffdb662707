// Whose name and password these are.
import { Secret } from "../../crypto/index.ts";
import type { Depot } from "../route.ts";
import { type Account, accountNamed } from "../store/accounts.ts";
import { passwordHashOf, setPasswordHash } from "../store/passwords.ts";
import type { Client } from "./client.ts";
import { isOutdatedHash } from "./passwords.ts";

/** The account, or undefined: with the same work and the same answer whichever of the two is wrong. Refuses with 429 or 503. */
export async function accountOfPassword(
  depot: Depot,
  client: Client,
  name: string,
  password: string,
): Promise<Account | undefined> {
  const { passwords, attempts } = depot.signIn;
  const attempt = await attempts.begin(name, client.address);
  const account = await accountNamed(depot.database.db, name);
  const hash = account === undefined ? undefined : await passwordHashOf(depot.database.db, account.id);
  const isRight = await passwords.matches(password, hash);
  if (account === undefined || hash === undefined || !isRight || account.disabled_at !== null) {
    // A name nobody has may be a password in the wrong field.
    const who = account === undefined ? "an unknown name" : account.name;
    depot.log(`a sign-in as ${who} from ${client.address} failed`);
    return undefined;
  }
  await attempt.succeeded();
  if (isOutdatedHash(hash)) {
    const newHash = await passwords.rehash(new Secret(password));
    await depot.database.write((writing) => setPasswordHash(writing, account.id, newHash));
  }
  return account;
}
