// What whoever runs a depot does beside its server. Each function opens the place, works, and closes it again.
import type { Secret } from "../../crypto/index.ts";
import { type DepotPlace, existingDepot, withDatabase, withPlace } from "../place.ts";
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
import { removePasswordIn, setDisabledIn, setPasswordIn } from "./passwords.ts";
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

export const backUpDepot = async (
  place: DepotPlace,
  path: string,
  options: BackupOptions,
): Promise<BackupResult> => withPlace(existingDepot(place), (open) => backUp(open, path, options));

export const exportFromDepot = async (
  place: DepotPlace,
  path: string,
  options: ExportOptions,
): Promise<ExportResult> => withPlace(existingDepot(place), (open) => exportBundle(open, path, options));

export const importIntoDepot = (
  place: DepotPlace,
  path: string,
  options: ImportOptions,
): Promise<ImportResult> => withPlace(place, (open) => importBundle(open, path, options));

export const mirrorDepot = (place: DepotPlace, options: MirrorOptions): Promise<MirrorResult> =>
  withPlace(place, (open) => mirror(open, options));

export const checkDepotAt = async (place: DepotPlace, options: CheckOptions): Promise<CheckResult> =>
  withPlace(existingDepot(place), (open) => checkDepot(open, options));

export const pruneDepot = async (place: DepotPlace, options: PruneOptions): Promise<PruneResult> =>
  withPlace(existingDepot(place), (open) => prune(open, options));

export const listAccounts = async (place: DepotPlace): Promise<ListedAccount[]> =>
  withDatabase(existingDepot(place), (database) => listAccountsIn(database, Date.now()));

export const listTokens = async (place: DepotPlace, account?: string): Promise<ListedToken[]> =>
  withDatabase(existingDepot(place), (database) => listTokensIn(database.db, Date.now(), account));

export const removeAccount = async (place: DepotPlace, name: string): Promise<void> =>
  withDatabase(existingDepot(place), (database) => removeAccountIn(database, name));

export const revokeToken = async (place: DepotPlace, id: string): Promise<void> =>
  withDatabase(existingDepot(place), (database) => revokeTokenIn(database, id));

export const expireToken = async (place: DepotPlace, id: string, seconds: number): Promise<string> =>
  withDatabase(existingDepot(place), (database) => expireTokenIn(database, id, seconds, Date.now()));

export const setPassword = async (place: DepotPlace, name: string, password: Secret<string>): Promise<void> =>
  withDatabase(existingDepot(place), (database) => setPasswordIn(database, name, password));

export const removePassword = async (place: DepotPlace, name: string): Promise<void> =>
  withDatabase(existingDepot(place), (database) => removePasswordIn(database, name));

export const disableAccount = async (place: DepotPlace, name: string): Promise<void> =>
  withDatabase(existingDepot(place), (database) => setDisabledIn(database, name, true));

export const enableAccount = async (place: DepotPlace, name: string): Promise<void> =>
  withDatabase(existingDepot(place), (database) => setDisabledIn(database, name, false));
