// Failures of the build room. What goes wrong inside a plan is printed by the build itself and ends with the status
// that reference/plan-build.md §9 gives it.
import { errorKinds, systemErrorCode } from "../error/index.ts";
import { STUDIO_ERRORS } from "./studio/errors.ts";

export const buildErrors = errorKinds({
  ...STUDIO_ERRORS,
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
    remedy: "Leave the option out, or --no-studio; inside a studio a build runs in that one.",
  },
  rootNotWritable: {
    code: "HAB-BLD-013",
    title: "The build may not write where packages are installed",
    remedy: "Build in a studio, which needs no root (without --no-studio), or as root.",
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
    remedy:
      "Build in a studio, which has a root of its own (without --no-studio), uninstall it first (hab pkg uninstall), or give another --release.",
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
  noPlans: {
    code: "HAB-BLD-060",
    title: "There is no plan where plans are looked for",
    remedy: "Name a plan.sh, a directory with one, or a directory of plans.",
    exitCode: 2,
  },
  planCycle: {
    code: "HAB-BLD-062",
    title: "Plans need each other in a circle, so that none can be built first",
    remedy: "Take one of the dependencies out, or build that package from a plan of its own first.",
  },
  samePackage: {
    code: "HAB-BLD-063",
    title: "Two plans make the same package",
    remedy: "Rename one of them, or name the plans to look at on the command line.",
  },
  buildsFailed: {
    code: "HAB-BLD-064",
    title: "A plan could not be built, and what needs it was not",
    remedy:
      "Read the log that is named, mend the plan, and run the command again: what was built is not built again.",
  },
  noGit: {
    code: "HAB-BLD-065",
    title: "What changed is asked of git, which cannot say it",
    remedy:
      "Name a commit that exists, run it in a git work tree, or leave --since COMMIT out to compare with what was built.",
  },
  debianKeysMissing: {
    code: "HAB-BLD-090",
    title: "There are no keys to check Debian's index with",
    remedy: "Name a keyring in HAB_DEBIAN_KEYRING, or install the package debian-archive-keyring.",
  },
  debianSignature: {
    code: "HAB-BLD-091",
    title: "The index of a Debian archive is not signed by a key that is trusted for it",
    remedy:
      "Somebody on the way may have changed it: try another mirror (HAB_DEBIAN_MIRROR). For an archive of your own name its keyring in HAB_DEBIAN_KEYRING.",
  },
  debianIndexExpired: {
    code: "HAB-BLD-092",
    title: "The index of a Debian archive is out of date",
    remedy: "The mirror no longer gets updates: name another one. Check also the clock of this machine.",
  },
  debianRollback: {
    code: "HAB-BLD-093",
    title: "A Debian mirror offers an older index than the one seen before",
    remedy:
      "The mirror is behind or repeats what it once was, without later security updates: name another one, or wait until it has caught up.",
  },
  debianIndexUnusable: {
    code: "HAB-BLD-094",
    title: "The index of a Debian archive cannot be used",
    remedy: "Check that the mirror has this Debian release for this architecture, or name another mirror.",
  },
  debianUnreachable: {
    code: "HAB-BLD-095",
    title: "A Debian mirror cannot be reached",
    remedy:
      "Check the network (http_proxy and https_proxy are honoured), or name another mirror in HAB_DEBIAN_MIRROR and HAB_DEBIAN_SECURITY_MIRROR.",
    exitCode: 4,
  },
  debianDigest: {
    code: "HAB-BLD-096",
    title: "A file of a Debian mirror is not the one that the signed index names",
    remedy: "It was not used. Try again later or with another mirror.",
  },
  debianNoPackage: {
    code: "HAB-BLD-097",
    title: "Debian has no such package",
    remedy:
      "Correct the name in pkg_source; `deb:NAME=VERSION` only finds versions that the index still has.",
  },
  debianUnmapped: {
    code: "HAB-BLD-098",
    title: "A file needs something that no dependency of the plan has",
    remedy: "Map the Debian package that has it to one of ours, take it in, or leave the file out.",
  },
  debBroken: {
    code: "HAB-BLD-099",
    title: "A .deb file cannot be unpacked",
    remedy: "Its digest is right, so it is as it was published: report it to whoever published it.",
  },
  elfNotEditable: {
    code: "HAB-BLD-100",
    title: "A program is laid out in a way that its search path cannot be changed",
    remedy: "Leave it out with pkg_deb_drop, or define do_install() and start it by its loader.",
  },
  badDebianSource: {
    code: "HAB-BLD-101",
    title: "A plan says something about its Debian packages that cannot be",
    remedy: "docs/build-a-package.md shows what can be said of a Debian package.",
  },
  debianDependencyTooOld: {
    code: "HAB-BLD-102",
    title: "A dependency was made of another version of a Debian package than is needed",
    remedy: "Build the dependency again with the present index, or name another one in pkg_deb_map.",
  },
  planUnreadable: {
    code: "HAB-BLD-103",
    title: "A plan cannot be read",
    remedy: "Look at its rights (`ls -l`). A plan is a file of at most 1 MiB, or a link to one.",
  },
  noSuchProject: {
    code: "HAB-BLD-104",
    title: "There is no software of the language a plan was asked for",
    remedy: "Go to the directory of the software, or leave --language out: then its files are looked at.",
  },
  noPackageToCheck: {
    code: "HAB-BLD-105",
    title: "There is no package to build again and compare with",
    remedy: "Name a hart, or a package that is installed here (hab pkg list --all).",
  },
  notOfThisStudio: {
    code: "HAB-BLD-106",
    title: "An option of `hab pkg build` is not known to the program that is to build",
    remedy: "Leave the option out, or -D or HAB_STUDIO_BINARY: they name studios of the original.",
  },
});

/** Whether a system error means that a disk, or somebody's share of it, is full. */
export function isFullDisk(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
