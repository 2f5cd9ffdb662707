// Packages: identifiers, harts, what is installed, install and uninstall (reference/packages.md).

export * from "./archive.ts";
export * from "./artifact-name.ts";
export * from "./binlink.ts";
export * from "./command.ts";
export * from "./environment.ts";
export * from "./errors.ts";
export type { InstallEvent, Report } from "./events.ts";
export type { GarbageKeepReason, KeptRelease, Root } from "./garbage.ts";
export * from "./garbage-collect.ts";
export * from "./graph.ts";
export {
  HART_FORMAT_VERSION,
  HART_HASH_TYPE,
  type HartHeader,
  hashRest,
  readHartHeader,
  signHart,
  type Verified,
  verifyHart,
  writeAll,
} from "./hart.ts";
export * from "./hook-end.ts";
export * from "./hook-settings.ts";
export type { HookOptions } from "./hooks.ts";
export * from "./ident.ts";
export {
  type InstallOptions,
  type InstallResult,
  type InstallSource,
  installPackage,
  parseInstallSource,
} from "./install.ts";
export * from "./installed.ts";
export * from "./linked.ts";
export { hostile, type MemberNames, MemberPaths } from "./member-path.ts";
export * from "./metafile.ts";
export * from "./order.ts";
export { DEFAULT_COMPRESSION_LEVEL, type PackOptions, writeArchive } from "./pack.ts";
export { INSTALL_HOOK_STATUS, runPendingInstallHooks } from "./pending-hooks.ts";
export * from "./pins.ts";
export * from "./provides.ts";
export { releaseOf } from "./release-at.ts";
export * from "./release-in-place.ts";
export { releaseSeconds } from "./release-time.ts";
export { runningReleases } from "./running.ts";
export * from "./service-account.ts";
export * from "./service-directories.ts";
export * from "./service-environment.ts";
export * from "./service-paths.ts";
export * from "./source.ts";
export { removeTree } from "./staging.ts";
export * from "./store.ts";
export { byteString, bytesOf, displayText, type TarEntry } from "./tar/format.ts";
export { TarReader, type TarVisitor } from "./tar/reader.ts";
export { type TarMember, tarMemberPieces, tarPieces } from "./tar/writer.ts";
export * from "./target.ts";
export {
  type KeepReason,
  type UninstallEvent,
  type UninstallOptions,
  type UninstallResult,
  uninstallPackage,
} from "./uninstall.ts";
export { Unpacker } from "./unpack.ts";
export * from "./verify-installed.ts";
export * from "./version.ts";
export * from "./why.ts";
export { decodeXz } from "./xz/decode.ts";
export { encodeXz } from "./xz/encode.ts";
