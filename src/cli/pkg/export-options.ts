// What the exporters share: where packages come from, and what is put beside them (reference/plan-build.md §17).
import type { RootOptions } from "../../export/index.ts";
import { lazyPackageSource, type PackageSource } from "../../package/index.ts";
import { type CommandContext, option } from "../command.ts";
import { DEFAULT_CHANNEL } from "../configuration.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { absoluteUrl } from "../values.ts";
import { installReport } from "./install-report.ts";

const HEADING = "What is put beside the packages";

const basePackage = (long: string, value: string, what: string) =>
  option({
    long,
    value,
    heading: HEADING,
    completes: "installed-package",
    help: `Package or hart of ${what}, instead of this program`,
  });

/** The options; a function, since each command declares its own. */
export const exportOptions = () => ({
  url: urlOption(),
  channel: option({
    short: "c",
    long: "channel",
    value: "CHANNEL",
    heading: "Depot",
    completes: "channel",
    help: "Channel of the packages to export",
    default: DEFAULT_CHANNEL,
  }),
  basePkgsUrl: option({
    long: "base-pkgs-url",
    value: "BASE_PKGS_URL",
    heading: "Depot",
    help: "Depot of what is put beside them (default: the same)",
    type: absoluteUrl,
  }),
  basePkgsChannel: option({
    long: "base-pkgs-channel",
    value: "BASE_PKGS_CHANNEL",
    heading: "Depot",
    completes: "channel",
    help: "Channel of what is put beside them",
    default: DEFAULT_CHANNEL,
  }),
  auth: authOption(),
  habPkg: basePackage("hab-pkg", "HAB_PKG", "hab"),
  launcherPkg: basePackage("launcher-pkg", "LAUNCHER_PKG", "the launcher"),
  supPkg: basePackage("sup-pkg", "SUP_PKG", "the Supervisor"),
});

interface Given {
  readonly url: string | undefined;
  readonly channel: string;
  readonly basePkgsUrl: string | undefined;
  readonly basePkgsChannel: string;
  readonly auth: Parameters<CommandContext["configuration"]["authToken"]>[0];
  readonly habPkg: string | undefined;
  readonly launcherPkg: string | undefined;
  readonly supPkg: string | undefined;
}

/** Where an export gets its packages, by these options. */
export async function rootOptions(
  given: Given,
  { configuration, ui, signal }: Pick<CommandContext, "configuration" | "ui" | "signal">,
): Promise<RootOptions> {
  const { KeyCache } = await import("../../crypto/index.ts");
  const { keyCachePath } = await import("../../host/index.ts");
  const url = await configuration.bldrUrl(given.url);
  const token = await configuration.authToken(given.auth);
  const depot = (address: string): PackageSource =>
    lazyPackageSource(async () => {
      const { createDepotClient, depotPackageSource } = await import("../../depot-client/index.ts");
      return depotPackageSource(createDepotClient({ url: address, ...(token && { token }) }));
    });
  return {
    from: { depot: depot(url), channel: given.channel },
    baseFrom: { depot: depot(given.basePkgsUrl ?? url), channel: given.basePkgsChannel },
    token,
    keys: new KeyCache(process.env["HAB_CACHE_KEY_PATH"] || keyCachePath()),
    report: installReport(ui),
    signal,
  };
}

/** The packages to take hab from; none where it is this program. */
export function habPackages({ habPkg, launcherPkg, supPkg }: Given): string[] {
  return [habPkg, supPkg, launcherPkg].filter((each) => each !== undefined);
}
