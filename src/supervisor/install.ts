// Packages from depots, for services: at load, when a spec's package is not here, and for updates
// (reference/services.md §2.2, §15.2).
import { Secret } from "../crypto/index.ts";
import type { ListenOptions } from "../depot-client/index.ts";
import { describeError } from "../error/index.ts";
import { environmentValue } from "../host/index.ts";
import {
  activeTarget,
  compareIdents,
  type FullIdent,
  findInstalled,
  formatIdent,
  type HookSettings,
  type InstallEvent,
  type InstalledPackage,
  listInstalled,
  loadInstalled,
  type PackageIdent,
  type PackageSource,
  type UninstallOptions,
} from "../package/index.ts";
import type { Console } from "./control/console.ts";
import type { Metrics } from "./http/metrics.ts";
import { type Output, PROGRAM } from "./output.ts";
import { countHook } from "./service/hook-metrics.ts";
import type { ServiceSpec } from "./spec/spec.ts";

/** Where releases come from. */
export type PackageOrigin = Pick<ServiceSpec, "bldrUrl" | "channel">;

export interface Installer {
  /** Installs what a spec asks for; install hooks wait for the start of the service. */
  forLoad(spec: ServiceSpec, console: Console, signal?: AbortSignal): Promise<InstalledPackage>;
  /** Installs a package file and answers what it is. */
  file(path: string, console: Console): Promise<FullIdent>;
  /** The release a service should run by its update condition, installed; undefined when the channel has none. */
  findUpdate(ident: PackageIdent, spec: ServiceSpec, signal: AbortSignal): Promise<FullIdent | undefined>;
  /** The newest release in the channel; undefined when it has none. */
  head(ident: PackageIdent, from: PackageOrigin, signal: AbortSignal): Promise<FullIdent | undefined>;
  /** Listens to what happens in a depot; see the client's `listen`. */
  listen(url: string, options: ListenOptions): Promise<void>;
  /** Installs exactly this release. */
  exact(ident: FullIdent, from: PackageOrigin, signal: AbortSignal): Promise<void>;
  /** Removes installed releases newer than the one rolled back to, so that a restart does not take them up again (§15.4). */
  removeNewer(ident: PackageIdent, desired: FullIdent): Promise<void>;
  /** Removes all but the newest releases, except those in use (`--keep-latest-packages`). */
  keepLatest(ident: PackageIdent, count: number, inUse: () => readonly FullIdent[]): Promise<void>;
  /** Runs install hooks of the package and its dependencies that have not succeeded yet, for this service. */
  pendingHooks(ident: FullIdent, service: HookedService, signal: AbortSignal): Promise<void>;
}

/** The service whose package has install hooks to run. */
export interface HookedService {
  readonly group: string;
  /** Goes before what packages say. */
  readonly settings: HookSettings;
}

