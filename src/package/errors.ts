// What can go wrong with packages (reference/packages.md §19). Exit codes are those of the original.
import { errorKinds } from "../error/index.ts";

export const packageErrors = errorKinds({
  invalidIdent: {
    code: "HAB-PKG-001",
    title: "The text is not a package identifier",
    remedy: "Write it as origin/name, origin/name/version or origin/name/version/release.",
    exitCode: 2,
  },
  fullIdentRequired: {
    code: "HAB-PKG-002",
    title: "A fully qualified package identifier is needed here",
    remedy: "Give all four parts: origin/name/version/release.",
    exitCode: 2,
  },
  invalidTarget: {
    code: "HAB-PKG-003",
    title: "The text is not a package target",
    remedy: "Use a target such as x86_64-linux or aarch64-linux.",
  },
  unsafeIdent: {
    code: "HAB-PKG-004",
    title: "A part of the identifier cannot be the name of a directory",
    remedy: "Check the identifier: no part may be empty, `.` or `..`, or hold a slash.",
  },
  invalidPackageType: {
    code: "HAB-PKG-005",
    title: "The package's type is neither standard nor native",
    remedy: "Rebuild the package; composite packages are no longer supported.",
  },
  packageNotFound: {
    code: "HAB-PKG-010",
    title: "The package is not installed",
    remedy: "Install it: hab pkg install <identifier>.",
  },
  metafileMalformed: {
    code: "HAB-PKG-011",
    title: "A metadata file of the package cannot be read",
    remedy: "The package is damaged: uninstall it and install it again, or rebuild it.",
  },
  pathNotJoinable: {
    code: "HAB-PKG-012",
    title: "A directory of PATH holds the separator of PATH",
    remedy: "Rebuild the package without `:` in its directories.",
  },
  noPackagesDirectory: {
    code: "HAB-PKG-013",
    title: "Nothing has been installed on this machine yet",
    remedy: "Install a package first: hab pkg install <identifier>.",
  },
  corruptPayload: {
    code: "HAB-PKG-020",
    title: "The payload of a hart cannot be decompressed",
    remedy: "The file is damaged: fetch it again, or rebuild the package.",
  },
  malformedArchive: {
    code: "HAB-PKG-021",
    title: "The archive inside a hart cannot be read",
    remedy: "The file is damaged: fetch it again, or rebuild the package.",
  },
  hostileArchive: {
    code: "HAB-PKG-022",
    title: "The archive holds something that must not be unpacked",
    remedy: "Do not install this file. Ask whoever built it how it was made.",
  },
  notAHart: {
    code: "HAB-PKG-023",
    title: "The file does not begin with the header of a hart",
    remedy: "Check that it is a .hart file and was fetched completely.",
  },
  contentMismatch: {
    code: "HAB-PKG-024",
    title: "The content of a hart is not what was signed",
    remedy: "The file was changed after signing, or is damaged: fetch it again.",
  },
  metafileMissing: {
    code: "HAB-PKG-025",
    title: "The hart lacks a metadata file it must have",
    remedy: "Rebuild the package.",
  },
  identMismatch: {
    code: "HAB-PKG-026",
    title: "The hart is not the package that was asked for",
    remedy: "Remove the file and fetch it again; if that does not help, tell whoever runs the depot.",
  },
  wrongTarget: {
    code: "HAB-PKG-027",
    title: "The package is built for another platform",
    remedy: "Build or fetch the package for this machine's target.",
  },
  unpackable: {
    code: "HAB-PKG-028",
    title: "A file cannot be part of a package",
    remedy: "Remove it from the package's directory: only files, directories and links can be packed.",
  },
  sourceNotFound: {
    code: "HAB-PKG-030",
    title: "The hart to install does not exist",
    remedy: "Check the path of the file.",
    exitCode: 2,
  },
  notInChannel: {
    code: "HAB-PKG-031",
    title: "The channel has no such package",
    remedy: "Check the name, name another channel with --channel, or promote a release to this one.",
  },
  notOffline: {
    code: "HAB-PKG-032",
    title: "Nothing on this machine can serve the request while offline",
    remedy: "Put the hart into the artifact cache and its key into the key cache, or leave out --offline.",
  },
  depotNeeded: {
    code: "HAB-PKG-033",
    title: "A depot is needed, but none was named",
    remedy: "Name one with --url or HAB_BLDR_URL.",
  },
  wrongKey: {
    code: "HAB-PKG-034",
    title: "The depot sent another key than the one asked for",
    remedy: "Do not install from this depot before its operator has explained it.",
  },
  placeTaken: {
    code: "HAB-PKG-035",
    title: "The place of the release is taken by something that is not this package",
    remedy: "Look at what is there and move it away, then install again.",
  },
  diskFull: {
    code: "HAB-PKG-036",
    title: "The disk is full",
    remedy: "Make room and try again; nothing has been left half-installed.",
  },
  notPermitted: {
    code: "HAB-PKG-037",
    title: "The directories of packages may not be written by this user",
    remedy: "Run the command as root, or give yourself the right to write to /hab.",
  },
  corruptHookStatus: {
    code: "HAB-PKG-040",
    title: "The record of the last run of an install hook cannot be read",
    remedy:
      "Remove INSTALL_HOOK_STATUS from the package's directory and install again: the hook then runs again.",
  },
  hookFailed: {
    code: "HAB-PKG-041",
    title: "An install or uninstall hook failed",
    remedy:
      "Look at the hook's output, also in the service's logs directory; the exit code is the hook's own.",
  },
  serviceAccountMissing: {
    code: "HAB-PKG-042",
    title: "The user or group a package's service runs as does not exist",
    remedy:
      "Create the user and the group, or rebuild the package with pkg_svc_user and pkg_svc_group that exist.",
  },
  serviceAccountNotOurs: {
    code: "HAB-PKG-043",
    title: "Directories for a service of another user may not be made by this user",
    remedy: "Run the command as root or as the service's user.",
  },
  neededByOthers: {
    code: "HAB-PKG-050",
    title: "The package is a dependency of others and stays",
    remedy: "Uninstall the packages that need it first: hab pkg dependencies -r <identifier> lists them.",
  },
  commandNotInPackage: {
    code: "HAB-PKG-051",
    title: "The package has no such command in its PATH",
    remedy: "List its directories with `hab pkg env <identifier>`.",
  },
  commandNotFound: {
    code: "HAB-PKG-052",
    title: "The command was found neither in the package's PATH nor in the caller's",
    remedy: "Check the name; `hab pkg provides <command>` lists installed packages that have it.",
  },
  commandNotStarted: {
    code: "HAB-PKG-053",
    title: "The command was found but cannot be started",
    remedy: "Check that the file is executable and made for this machine.",
  },
  nothingProvides: {
    code: "HAB-PKG-054",
    title: "No installed package has a file of this name",
    remedy: "Check the name: it must be the whole last part of the path.",
  },
  linkDirectory: {
    code: "HAB-PKG-055",
    title: "The directory for links must be absolute",
    remedy: "Write it from the root: --dest /usr/local/bin.",
  },
  linkBlocked: {
    code: "HAB-PKG-056",
    title: "A link to a package's command cannot be made",
    remedy: "Look at what is in its place and move it away; only symlinks are replaced, by --force.",
  },
  unreadableFile: {
    code: "HAB-PKG-057",
    title: "A file cannot be read",
    remedy: "Check that it exists, is a regular file and may be read by this user.",
  },
  unwritableFile: {
    code: "HAB-PKG-058",
    title: "A file cannot be written",
    remedy: "Check that its directory exists and may be written by this user, and that there is room.",
  },
  notNeeded: {
    code: "HAB-PKG-060",
    title: "The installed package does not need the other one",
    remedy: "List what it needs: hab pkg dependencies --transitive <identifier>.",
  },
  hartNotCached: {
    code: "HAB-PKG-061",
    title: "The hart of the installed package is not in the artifact cache",
    remedy: "Fetch it: hab pkg download <identifier>; or name it with --hart.",
  },
  installedDiffers: {
    code: "HAB-PKG-062",
    title: "The installed package is not what its signed hart holds",
    remedy:
      "Look at the paths listed; to get the signed files back, uninstall the package and install it again.",
  },
  pinsUnreadable: {
    code: "HAB-PKG-064",
    title: "The file of pinned packages cannot be read",
    remedy: "Correct hab/etc/pins: one package identifier per line, comments after #.",
  },
  notPinned: {
    code: "HAB-PKG-065",
    title: "The package is not pinned in these words",
    remedy: "List what is pinned: hab pkg pin.",
  },
  specUnreadable: {
    code: "HAB-PKG-066",
    title: "What a loaded service runs cannot be told, so nothing is removed",
    remedy: "Correct or remove the service's spec file, then try again.",
  },
  garbageKept: {
    code: "HAB-PKG-067",
    title: "Some releases nobody needs are still there",
    remedy:
      "See above why each uninstall hook failed; then run hab pkg gc again, or hab pkg uninstall --ignore-uninstall-hook.",
  },
  unpacksTooLarge: {
    code: "HAB-PKG-070",
    title: "The archive of a hart decompresses to far more than any package holds",
    remedy: "Do not install it: it is damaged or made to fill disks. Ask its origin for another build.",
  },
  hookTimedOut: {
    code: "HAB-PKG-072",
    title: "An install or uninstall hook did not end in its time",
    remedy:
      "Look at what it waits for in its output; a longer time is given in the package's hooks.toml, for an install hook also with hab svc load --hook install.timeout=SECONDS.",
  },
  releaseInTheMaking: {
    code: "HAB-PKG-075",
    title: "Another process is building or installing the same release",
    remedy: "Wait for it to end, or build with another release.",
  },
  unexpectedHart: {
    code: "HAB-PKG-073",
    title: "A hart is not the one whose digest was asked for",
    remedy: "Find out where another hart of this name comes from before you trust either of them.",
  },
  pinned: {
    code: "HAB-PKG-071",
    title: "The package is pinned and stays",
    remedy: "Let it go with hab pkg unpin, or uninstall it with --ignore-pins.",
  },
});
