// What `hab pkg gc` keeps whatever happens.
import { describeError, HabError } from "../../error/index.ts";
import { fsRoot } from "../../host/index.ts";
import { recordedSlots } from "../../launcher/index.ts";
import {
  type FullIdent,
  linkDirectory,
  linkedReleases,
  listInstalled,
  type Root,
  readPins,
  releaseOf,
  runningReleases,
} from "../../package/index.ts";
import type { CommandContext } from "../command.ts";
import type { Address } from "../configuration.ts";
import { loadedServices, servicesOfSpecs } from "./loaded-services.ts";

type Context = Pick<CommandContext, "configuration" | "env" | "signal" | "ui">;

/**
 * Throws HAB-PKG-055, -064, -066, and what the Supervisor at `remoteSup` fails to answer with. One that nobody named may fail
 * to answer: then more is kept.
 */
export async function garbageRoots(
  context: Context,
  linkDirectories: readonly string[],
  remoteSup: Address | undefined,
): Promise<Root[]> {
  const root = fsRoot();
  for (const directory of linkDirectories) linkDirectory(directory, root);
  return [
    ...(await loadedRoots(context, remoteSup)),
    ...runningReleases().map((ident): Root => ({ ident, reason: "running" })),
    ...(await supervisorReleases()).map((ident): Root => ({ ident, reason: "hab" })),
    ...readPins().map((ident): Root => ({ ident, reason: "pinned", every: true })),
    ...linkedReleases(linkDirectories, root).map((ident): Root => ({ ident, reason: "binlinked" })),
    ...listInstalled()
      .filter(({ origin, name }) => (origin === "chef" || origin === "core") && /^hab(-|$)/.test(name))
      .map((ident): Root => ({ ident, reason: "hab" })),
    // Hooks of all services run with it, though no package names it.
    { ident: { origin: "core", name: "busybox-static" }, reason: "interpreter" },
  ];
}

/** Releases the launcher may start as the Supervisor, of whatever origin. */
async function supervisorReleases(): Promise<FullIdent[]> {
  const slots = await recordedSlots(fsRoot());
  const programs = [slots?.launcher, slots?.good?.path, slots?.trial?.path];
  return programs.flatMap((path) => (path === undefined ? undefined : releaseOf(path)) ?? []);
}

async function loadedRoots(context: Context, remoteSup: Address | undefined): Promise<Root[]> {
  const specs = (await servicesOfSpecs()).map((ident): Root => ({ ident, reason: "loaded" }));
  try {
    const loaded = await loadedServices(context, remoteSup);
    // A Supervisor that starts takes the newest release.
    return [...loaded.map((ident): Root => ({ ident, reason: "loaded", every: true })), ...specs];
  } catch (error) {
    if (remoteSup !== undefined || !(error instanceof HabError) || context.signal.aborted) throw error;
    const cause = error.cause === undefined ? "" : ` (${describeError(error.cause)})`;
    context.ui.warn(
      `Nobody says which releases are loaded: ${error.message.replace(/\.$/, "")}${cause}. All releases of what the spec ` +
        "files name stay; --remote-sup names the Supervisor's control gateway",
    );
    return specs.map((each) => ({ ...each, every: true }));
  }
}
