// The directories of a service, with owners and modes (reference/services.md §1.1).
import { HabError } from "../error/index.ts";
import { ensureOwnedDirectory, ensureSharedDirectory } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { ownAccount, type ServiceAccount, serviceIdentity } from "./service-account.ts";
import type { ServicePaths } from "./service-paths.ts";

/** What belongs to the service is for itself and its group. */
export const SERVICE_DIRECTORY_MODE = 0o770;

/** Creates what is missing; what exists keeps its owner and mode. Throws HAB-PKG-042, HAB-PKG-043, system errors. */
export function createServiceDirectories(paths: ServicePaths, account: ServiceAccount): void {
  const identity = serviceIdentity(account);
  if (identity !== undefined) {
    const own = ownAccount();
    if (own.user !== "root" && (own.user !== account.user || own.group !== account.group))
      throw new HabError(
        packageErrors.serviceAccountNotOurs,
        `${own.user}:${own.group} may not make directories for ${account.user}:${account.group}`,
      );
  }
  for (const path of [paths.root, paths.hooks, paths.logs]) ensureSharedDirectory(path);
  for (const path of [paths.config, paths.configInstall, paths.data, paths.files, paths.var, paths.static])
    ensureOwnedDirectory(path, SERVICE_DIRECTORY_MODE, identity);
}
