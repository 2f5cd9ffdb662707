// `hab doctor`, clock: certificates, signatures and releases all go by it.
import { clientErrors } from "../../depot-client/index.ts";
import { isKind } from "../../error/index.ts";
import { certificateCachePath, readTextIfPresent } from "../../host/index.ts";
import { parseToml } from "../../toml/index.ts";
import { type Check, checksOf, type DoctorContext, variable } from "./check.ts";

const { ok, warning, failure } = checksOf("clock");

const FIRST_YEAR = 2024;
const LAST_YEAR = 2100;
const WARNING_SECONDS = 60;
const FAILURE_SECONDS = 300;
const SET_CLOCK = "Set the clock, and let it be kept right (chrony, systemd-timesyncd).";

/** The year, and the difference to a depot that is configured; no other host is asked. */
export async function checkClock(context: DoctorContext): Promise<Check[]> {
  const now = new Date(context.nowMs);
  const year = now.getUTCFullYear();
  const checks = [
    year < FIRST_YEAR || year > LAST_YEAR
      ? failure("year", String(year), SET_CLOCK)
      : ok("year", now.toISOString()),
  ];
  const url = depotUrl(context);
  if (url !== undefined) checks.push(await compare(context, url));
  return checks;
}

async function compare(context: DoctorContext, url: string): Promise<Check> {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return warning("depot", "its address is not a URL", "Correct HAB_BLDR_URL, or bldr_url in cli.toml.");
  // The origin alone: the rest may hold a password.
  const depot = parsed.origin;
  let theirs: number | undefined;
  const startedMs = performance.now();
  try {
    theirs = await context.depotTime(url);
  } catch (error) {
    if (isKind(error, clientErrors.tlsFailed)) return insecure(depot, tlsCode(error.cause));
    return warning("depot", `${depot} does not answer`, "Start it, or check the address and the network.");
  }
  if (theirs === undefined) return ok("depot", `${depot} answers, without a date`);
  const nowMs = context.nowMs + (performance.now() - startedMs);
  const seconds = Math.round(Math.abs(nowMs - theirs) / 1000);
  const found = `${seconds} s from that of ${depot}`;
  if (seconds > FAILURE_SECONDS) return failure("depot", found, SET_CLOCK);
  if (seconds > WARNING_SECONDS) return warning("depot", found, SET_CLOCK);
  return ok("depot", found);
}

/** It answers, but every command that needs it refuses to talk to it: `code` tells why. */
function insecure(depot: string, code: string): Check {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return failure(
      "depot",
      `the certificate of ${depot} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
      "Renew it, or set this machine's clock.",
    );
  if (/ALTNAME|HOSTNAME_MISMATCH/.test(code))
    return failure(
      "depot",
      `the certificate of ${depot} is for another name`,
      "Use the name in the certificate as the depot's address, or renew it with this one.",
    );
  if (/SELF_SIGNED|UNABLE_TO_/.test(code))
    return failure(
      "depot",
      `the certificate of ${depot} is not trusted: no authority this machine knows has signed it`,
      `Put the certificate of its authority (PEM) into ${certificateCachePath()}, or name the file in SSL_CERT_FILE.`,
    );
  return failure(
    "depot",
    `no secure connection to ${depot}${code === "" ? "" : ` (${code})`}`,
    "Check that it answers to https, and what is between it and this machine.",
  );
}

function tlsCode(cause: unknown): string {
  const code = (cause as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

function depotUrl(context: DoctorContext): string | undefined {
  const given = variable(context, "HAB_BLDR_URL");
  if (given !== undefined) return given;
  try {
    const value = parseToml(readTextIfPresent(context.cliConfig) ?? "", { source: context.cliConfig }).get(
      "bldr_url",
    );
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined; // the section on permissions says what is wrong with it
  }
}
