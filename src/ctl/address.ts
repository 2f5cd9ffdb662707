// Where a control gateway is, and the secret it asks for (reference/supervisor.md §2, §12.3).
import { readFileSync } from "node:fs";
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { environmentValue } from "../host/index.ts";
import { ctlErrors } from "./errors.ts";
import { DEFAULT_PORT } from "./limits.ts";

export interface CtlAddress {
  readonly host: string;
  readonly port: number;
}

/** `host` or `host:port`, the port being 9632 when not given. Throws HAB-CTL-008. */
export function parseCtlAddress(text: string): CtlAddress {
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^:\s/]+)(?::(\d{1,5}))?$/.exec(text);
  const host = parts?.[1];
  const port = parts?.[2] === undefined ? DEFAULT_PORT : Number(parts[2]);
  if (host === undefined || port < 1 || port > 65_535)
    throw new HabError(ctlErrors.badAddress, `${JSON.stringify(text)} is no Supervisor address`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
}

export function formatCtlAddress({ host, port }: CtlAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The secret a client shows: HAB_CTL_SECRET, else `configured` (`ctl_secret` of cli.toml), else the content of
 * `secretFile` (CTL_SECRET of the local Supervisor) without trailing white space, else the empty one. Throws
 * HAB-CTL-010 when that file is there but cannot be read.
 */
export function findCtlSecret(places: {
  readonly configured?: string;
  readonly secretFile?: string;
}): string {
  const fromEnvironment = environmentValue("HAB_CTL_SECRET");
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (places.configured !== undefined && places.configured !== "") return places.configured;
  return places.secretFile === undefined ? "" : (readCtlSecret(places.secretFile) ?? "");
}

/** Content of a CTL_SECRET file, or undefined when there is none. Throws HAB-CTL-010. */
export function readCtlSecret(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw new HabError(ctlErrors.secretUnreadable, `cannot read ${path}: ${describeError(error)}`, {
      cause: error,
    });
  }
}
