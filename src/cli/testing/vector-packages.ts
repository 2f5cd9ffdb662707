// For tests: the signed packages of test/conformance/packages that commands are tried with.
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";

const VECTORS = resolve(import.meta.dir, "../../../test/conformance/packages");

/** Web needs lib, lib needs base; tiny needs nothing. */
export const WEB = "acme/web/3.0.0/20260101000003";
export const LIB = "acme/lib/2.1.0/20260101000002";
export const BASE = "acme/base/1.0.0/20260101000001";
export const TINY = "acme/tiny/0.1.0/20260101000000";

/** File of the key they are signed with. */
export const KEY_FILE = "acme-20261123072809.pub";

/** What the hart of a package is called. */
export function hartName(ident: string): string {
  return `${ident.replaceAll("/", "-")}-x86_64-linux.hart`;
}

export function copyHart(ident: string, destination: string): void {
  copyFileSync(join(VECTORS, "harts", `${ident.split("/")[1]}.hart`), destination);
}

/** A hart whose signature is wrong by one bit. */
export function copyBadHart(destination: string): void {
  copyFileSync(join(VECTORS, "harts/bad-signature-bit.hart"), destination);
}

export function copyKey(directory: string): void {
  copyFileSync(join(VECTORS, "keys", KEY_FILE), join(directory, KEY_FILE));
}
