// Addresses in records: package URLs (purl-spec; there is no type for Habitat's packages, so `generic`) and download
// addresses without what is secret or of one machine.
import type { FullIdent } from "../../package/index.ts";
import type { DebianPackage } from "./debian-file.ts";

/** The package URL of a release. The target is that of the package it is about. */
export function packageUrl({ origin, name, version, release }: FullIdent, target: string): string {
  const path = [origin, name].map(encodePart).join("/");
  return `pkg:generic/${path}@${encodePart(version)}?release=${encodePart(release)}&target=${encodePart(target)}`;
}

/** The package URL of a Debian package. */
export function debianPackageUrl({ name, version, architecture }: DebianPackage): string {
  return `pkg:deb/debian/${encodePart(name)}@${encodePart(version)}?arch=${encodePart(architecture)}`;
}

/** Percent-encoding of purl-spec: all but unreserved characters and the colon. */
function encodePart(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

const SECRET_PARAMETER = /token|secret|passw|signature|credential|auth|api-?key|^key$|^sig$/i;

/**
 * Where a source comes from, as the world may know it: user and password are left out, values of parameters that look like
 * secrets are replaced. Undefined for what is not an address on a network.
 */
export function publicAddress(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  // file: would name a directory of the machine that built.
  if (!/^(?:https?|ftps?|git|ssh|git\+\w+):$/.test(url.protocol)) return undefined;
  url.username = "";
  url.password = "";
  url.hash = "";
  for (const name of [...url.searchParams.keys()])
    if (SECRET_PARAMETER.test(name)) url.searchParams.set(name, "redacted");
  return url.href;
}
