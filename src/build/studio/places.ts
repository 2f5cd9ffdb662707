// Where studios are (reference/plan-build.md §14.2): root's below /hab as the original's, those of other users where they
// may write.
import { join } from "node:path";
import { environmentValue, fsRoot, habPath, isRootUser } from "../../host/index.ts";

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
  return join(env["XDG_DATA_HOME"] || join(homeOf(env), ".local", "share"), "hab", "studios");
}

/**
 * What studios share and can be made again: our program as it is inside, and packages of tools that are not installed on
 * the machine.
 */
export function studioCache(env: Environment): string {
  if (isRootUser()) return habPath("cache", "studio");
  return join(env["XDG_CACHE_HOME"] || join(homeOf(env), ".cache"), "hab", "studio");
}

function homeOf(env: Environment): string {
  return env["HOME"] || process.getBuiltinModule("node:os").homedir() || "/";
}

/** Roots that hold `hab/pkgs` from which packages are shown in a studio, the machine's own first. */
export function packageRoots(env: Environment): readonly [string, string] {
  return [environmentValue("FS_ROOT") ?? fsRoot(), join(studioCache(env), "store")];
}
