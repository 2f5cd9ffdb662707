// Reads what installed dependencies say of themselves.
import { join } from "node:path";
import { readTextIfPresent } from "../../host/index.ts";
import { type FullIdent, formatIdent, InstalledPackage } from "../../package/index.ts";
import type { DependencyFacts } from "./facts.ts";
import { licensesOfManifest } from "./license.ts";

/** Facts of these releases, by ident. Throws HAB-PKG-011 when one's DEPS cannot be read. */
export function dependencyFacts(idents: readonly FullIdent[], root: string): Map<string, DependencyFacts> {
  const facts = new Map<string, DependencyFacts>();
  for (const ident of idents) {
    const name = formatIdent(ident);
    if (facts.has(name)) continue;
    const installed = new InstalledPackage(ident, root);
    facts.set(name, {
      ident,
      deps: installed.deps,
      licenses: manifestLicenses(installed.path),
      filesSha256: filesSha256(installed.path),
    });
  }
  return facts;
}

/** SHA-256 of the signed list of files in a package's directory; undefined without one. */
export function filesSha256(directory: string): string | undefined {
  const list = readTextIfPresent(join(directory, "FILES"));
  return list === undefined ? undefined : new Bun.CryptoHasher("sha256").update(list).digest("hex");
}

function manifestLicenses(directory: string): string[] {
  const line = /^\* __License__: (.*)$/m.exec(readTextIfPresent(join(directory, "MANIFEST")) ?? "")?.[1];
  return licensesOfManifest(line ?? "");
}
