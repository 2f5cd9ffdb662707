// From the environment (into which options have been put) and cli.toml to what a studio is made with
// (reference/cli.md §10.9, reference/plan-build.md §14.1, §14.2).
import { copyFileSync, mkdirSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import {
  buildErrors,
  type PackageFetcher,
  type PackageSupply,
  packageRoots,
  type StudioSettings,
  studioCache,
  studioName,
  studiosHome,
} from "../../build/index.ts";
import { KeyCache } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import {
  artifactCachePath,
  certificateCachePath,
  isCompiled,
  isRegularFile,
  keyCachePath,
  lookupUser,
} from "../../host/index.ts";
import { activeTarget, installPackage } from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import { type Configuration, createConfiguration, DEFAULT_CHANNEL } from "../configuration.ts";
import type { Environment } from "../grammar/parse.ts";
import { installReport } from "../pkg/install-report.ts";

/** Values of cli.toml that a studio is given when the environment has none. */
const FROM_FILE = {
  HAB_AUTH_TOKEN: "auth_token",
  HAB_BLDR_URL: "bldr_url",
  HAB_ORIGIN: "origin",
  HAB_REFRESH_CHANNEL: "refresh_channel",
} as const;

export interface SettingsSource {
  /** With what the options said. */
  readonly env: Environment;
  readonly configuration: Configuration;
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly json?: boolean;
}

/** Where the studio of these variables is, and of whom. */
export function studioPlace(env: Environment): { readonly root: string; readonly user: string } {
  const source = realOrAbsolute(env["SRC_PATH"] || ".");
  return {
    root: resolve(env["HAB_STUDIO_ROOT"] || join(studiosHome(env), studioName(source))),
    user: userName(),
  };
}

/** Everything a studio is made with; makes the caches that it shows. Throws HAB-CLI-004, HAB-BLD-078. */
export async function studioSettings(from: SettingsSource): Promise<StudioSettings> {
  const { configuration, ui } = from;
  const caller = await completedEnvironment(from.env, configuration, ui);
  const keyCache = new KeyCache(caller["HAB_CACHE_KEY_PATH"] || keyCachePath());
  const artifacts = resolve(caller["ARTIFACT_PATH"] || artifactCachePath());
  const certificates = resolve(caller["CERT_PATH"] || certificateCachePath());
  for (const directory of [artifacts, certificates]) mkdirSync(directory, { recursive: true });
  copyCertificates(caller["SSL_CERT_FILE"], certificates);
  const roots = packageRoots(caller);
  const mayInstall = [caller["NO_INSTALL_DEPS"], caller["HAB_STUDIO_SECRET_NO_INSTALL_DEPS"]].every(
    (value) => value === undefined || value === "" || value === "false",
  );
  return {
    ...studioPlace(caller),
    type: caller["STUDIO_TYPE"],
    kind: isOn(caller["HAB_STUDIO_CHROOT"]) ? "chroot" : "namespaces",
    ownNetwork: isOn(caller["HAB_STUDIO_NO_NETWORK"]),
    source: caller["NO_SRC_PATH"] ? undefined : resolve(caller["SRC_PATH"] || "."),
    artifacts: caller["NO_ARTIFACT_PATH"] ? undefined : artifacts,
    certificates: caller["NO_CERT_PATH"] ? undefined : certificates,
    keys: (caller["HAB_ORIGIN_KEYS"] || caller["HAB_ORIGIN"] || "").split(",").filter((each) => each !== ""),
    keyCache,
    backline: caller["HAB_STUDIO_BACKLINE_PKG"],
    installs: caller["HAB_STUDIO_INSTALL_PKGS"] ?? "",
    supply: packageSupply({ ...from, env: caller }, roots, mayInstall, artifacts, keyCache),
    cache: studioCache(caller),
    hab: compiledHab(caller),
    caller,
    stdout: from.json === true ? 2 : 1,
  };
}

async function completedEnvironment(
  env: Environment,
  configuration: Configuration,
  ui: Ui,
): Promise<Record<string, string | undefined>> {
  const file = await configuration.file();
  const caller: Record<string, string | undefined> = { ...env };
  for (const [name, key] of Object.entries(FROM_FILE)) caller[name] ||= file[key];
  caller["HAB_STUDIO_SECRET_HAB_STUDIO_HOST_ARCH"] = activeTarget();
  if (file.ctl_secret !== undefined)
    ui.warn("Your Supervisor CtlGateway secret is not being copied to the Studio because it is sensitive");
  return caller;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no"].includes(value);
}

/** Best effort, as the original: certificates that cannot be copied are missed when they are needed. */
function copyCertificates(bundle: string | undefined, directory: string): void {
  if (!bundle || !isRegularFile(bundle)) return;
  try {
    if (realpathSync(bundle) !== join(realpathSync(directory), basename(bundle)))
      copyFileSync(bundle, join(directory, basename(bundle)));
  } catch {
    // The variable is then not set inside.
  }
}

/** Packages come from the artifact cache, else from the depot, if one may be asked. */
function packageSupply(
  { env, ui, signal }: SettingsSource,
  roots: PackageSupply["roots"],
  mayInstall: boolean,
  artifactCache: string,
  keyCache: KeyCache,
): PackageSupply {
  const common = (source: string, root: string) => {
    mkdirSync(root, { recursive: true });
    return {
      source,
      root,
      otherRoots: roots,
      artifactCache,
      keyCache,
      signal,
      // Hooks of a package belong to the machine it is installed on; here it is only shown.
      ignoreInstallHook: true,
    };
  };
  const unpack: PackageFetcher = async (source, root) =>
    (await installPackage({ ...common(source, root), channel: "", offline: true })).ident;
  if (!mayInstall) return { roots, fetch: undefined, unpack };
  const configuration = createConfiguration(env);
  const channels = new Set([
    env["HAB_INTERNAL_BLDR_CHANNEL"] || DEFAULT_CHANNEL,
    env["HAB_FALLBACK_CHANNEL"] ?? "stable",
  ]);
  const fetch: PackageFetcher = async (source, root) => {
    try {
      return await unpack(source, root);
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
    }
    const { createDepotClient, depotPackageSource } = await import("../../depot-client/index.ts");
    const token = await configuration.authToken(undefined);
    const url = await configuration.bldrUrl(undefined);
    const depot = depotPackageSource(createDepotClient({ url, ...(token && { token }) }));
    let failure: unknown;
    for (const channel of channels)
      try {
        const options = {
          ...common(source, root),
          channel,
          depot,
          report: installReport(ui),
          ...(token && { token }),
        };
        return (await installPackage(options)).ident;
      } catch (error) {
        failure ??= error;
        if (!(error instanceof HabError)) throw error;
      }
    throw failure;
  };
  return { roots, fetch, unpack };
}

/** The program that is put into a studio: this one, or from source the one that HAB_BIN or PATH name. */
function compiledHab(env: Environment): string {
  if (isCompiled()) return process.execPath;
  const found = env["HAB_BIN"] || Bun.which("hab");
  if (found) return found;
  throw new HabError(buildErrors.noStudioProgram, "hab runs from source here, and HAB_BIN names no program");
}

/** Name of the effective user, or its number where it has none. */
function userName(): string {
  const uid = process.geteuid?.() ?? 0;
  return lookupUser(uid)?.name ?? String(uid);
}

function realOrAbsolute(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
