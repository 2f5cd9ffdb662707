// Linking one command, with the lines a person sees: for `hab pkg binlink` and `hab pkg install --binlink`.
import { basename } from "node:path";
import { type Binlink, binlink, type InstalledPackage } from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";

export function linkCommand(
  pkg: InstalledPackage,
  name: string,
  options: { readonly directory: string; readonly force: boolean },
  ui: Ui,
): Binlink {
  const made = binlink(pkg, name, {
    ...options,
    onCreate: (directory) => ui.status("Creating", `parent directory ${directory}`),
  });
  if (made.outcome === "kept")
    ui.warn(
      `Skipping binlink because ${basename(name)} already exists at ${made.link}. Use --force to overwrite`,
    );
  else ui.end(`Binlinked ${name} from ${pkg} to ${made.link}`);
  return made;
}
