// `hab doctor`, permissions: directories are ours to write and nobody else's; files with secrets are closed.
import { lstatSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { describeError, systemErrorCode } from "../../error/index.ts";
import { readTextIfPresent } from "../../host/index.ts";
import { parseToml } from "../../toml/index.ts";
import { type Check, checksOf, type DoctorContext, formatMode, nearestExisting } from "./check.ts";

const { ok, warning, failure } = checksOf("permissions");

const DIRECTORIES = ["hab", "hab/pkgs", "hab/svc", "hab/cache", "hab/sup"];
const SECRET_KEYS = ["auth_token", "ctl_secret"];
const OTHERS = 0o077;

/** A check for each directory, for cli.toml and for the control secret. */
export function checkPermissions(context: DoctorContext): Check[] {
  return [
    ...DIRECTORIES.map((name) => checkDirectory(context, join(context.root, name))),
    ...checkCliConfig(context.cliConfig),
    ...checkControlSecret(join(context.root, "hab/sup/default/CTL_SECRET")),
  ];
}

function checkDirectory(context: DoctorContext, path: string): Check {
  // An ordinary user can do much without writing there; root who cannot has a read-only or broken disk.
  const notOurs = (found: string) =>
    context.uid === 0
      ? failure(path, found, "Look at how its disk is mounted (`hab doctor`, disk).")
      : warning(path, found, "Run as root what installs packages or runs services.");
  let status: Stats | undefined;
  try {
    status = statusOf(path);
  } catch (error) {
    return notOurs(`cannot be looked at: ${describeError(error)}`);
  }
  if (status === undefined) {
    const above = nearestExisting(path);
    return context.canWrite(above)
      ? ok(path, "does not exist yet and can be made")
      : notOurs(`does not exist, and ${above} cannot be written`);
  }
  if (!status.isDirectory()) return failure(path, "is not a directory", `Move ${path} out of the way.`);
  if ((status.mode & 0o002) !== 0)
    return failure(path, `everybody can write to it (mode ${formatMode(status.mode)})`, `chmod o-w ${path}`);
  return context.canWrite(path) ? ok(path, "can be written") : notOurs("cannot be written");
}

function checkCliConfig(path: string): Check[] {
  try {
    const status = statusOf(path);
    const text = readTextIfPresent(path);
    if (status === undefined || text === undefined) return [ok("cli.toml", "there is none")];
    let hasSecret: boolean;
    try {
      const table = parseToml(text, { source: path });
      hasSecret = SECRET_KEYS.some((key) => table.has(key));
    } catch {
      // The parser's words may quote a token, so they are not repeated.
      return [
        failure("cli.toml", `${path} is not valid TOML`, "Correct it, or write it anew: `hab cli setup`."),
      ];
    }
    if (hasSecret && (status.mode & OTHERS) !== 0)
      return [
        failure(
          "cli.toml",
          `holds a secret and is open to others (mode ${formatMode(status.mode)})`,
          `chmod 0600 ${path}`,
        ),
      ];
    return [ok("cli.toml", path)];
  } catch (error) {
    return [failure("cli.toml", describeError(error), `Let this user read ${path}.`)];
  }
}

function checkControlSecret(path: string): Check[] {
  try {
    const status = statusOf(path);
    if (status === undefined) return [];
    if ((status.mode & OTHERS) === 0) return [ok("CTL_SECRET", "closed to others")];
    const found = `open to others (mode ${formatMode(status.mode)}): they can command the Supervisor`;
    return [failure("CTL_SECRET", found, `chmod 0600 ${path}`)];
  } catch {
    // No right to enter hab/sup/default: closed is what it should be.
    return [ok("CTL_SECRET", "closed to us as well")];
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    // A link that leads nowhere is something all the same.
    return lstatSync(path, { throwIfNoEntry: false });
  }
}
