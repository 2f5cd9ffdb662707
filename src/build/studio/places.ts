// Where studios are (reference/plan-build.md §14.2): root's below /hab as the original's, those of other users where they
// may write.
import { join } from "node:path";
import { environmentValue, fsRoot, habPath, homeDirectory, isRootUser } from "../../host/index.ts";

/** Directory name for a source directory: `/home/me/my app` gives `home--me--my-app`. */
export function studioName(source: string): string {
  if (source === "/") return "root";
  return source.replace(/^\//, "").replaceAll("/", "--").replaceAll(" ", "-");
}

type Environment = Readonly<Record<string, string | undefined>>;

/** HAB_STUDIOS_HOME, `/hab/studios`, or for an ordinary user `$XDG_DATA_HOME/hab/studios`. */
export function studiosHome(env: Environment): string {
  if (env["HAB_STUDIOS_HOME"]) return env["HAB_STUDIOS_HOME"];
  if (isRootUser()) return habPath("studios");
  const data = env["XDG_DATA_HOME"] || underHome(env, ".local", "share");
  return data === undefined ? habPath("studios") : join(data, "hab", "studios");
}

/**
 * What studios share and can be made again: our program as it is inside, and packages of tools that are not installed on
 * the machine.
 */
export function studioCache(env: Environment): string {
  if (isRootUser()) return habPath("cache", "studio");
  const cache = env["XDG_CACHE_HOME"] || underHome(env, ".cache");
  return cache === undefined ? habPath("cache", "studio") : join(cache, "hab", "studio");
}

/** Undefined for who has no home: they use root's places, if they may. */
function underHome(env: Environment, ...parts: string[]): string | undefined {
  const home = homeDirectory(env);
  return home === undefined ? undefined : join(home, ...parts);
}

/** Roots that hold `hab/pkgs` from which packages are shown in a studio, the machine's own first. */
export function packageRoots(env: Environment): readonly [string, string] {
  return [environmentValue("FS_ROOT") ?? fsRoot(), join(studioCache(env), "store")];
}
