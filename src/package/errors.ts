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
});
