// `--data`, which all commands that act on a depot's directory have.
import { homedir } from "node:os";
import { join } from "node:path";
import { habPath, isRootUser } from "../../host/index.ts";
import { option } from "../command.ts";

/** `/hab/depot` for root, `~/.hab/depot` for others. */
function defaultDirectory(): string {
  return isRootUser() ? habPath("depot") : join(homedir(), ".hab", "depot");
}

export const dataOption = () =>
  option({
    long: "data",
    value: "DIRECTORY",
    completes: "directory",
    help: "Directory of everything the depot keeps",
    env: "HAB_DEPOT_DATA",
    default: defaultDirectory(),
    refuseEmpty: true,
  });
