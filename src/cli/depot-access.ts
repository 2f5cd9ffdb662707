// What the commands that talk to a depot share: the client made of flags, environment and cli.toml, and the types of
// their arguments (reference/cli.md §3, §10.1, §10.7).
import type { Secret } from "../crypto/index.ts";
import { createDepotClient, type DepotClient } from "../depot-client/index.ts";
import { activeTarget, type FullIdent, isFullIdent, type Target } from "../package/index.ts";
import { argument, option, optionalArgument } from "./command.ts";
import { type Configuration, PUBLIC_DEPOT_URL } from "./configuration.ts";
import { identType } from "./ident-types.ts";
import { targetType } from "./shared-options.ts";
import { COMPATIBLE_VERSION } from "./version.ts";

export { identType };

interface Context {
  readonly options: { readonly url?: string | undefined; readonly auth?: Secret<string> | undefined };
  readonly configuration: Configuration;
}

/** Compat: depots of the original recognise clients, and their target, by this. */
const PRODUCT = `hab/${COMPATIBLE_VERSION}`;

/** A client with the token there is, if there is one. */
export async function depotWithOptionalToken(context: Context): Promise<DepotClient> {
  const url = await context.configuration.bldrUrl(context.options.url);
  const token = await context.configuration.authToken(context.options.auth);
  return createDepotClient({
    url,
    product: PRODUCT,
    ...(token !== undefined && { token }),
  });
}

/** A client with a token. Throws HAB-CLI-005 when there is none. */
export async function depotWithToken(context: Context): Promise<DepotClient> {
  const token = await context.configuration.requiredAuthToken(context.options.auth);
  return createDepotClient({
    url: await context.configuration.bldrUrl(context.options.url),
    product: PRODUCT,
    token,
  });
}

/** The same for `origin rbac`, which looks for both in its own way (reference/cli.md §3, URL-B). Throws HAB-CLI-005. */
export async function depotForRoles(context: Context): Promise<DepotClient> {
  const { configuration, options } = context;
  return createDepotClient({
    url: await configuration.rbacUrl(options.url),
    product: PRODUCT,
    token: await configuration.rbacAuthToken(options.auth),
  });
}

/**
 * `-u, --url` of `bldr channel`. Compat: these commands do not look into cli.toml, and what is no URL is found out when the
 * depot is asked, as a failure.
 */
export const channelUrlOption = () =>
  option({
    short: "u",
    long: "url",
    value: "BLDR_URL",
    help: "Address of the depot",
    env: "HAB_BLDR_URL",
    default: PUBLIC_DEPOT_URL,
  });

/** A package with version and release. */
export function fullIdentType(text: string): FullIdent {
  const ident = identType(text);
  if (isFullIdent(ident)) return ident;
  throw new Error(`\`${text}\`: Fully-qualified package identifier was expected, but found: "${text}"`);
}

export const fullIdentArgument = () =>
  argument({
    value: "PKG_IDENT",
    help: "A fully qualified package (core/redis/7.0.15/20260101000000)",
    completes: "installed-package",
    type: fullIdentType,
  });

export const targetArgument = () =>
  optionalArgument({
    value: "PKG_TARGET",
    help: "Target of the package (default: that of this machine)",
    env: "HAB_PACKAGE_TARGET",
    type: targetType,
  });

/** The target given, or that of this machine. Compat: a Mac means packages for Linux, which is where services run. */
export function remoteTarget(given: Target | undefined): Target {
  if (given !== undefined) return given;
  const active = activeTarget();
  return active === "x86_64-darwin" ? "x86_64-linux" : active;
}

/** The same as `depotWithToken` for a URL that is already decided. Throws HAB-CLI-005. */
export async function depotWithTokenAt(
  context: Context & { readonly options: { readonly url: string } },
): Promise<DepotClient> {
  const token = await context.configuration.requiredAuthToken(context.options.auth);
  return createDepotClient({ url: context.options.url, product: PRODUCT, token });
}

/** A client for a URL that is already decided, with this token or none. */
export function depotAt(url: string, token?: Secret<string>): DepotClient {
  return createDepotClient({ url, product: PRODUCT, ...(token !== undefined && { token }) });
}
