// What the Supervisor of this machine runs or is to run.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { habPath, isProcessRunning, readTextIfPresent } from "../../host/index.ts";
import { type PackageIdent, packageErrors, parseIdent } from "../../package/index.ts";
import type { CommandContext } from "../command.ts";
import type { Address } from "../configuration.ts";
import type { Environment } from "../grammar/parse.ts";
import { CONTROL_PORT } from "../shared-options.ts";
import { hostAndPort } from "../values.ts";

type Context = Pick<CommandContext, "configuration" | "env" | "signal" | "ui">;

/**
 * What a Supervisor on this machine has loaded. Asked only where its launcher seems to run; then it must answer. It is looked
 * for at `remoteSup`, then where it was told to listen.
 */
export async function loadedServices(
  { configuration, env, signal, ui }: Context,
  remoteSup?: Address,
): Promise<PackageIdent[]> {
  const text = readTextIfPresent(habPath("launcher", "PID"));
  if (text === undefined) return [];
  ui.status("Determining", "launcher PID file status");
  if (!/^[0-9]{1,10}$/.test(text)) ui.warn("Could not read or parse PID file");
  else if (!isProcessRunning(Number(text))) {
    ui.warn("Found stale PID file (process not running)");
    return [];
  }
  const { ctlRequest } = await import("../../ctl/index.ts");
  const idents: PackageIdent[] = [];
  const tls = await configuration.controlTls();
  const answers = ctlRequest({
    ...(tls === undefined ? {} : { tls }),
    address: await configuration.controlAddress(remoteSup ?? listenAddress(env)),
    secret: await configuration.controlSecret(),
    request: { message: "SvcStatus", fields: {} },
    signal,
  });
  for await (const answer of answers)
    if (answer.message === "ServiceStatus") idents.push(answer.fields.ident);
  return idents;
}

/** HAB_LISTEN_CTL, which is where the Supervisor listens; what is no address is none. */
function listenAddress(env: Environment): Address | undefined {
  try {
    const address = hostAndPort(CONTROL_PORT)(env["HAB_LISTEN_CTL"] ?? "");
    return address.host === "0.0.0.0" ? { ...address, host: "127.0.0.1" } : address;
  } catch {
    return undefined;
  }
}

/**
 * What spec files say is loaded, whether a Supervisor runs or not (reference/services.md §2). Throws HAB-PKG-066 for one that
 * cannot be read: who removes packages must know them all.
 */
export async function servicesOfSpecs(): Promise<PackageIdent[]> {
  const directory = habPath("sup", "default", "specs");
  const { parseToml } = await import("../../toml/index.ts");
  return specFiles(directory).map((path) => {
    try {
      const ident = parseToml(readTextIfPresent(path) ?? "", { source: path }).get("ident");
      if (typeof ident !== "string") throw new Error("it has no ident");
      return parseIdent(ident);
    } catch (cause) {
      throw new HabError(packageErrors.specUnreadable, `${path} cannot be read`, { cause });
    }
  });
}

function specFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".spec") && !name.startsWith("."))
      .sort()
      .map((name) => join(directory, name));
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return [];
    throw new HabError(packageErrors.specUnreadable, `${directory} cannot be listed`, { cause });
  }
}