/** `token` is the depot token of cli.toml, used where HAB_AUTH_TOKEN is not set. */
export function createInstaller(
  output: Output,
  metrics: Pick<Metrics, "count" | "observe">,
  product: string,
  configuredToken?: Secret<string>,
): Installer {
  const token = tokenOfEnvironment() ?? configuredToken;

  const source = async (url: string): Promise<PackageSource> => {
    const { createDepotClient, depotPackageSource } = await import("../depot-client/index.ts");
    return depotPackageSource(createDepotClient({ url, token, product }));
  };

  const listen = async (url: string, options: ListenOptions): Promise<void> => {
    const { createDepotClient } = await import("../depot-client/index.ts");
    await createDepotClient({ url, token, product }).listen(options);
  };

  const install = async (
    what: string,
    spec: PackageOrigin | undefined,
    report: (event: InstallEvent) => void,
    signal?: AbortSignal,
  ): Promise<FullIdent> => {
    const { installPackage } = await import("../package/index.ts");
    const { ident } = await installPackage({
      source: what,
      channel: spec?.channel ?? "base",
      ...(spec === undefined ? {} : { depot: await source(spec.bldrUrl) }),
      ignoreInstallHook: true,
      ...(token === undefined ? {} : { token }),
      ...(signal === undefined ? {} : { signal }),
      report,
    });
    return ident;
  };

  const head = async (ident: PackageIdent, from: PackageOrigin, signal: AbortSignal) => {
    const depot = await source(from.bldrUrl);
    return depot.latest(ident, { channel: from.channel, target: activeTarget(), signal });
  };

  return {
    head,
    listen,
    async forLoad(spec, console, signal) {
      const report = (event: InstallEvent) => tell(console, event);
      return loadInstalled(await install(formatIdent(spec.ident), spec, report, signal));
    },
    file: (path, console) => install(path, undefined, (event) => tell(console, event)),
    async findUpdate(ident, spec, signal) {
      if (spec.updateCondition === "latest") return install(formatIdent(ident), spec, () => {}, signal);
      // The channel's head counts, also when it is older than what runs: a demoted release is rolled back.
      const found = await head(ident, spec, signal);
      if (found !== undefined && findInstalled(found) === undefined) {
        await install(formatIdent(found), spec, () => {}, signal);
      }
      return found;
    },
    async exact(ident, from, signal) {
      if (findInstalled(ident) === undefined) await install(formatIdent(ident), from, () => {}, signal);
    },
    async removeNewer(ident, desired) {
      for (const each of listInstalled({ ident })) {
        if ((compareIdents(each, desired) ?? 0) > 0) await remove(output, { ident: each, force: true });
      }
    },
    async keepLatest(ident, count, inUse) {
      await remove(output, { ident, keepLatest: count, loaded: inUse() });
    },
    async pendingHooks(ident, { group, settings }, signal) {
      const { runPendingInstallHooks } = await import("../package/index.ts");
      await runPendingInstallHooks(ident, {
        ...(token === undefined ? {} : { token }),
        settings,
        signal,
        report: (event) => {
          if (event.kind === "hook line")
            output.line(`${event.ident.name} hook[${event.hook}]:`, "HK", event.line);
          if (event.kind === "hook note") output.line(event.ident.name, event.key, event.text);
          if (event.kind === "hook ended")
            countHook(metrics, {
              group,
              hook: event.hook,
              exit: event.end,
              seconds: event.seconds,
            });
        },
      });
    },
  };
}

/** Removes releases. What stands against it (another package needs it) is told and is no failure of the service. */
async function remove(output: Output, options: UninstallOptions): Promise<void> {
  try {
    const { readPins, uninstallPackage } = await import("../package/index.ts");
    await uninstallPackage({ pinned: readPins(), ...options });
  } catch (error) {
    output.line(PROGRAM, "SU", `Unable to remove ${formatIdent(options.ident)}: ${describeError(error)}`);
  }
}

function tokenOfEnvironment(): Secret<string> | undefined {
  const text = environmentValue("HAB_AUTH_TOKEN");
  return text === undefined ? undefined : new Secret(text);
}

/** What the original says while it installs, glyphs included. */
function tell(console: Console, event: InstallEvent): void {
  switch (event.kind) {
    case "begin":
      console.begin(`Installing ${event.source}`);
      break;
    case "resolving":
      console.status(
        "☁",
        "Determining",
        `latest version of ${formatIdent(event.ident)} in the '${event.channel ?? "local"}' channel`,
      );
      break;
    case "using":
      console.status("→", "Using", formatIdent(event.ident));
      break;
    case "downloading":
      console.status("↓", "Downloading", formatIdent(event.ident));
      break;
    case "progress":
      if (event.total !== undefined) console.progress(event.received, event.total);
      break;
    case "downloading key":
      console.status("↓", "Downloading", `${event.key} public origin key`);
      break;
    case "cached key":
      console.status("☑", "Cached", `${event.key} public origin key`);
      break;
    case "verifying":
      console.status("☛", "Verifying", formatIdent(event.ident));
      break;
    case "installed":
      console.status("✓", "Installed", formatIdent(event.ident));
      break;
    case "damaged":
      console.warn(`${formatIdent(event.ident)} is damaged and fetched again: ${event.problem}`);
      break;
    case "not in channel":
      console.warn(`No release of ${formatIdent(event.ident)} is in the '${event.channel}' channel`);
      break;
    case "found in channels":
      console.info(
        `The following releases were found: ${event.channels.join(", ")} for ${formatIdent(event.ident)}`,
      );
      break;
    case "hook":
    case "hook line":
    case "hook note":
    case "hook ended":
      break;
    case "end":
      console.end(
        `Install of ${formatIdent(event.ident)} complete with ${event.count} new packages installed.`,
      );
      break;
  }
}
