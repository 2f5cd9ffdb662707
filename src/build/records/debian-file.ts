// The file DEBIAN of packages made of Debian's binaries: `name version architecture sha256` a line, one for each .deb
// (docs/decisions/0015-packages-of-debian.md).

import { join } from "node:path";
import { readTextIfPresent } from "../../host/index.ts";

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** SHA-256 of the .deb, hexadecimal. */
  readonly sha256: string;
}

/** The .deb files that a package in `directory` says it is made of, in order of their names. */
export function debianPackagesOf(directory: string): DebianPackage[] {
  return parseDebianFile(readTextIfPresent(join(directory, "DEBIAN")) ?? "");
}

/** Lines that are not of the form are passed over: a plan may write a file of that name for another reason. */
export function parseDebianFile(text: string): DebianPackage[] {
  const packages: DebianPackage[] = [];
  for (const line of text.split("\n")) {
    const [name, version, architecture, sha256, ...more] = line.trim().split(/\s+/);
    if (name === undefined || version === undefined || architecture === undefined || sha256 === undefined)
      continue;
    if (more.length > 0 || !/^[0-9a-f]{64}$/.test(sha256)) continue;
    packages.push({ name, version, architecture, sha256 });
  }
  return packages.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const sortKey = ({ name, architecture, version }: DebianPackage) => `${name} ${architecture} ${version}`;
