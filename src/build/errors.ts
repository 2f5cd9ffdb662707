// Failures of the build room. What goes wrong inside a plan is printed by the build itself and ends with the status
// that reference/plan-build.md §9 gives it.
import { errorKinds, systemErrorCode } from "../error/index.ts";

export const buildErrors = errorKinds({
  bashMissing: {
    code: "HAB-BLD-001",
    title: "There is no bash to run a plan with",
    remedy: "Install bash 4.4 or newer, or put it on PATH.",
  },
  unknownRequest: {
    code: "HAB-BLD-002",
    title: "The build program asked for something that does not exist",
    remedy: "A plan replaced an internal function of the build program; remove what it redefines.",
  },
  copyFailed: {
    code: "HAB-BLD-003",
    title: "A configuration file or hook of a plan cannot be copied into the package",
    remedy: "Make it a regular file or a link to one, and readable.",
  },
  badFileName: {
    code: "HAB-BLD-004",
    title: "A file name in the package holds a line break",
    remedy: "Rename the file in do_install(): the signed list of files has one name a line.",
  },
  badCompressionLevel: {
    code: "HAB-BLD-005",
    title: "HAB_HART_COMPRESSION_LEVEL is not a level of xz",
    remedy: "Set it to a number from 0 to 9, or leave it unset for 6.",
  },
  noDefaultValue: {
    code: "HAB-BLD-006",
    title: "An exposed export has no value in default.toml",
    remedy: "Give the key that pkg_exports names a port number in default.toml.",
  },
  downloadRefused: {
    code: "HAB-BLD-007",
    title: "The server answered a download with an error",
    remedy: "Check pkg_source.",
    exitCode: 8,
  },
  downloadFailed: {
    code: "HAB-BLD-008",
    title: "A source cannot be reached",
    remedy: "Check pkg_source and the network; http_proxy and https_proxy are honoured.",
    exitCode: 4,
  },
  unsupportedScheme: {
    code: "HAB-BLD-009",
    title: "A source address is of a kind that is not fetched here",
    remedy: "Use http or https, install wget, or fetch it in do_download().",
  },
  notHermetic: {
    code: "HAB-BLD-010",
    title: "A package uses something outside /hab/pkgs or outside its own dependencies",
    remedy: "Add the package that has it to pkg_deps and point the file there.",
  },
  noInstaller: {
    code: "HAB-BLD-011",
    title: "A dependency is to be installed, but this build may only use what is installed",
    remedy: "Install it first, or unset NO_INSTALL_DEPS.",
  },
  needsStudio: {
    code: "HAB-BLD-012",
    title: "An option of `hab pkg build` is about a studio",
    remedy: "Leave the option out: the build runs in the root it is started in.",
  },
  rootNotWritable: {
    code: "HAB-BLD-013",
    title: "The build may not write where packages are installed",
    remedy: "Build as root, or in a root of your own: script/private-root start DIR.",
  },
  badHookSettings: {
    code: "HAB-BLD-014",
    title: "The plan's hooks.toml says something that is not known",
    remedy: "Correct the named key: docs/run-a-service.md lists what can be said of which hook.",
  },
  diskFull: {
    code: "HAB-BLD-031",
    title: "There is no room left on a disk that the build writes to",
    remedy: "Make room (hab pkg gc shows what may go), then build again; nothing half-made is left.",
  },
  channelLost: {
    code: "HAB-BLD-032",
    title: "The plan wrote to the connection between the build program and hab",
    remedy: "Do not use file descriptors above 9 in the plan that it has not opened itself.",
  },
  nativeFailed: {
    code: "HAB-BLD-034",
    title: "The plan of a native package failed",
    remedy: "See above what it said.",
  },
  buildKilled: {
    code: "HAB-BLD-033",
    title: "The build program was killed",
    remedy: "Build again; if nobody killed it, look whether the machine ran out of memory (dmesg).",
  },
  badRelease: {
    code: "HAB-BLD-040",
    title: "The release to build is not a time",
    remedy: "Give it as YYYYMMDDhhmmss in UTC, as `date -u +%Y%m%d%H%M%S` prints it, or leave it out.",
    exitCode: 2,
  },
  badEpoch: {
    code: "HAB-BLD-041",
    title: "SOURCE_DATE_EPOCH is not a time",
    remedy:
      "Set it to seconds since 1970, as `date +%s` prints them, or unset it for the time of the release.",
    exitCode: 2,
  },
  badEnvelope: {
    code: "HAB-BLD-042",
    title: "A file with signed provenance cannot be read",
    remedy: "Get it again from where the hart is from; hab pkg build writes it beside the hart.",
  },
  badLock: {
    code: "HAB-BLD-043",
    title: "The lock file of a plan cannot be read",
    remedy:
      "Correct it (a merge may have left marks in it), or remove it and write it anew: hab pkg build --lock.",
    exitCode: 78,
  },
  lockDisagrees: {
    code: "HAB-BLD-044",
    title: "What is to be built is not what the lock says",
    remedy: "If the change is meant, write plan.lock anew: hab pkg build --lock.",
    exitCode: 78,
  },
  lockedReleaseGone: {
    code: "HAB-BLD-045",
    title: "A release that the lock names cannot be had",
    remedy: "Upload it to the depot again, or lock newer releases: hab pkg build --lock.",
    exitCode: 78,
  },
  noHartToLock: {
    code: "HAB-BLD-046",
    title: "The digest of a dependency's hart cannot be told, so it cannot be locked",
    remedy:
      "Get the hart into the artifact cache (hab pkg download), or uninstall the package and build again.",
    exitCode: 78,
  },
  releaseExists: {
    code: "HAB-BLD-047",
    title: "The release that is to be built is installed",
    remedy: "Uninstall it first (hab pkg uninstall), build in a root of its own, or give another --release.",
  },
  notReproduced: {
    code: "HAB-BLD-048",
    title: "Building the plan again did not give the same hart",
    remedy: "docs/reproducible-builds.md says what usually makes the difference.",
  },
  badRecord: {
    code: "HAB-BLD-050",
    title: "A record of a package is not what it should be",
    remedy: "Get the package again from its origin; do not trust what this one says of itself.",
  },
  noRecord: {
    code: "HAB-BLD-049",
    title: "The package has no such record",
    remedy: "Build it again with this hab, without HAB_BUILD_RECORDS=off.",
  },
});

/** Whether a system error means that a disk, or somebody's share of it, is full. */
export function isFullDisk(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
