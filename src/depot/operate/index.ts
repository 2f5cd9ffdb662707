// What whoever runs a depot does beside its server. Each function opens the place, works, and closes it again.
import { type DepotPlace, withDatabase, withPlace } from "../place.ts";
import { type BackupOptions, type BackupResult, backUp } from "./backup.ts";
import {
  type ExportOptions,
  type ExportResult,
  exportBundle,
  type ImportOptions,
  type ImportResult,
  importBundle,
} from "./bundle.ts";
import { type CheckOptions, type CheckResult, checkDepot } from "./check.ts";
import { type MirrorOptions, type MirrorResult, mirror } from "./mirror.ts";
import {
  expireTokenIn,
  type ListedAccount,
  type ListedToken,
  listAccountsIn,
  listTokensIn,
  removeAccountIn,
  revokeTokenIn,
} from "./people.ts";
import { type PruneOptions, type PruneResult, prune } from "./prune.ts";

export { type RestoreOptions, type RestoreResult, restore as restoreDepot } from "./restore.ts";

export const backUpDepot = (place: DepotPlace, path: string, options: BackupOptions): Promise<BackupResult> =>
  withPlace(place, (open) => backUp(open, path, options));

export const exportFromDepot = (
  place: DepotPlace,
  path: string,
  options: ExportOptions,
): Promise<ExportResult> => withPlace(place, (open) => exportBundle(open, path, options));

export const importIntoDepot = (
  place: DepotPlace,
  path: string,
  options: ImportOptions,
): Promise<ImportResult> => withPlace(place, (open) => importBundle(open, path, options));

export const mirrorDepot = (place: DepotPlace, options: MirrorOptions): Promise<MirrorResult> =>
  withPlace(place, (open) => mirror(open, options));

export const checkDepotAt = (place: DepotPlace, options: CheckOptions): Promise<CheckResult> =>
  withPlace(place, (open) => checkDepot(open, options));

export const pruneDepot = (place: DepotPlace, options: PruneOptions): Promise<PruneResult> =>
  withPlace(place, (open) => prune(open, options));

export const listAccounts = (place: DepotPlace): Promise<ListedAccount[]> =>
  withDatabase(place, (database) => listAccountsIn(database, Date.now()));

export const listTokens = (place: DepotPlace, account?: string): Promise<ListedToken[]> =>
  withDatabase(place, (database) => listTokensIn(database.db, Date.now(), account));

export const removeAccount = (place: DepotPlace, name: string): Promise<void> =>
  withDatabase(place, (database) => removeAccountIn(database, name));

export const revokeToken = (place: DepotPlace, id: string): Promise<void> =>
  withDatabase(place, (database) => revokeTokenIn(database, id));

export const expireToken = (place: DepotPlace, id: string, seconds: number): Promise<string> =>
  withDatabase(place, (database) => expireTokenIn(database, id, seconds, Date.now()));
