// Accounts and tokens that are said in a file instead of being made by commands: for tests, and for the first start of a
// depot that a machine sets up. The file's tokens are valid while the depot runs with it, and are stored nowhere.
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { describeError, HabError } from "../error/index.ts";
import { formatJson, parseToml } from "../toml/index.ts";
import { OPERATOR } from "./accounts.ts";
import { depotErrors } from "./errors.ts";
import { MAX_TOKEN_LENGTH } from "./limits.ts";
import { accountName, originName } from "./names.ts";
import { memberRole, ROLES } from "./roles.ts";
import { type Account, accountNamed, insertAccount, setMayCreateOrigins } from "./store/accounts.ts";
import { recordAudit } from "./store/audit.ts";
import { type DepotDatabase, isUniqueViolation, type Writing } from "./store/database.ts";
import { addMember } from "./store/members.ts";
import { findOrigin, insertOrigin } from "./store/origins.ts";
import type { RowId } from "./store/schema.ts";
import { tokenHash } from "./tokens.ts";

export interface FixedAccounts {
  /** Hash of a token → id of its account. */
  readonly byTokenHash: ReadonlyMap<string, RowId>;
}

export const NO_FIXED_ACCOUNTS: FixedAccounts = { byTokenHash: new Map() };

const fileSchema = z.strictObject({
  accounts: z.array(
    z.strictObject({
      name: accountName,
      email: z.string().max(320).default(""),
      /** What its requests carry; without one nobody can log in as it. */
      token: z.string().min(1).max(MAX_TOKEN_LENGTH).regex(/^\S+$/).optional(),
      create_origins: z.boolean().default(true),
      /** Its role in each origin; an origin that is missing is made for its owner. */
      origins: z.record(originName, z.enum(ROLES)).default({}),
    }),
  ),
});

type Entry = z.infer<typeof fileSchema>["accounts"][number];

/** Reads the file (TOML, or JSON when it is called so). Throws HabError `accountsFileUnusable`. */
export function readAccountsFile(path: string): Entry[] {
  try {
    // The tokens in it are passwords.
    if ((statSync(path).mode & 0o077) !== 0)
      throw unusable(path, "others than its owner may read or write it: chmod 600");
    const source = readFileSync(path, "utf8");
    const value: unknown = JSON.parse(
      path.endsWith(".json") ? source : formatJson(parseToml(source, { source: path })),
    );
    const parsed = fileSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw unusable(path, `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim());
    }
    const { accounts } = parsed.data;
    requireDistinct(
      path,
      "name",
      accounts.map(({ name }) => name),
    );
    requireDistinct(
      path,
      "token",
      accounts.flatMap(({ token }) => (token === undefined ? [] : [token])),
    );
    return accounts;
  } catch (error) {
    if (error instanceof HabError && error.kind === depotErrors.accountsFileUnusable) throw error;
    throw unusable(path, describeError(error), error);
  }
}

function requireDistinct(path: string, what: string, values: readonly string[]): void {
  if (new Set(values).size !== values.length) throw unusable(path, `two accounts have the same ${what}`);
}

function unusable(path: string, why: string, cause?: unknown): HabError {
  return new HabError(depotErrors.accountsFileUnusable, `cannot use the accounts file ${path}: ${why}`, {
    cause,
  });
}

/**
 * Makes what the entries say and is not there yet, in one transaction. What is there keeps its owner and its roles; only
 * whether an account may create origins follows the file.
 */
export async function openFixedAccounts(database: DepotDatabase, path: string): Promise<FixedAccounts> {
  const entries = readAccountsFile(path);
  try {
    return await database.write((writing) => makeAll(writing, entries, path));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another process that starts with the same file has been quicker: now everything is there.
    return await database.write((writing) => makeAll(writing, entries, path));
  }
}

async function makeAll(writing: Writing, entries: readonly Entry[], path: string): Promise<FixedAccounts> {
  const byTokenHash = new Map<string, RowId>();
  const accounts = new Map<Entry, Account>();
  for (const entry of entries) {
    const account = await ensureAccount(writing, entry);
    accounts.set(entry, account);
    if (entry.token !== undefined) byTokenHash.set(tokenHash(entry.token), account.id);
  }
  // Owners first: the others need an origin to be members of.
  const memberships = [...accounts].flatMap(([entry, account]) =>
    Object.entries(entry.origins).map(([origin, role]) => ({ origin, role, account })),
  );
  memberships.sort((one, other) => ROLES.indexOf(other.role) - ROLES.indexOf(one.role));
  for (const { origin, role, account } of memberships) {
    const known = await findOrigin(writing.db, origin);
    if (known === undefined) {
      if (role !== "owner") throw unusable(path, `the origin ${origin} has no owner`);
      await insertOrigin(writing, OPERATOR, account.id, origin, "public");
      await recordAudit(writing, OPERATOR, { operation: "origin-create", subject: origin, origin });
    } else if ((await memberRole(writing.db, origin, account.id)) === undefined) {
      if (role === "owner") throw unusable(path, `the origin ${origin} has another owner already`);
      await addMember(writing, origin, account.id, role);
      await recordAudit(writing, OPERATOR, {
        operation: "member-add",
        subject: account.name,
        origin,
        details: { role },
      });
    }
  }
  return { byTokenHash };
}

async function ensureAccount(writing: Writing, entry: Entry): Promise<Account> {
  const known = await accountNamed(writing.db, entry.name);
  const account = known ?? (await insertAccount(writing, entry.name, entry.email));
  if (known === undefined)
    await recordAudit(writing, OPERATOR, { operation: "account-create", subject: entry.name });
  if ((account.may_create_origins !== 0) !== entry.create_origins)
    await setMayCreateOrigins(writing, account.id, entry.create_origins);
  return account;
}
