// What the commands that hand something over to systemd have in common (`hab sup install-unit`, `hab depot install-unit`): their
// options, and the two files of a unit: itself, for everybody to read, and its secrets beside it, for root.
import { resolve } from "node:path";
import { readTextIfPresent, removeIfPresent } from "../../host/index.ts";
import { flag, option } from "../command.ts";
import { refuseForeign, reloadUnits, SYSTEM_DIRECTORY, systemctl, unitName, writeUnitFile } from "./files.ts";
import { isUnchanged, type UnitWriter } from "./mark.ts";
import { environmentFileText } from "./text.ts";

const UNIT_MODE = 0o644;
const SECRET_MODE = 0o600;

/** Where the unit goes and what happens with it. `name`: what it is called by default. */
export function unitOptions(name: string) {
  return {
    name: option({ long: "name", value: "NAME", help: "Name of the unit", default: name, type: unitName }),
    directory: option({
      long: "directory",
      value: "DIRECTORY",
      completes: "directory",
      help: "Where units are",
      default: SYSTEM_DIRECTORY,
    }),
    print: flag({
      long: "print",
      help: "Print the unit and write nothing",
      conflictsWith: ["enable", "force"],
    }),
    enable: flag({ long: "enable", help: "Have the unit started with the machine" }),
    force: flag({ long: "force", help: "Replace a file that hab did not write, or that was changed" }),
  };
}

/** Where the files of a unit are. */
export function unitPaths({ name, directory }: { readonly name: string; readonly directory: string }) {
  // systemd takes whole paths only, and starts in its own directory.
  return { path: resolve(directory, `${name}.service`), secretPath: resolve(directory, `${name}.env`) };
}

export interface UnitToInstall {
  /** The command that writes it: files of another one are not replaced. */
  readonly writer: UnitWriter;
  readonly name: string;
  readonly directory: string;
  readonly text: string;
  /** Variables that only root may read. */
  readonly secrets: readonly (readonly [name: string, value: string])[];
  /** Replace files that are not as hab wrote them. */
  readonly force: boolean;
  readonly enable: boolean;
}

/** Writes the files and has systemd read them. Throws HAB-CLI-022 where a file is not as this command wrote it. */
export function installUnit({ writer, name, directory, text, secrets, force, enable }: UnitToInstall): void {
  const isOurs = (found: string) => isUnchanged(found, writer);
  const { path, secretPath } = unitPaths({ name, directory });
  const files = [
    ...(secrets.length === 0
      ? []
      : [{ path: secretPath, text: environmentFileText(writer, name, secrets), mode: SECRET_MODE }]),
    { path, text, mode: UNIT_MODE },
  ];
  if (!force) for (const file of files) refuseForeign(file.path, isOurs);
  for (const file of files) writeUnitFile(file);
  // Secrets of the unit that was there before are nobody's any more.
  if (secrets.length === 0 && isOurs(readTextIfPresent(secretPath) ?? "")) removeIfPresent(secretPath);
  reloadUnits();
  if (enable) systemctl("enable", directory === SYSTEM_DIRECTORY ? `${name}.service` : path);
}
