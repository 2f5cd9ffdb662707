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
});
