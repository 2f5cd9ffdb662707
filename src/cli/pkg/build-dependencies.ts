// Where a build gets its dependencies: installed from the depot, with the policy the build decided on
// (reference/plan-build.md §6.1).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSupply, type DependencyInstaller, type HartDigest } from "../../build/index.ts";
import { hashFile, KeyCache } from "../../crypto/index.ts";
import { artifactCachePath, isRegularFile } from "../../host/index.ts";
import {
  activeTarget,
  artifactFileName,
  formatIdent,
  installPackage,
  isFullIdent,
  type PackageSource,
} from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import type { Configuration } from "../configuration.ts";
import { installReport } from "./install-report.ts";

export interface DependencySource {
  readonly configuration: Configuration;
  readonly keyCacheDirectory: string;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** Installs dependencies of a plan. The depot is asked for the first time when one is needed. */
export function dependencyInstaller({
  configuration,
  keyCacheDirectory,
  ui,
  signal,
}: DependencySource): DependencyInstaller {
  const keys = new KeyCache(keyCacheDirectory);
  const report = installReport(ui);
  return async ({ ident, channel, ignoreLocal, ignoreInstallHook, hartDigests }) => {
    const token = await configuration.authToken(undefined);
    if (isFullIdent(ident)) await askSupply(ident);
    const installed = await installPackage({
      source: formatIdent(ident),
      channel,
      depot: showingInstalled(await depotOf(configuration)),
      ignoreLocal,
      ignoreInstallHook,
      ...(hartDigests && { hartDigests }),
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

/** Finds the hart of a release in the artifact cache, else on the depot, and answers its digest. */
export function hartDigestOf({ configuration, signal }: DependencySource): HartDigest {
  return async (ident) => {
    const cached = join(artifactCachePath(), artifactFileName(ident));
    if (isRegularFile(cached)) return hashFile(cached);
    const directory = mkdtempSync(join(tmpdir(), "hab-lock-"));
    try {
      const depot = await depotOf(configuration);
      return await hashFile(await depot.download(ident, activeTarget(), directory, { signal }));
    } catch {
      // Whatever the reason: the build then says that there is no hart, and what to do.
      return undefined;
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

async function depotOf(configuration: Configuration): Promise<PackageSource> {
  const { createDepotClient, depotPackageSource } = await import("../../depot-client/index.ts");
  const token = await configuration.authToken(undefined);
  const url = await configuration.bldrUrl(undefined);
  return depotPackageSource(createDepotClient({ url, ...(token && { token }) }));
}
