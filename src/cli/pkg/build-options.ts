// Options of `hab pkg build` about what exactly is built: its release, what it depends on, and whether it is what a hart
// says (beyond Habitat; docs/reproducible-builds.md).
import { parseRelease } from "../../build/index.ts";
import { flag, option } from "../command.ts";

export const buildOptions = {
  release: option({
    long: "release",
    value: "RELEASE",
    help: "Release to build, YYYYMMDDhhmmss in UTC (default: now)",
    env: "HAB_PKG_RELEASE",
    type: parseRelease,
  }),
  lock: flag({
    long: "lock",
    help: "Write plan.lock beside plan.sh: the releases and sources that were used",
    conflictsWith: ["locked", "check"],
  }),
  locked: flag({
    long: "locked",
    help: "Use exactly the releases and sources in plan.lock",
    conflictsWith: ["check"],
  }),
  check: option({
    long: "check",
    value: "HART_OR_IDENT",
    help: "Build this hart, or what is installed of this package, again and compare: same release, same dependencies; nothing of it stays",
    completes: ["file", "installed-package"],
    refuseEmpty: true,
  }),
};
