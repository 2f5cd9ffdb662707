// Where a build gets its dependencies: installed from the depot, with the policy the build decided on
// (reference/plan-build.md §6.1).
import type { DependencyInstaller } from "../../build/index.ts";
import type { KeyCache } from "../../crypto/index.ts";
import { formatIdent, installPackage } from "../../package/index.ts";
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
    const installed = await installPackage({
      source: formatIdent(ident),
      channel,
      depot: depotPackageSource(createDepotClient({ url, ...(token && { token }) })),
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
