// `--data`, which all commands that act on a depot's directory have.
import { personalPath } from "../../host/index.ts";
import { option } from "../command.ts";

export const dataOption = () =>
  option({
    long: "data",
    value: "DIRECTORY",
    completes: "directory",
    help: "Directory of everything the depot keeps",
    env: "HAB_DEPOT_DATA",
    default: personalPath("depot"),
    refuseEmpty: true,
  });
