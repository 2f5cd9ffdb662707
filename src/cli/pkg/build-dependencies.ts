// Where a build gets its dependencies: installed from the depot, with the policy the build decided on
// (reference/plan-build.md §6.1).
import { askSupply, type DependencyInstaller } from "../../build/index.ts";
import type { KeyCache } from "../../crypto/index.ts";
import { formatIdent, installPackage, isFullIdent, type PackageSource } from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import type { Configuration } from "../configuration.ts";
import { installReport } from "./install-report.ts";

export interface DependencySource {
  readonly configuration: Configuration;
  readonly keys: KeyCache;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** Installs dependencies of a plan. The depot is asked for the first time when one is needed. */
export function dependencyInstaller({
  configuration,
  keys,
  ui,
  signal,
}: DependencySource): DependencyInstaller {
  const report = installReport(ui);
  return async ({ ident, channel, ignoreLocal, ignoreInstallHook }) => {
    const { createDepotClient, depotPackageSource } = await import("../../depot-client/index.ts");
    const token = await configuration.authToken(undefined);
    const url = await configuration.bldrUrl(undefined);
    if (isFullIdent(ident)) await askSupply(ident);
    const installed = await installPackage({
      source: formatIdent(ident),
      channel,
      depot: showingInstalled(depotPackageSource(createDepotClient({ url, ...(token && { token }) }))),
      ignoreLocal,
      ignoreInstallHook,
      ...(token && { token }),
      keyCache: keys,
      report,
      signal,
    });
    return installed.ident;
  };
}

/** In a studio: what the depot names and the machine around it has installed is shown, not downloaded. */
function showingInstalled(depot: PackageSource): PackageSource {
  return {
    ...depot,
    async latest(ident, options) {
      const found = await depot.latest(ident, options);
      if (found !== undefined) await askSupply(found);
      return found;
    },
  };
}
