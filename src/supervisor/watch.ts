// Watching a path that may not exist yet, by the operating system's events: its directory if there is one, else the
// nearest ancestor that exists. No polling.
import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** When to look at a file again after a watch of it began. The last is for a machine so busy that threads wait for seconds. */
const TAKES_HOLD_MS = [200, 1_000, 3_000, 10_000];

export interface Watch {
  close(): void;
}

/**
 * Calls `changed` after anything happens to the file at `path`. Several events in a burst lead to one call. `known` is the state
 * of the file (`fileState`) that the caller has seen: what happened to it since is told of, too.
 */
export function watchFile(path: string, changed: () => void, known: string = fileState(path)): Watch {
  let watcher: FSWatcher | undefined;
  let watched = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const looks: ReturnType<typeof setTimeout>[] = [];
  /** The file as it was when its change was last told of. */
  let told = known;
  let closed = false;

  /** A new watch takes a moment to take hold, and what happens meanwhile is not told: look whether something did. */
  const lookAgain = () => {
    for (const afterMs of TAKES_HOLD_MS) {
      const look = setTimeout(() => {
        looks.splice(looks.indexOf(look), 1);
        if (fileState(path) !== told) notice();
      }, afterMs);
      looks.push(look);
    }
  };
  const arm = () => {
    if (closed) return;
    let directory = dirname(path);
    while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
    if (directory === watched && watcher !== undefined) return;
    watcher?.close();
    watched = directory;
    const interesting = directory === dirname(path) ? basename(path) : undefined;
    try {
      watcher = watch(directory, (_event, name) => {
        // A removed directory reports itself; then a nearer ancestor has to be found.
        if (interesting === undefined || name === interesting || !existsSync(directory)) notice();
      });
      watcher.on("error", notice);
      lookAgain();
    } catch {
      watcher = undefined;
      watched = "";
    }
  };
  const notice = () => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!existsSync(watched)) {
        watcher?.close();
        watcher = undefined;
      }
      arm();
      told = fileState(path);
      if (!closed) changed();
    }, SETTLE_MS);
  };
  arm();
  if (fileState(path) !== told) notice();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      for (const look of looks) clearTimeout(look);
      watcher?.close();
    },
  };
}

/** What tells one state of a file from another; one that cannot be looked at is like one that is not there. */
export function fileState(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return "";
  }
}

/** Calls `changed` after anything happens in an existing directory. */
export function watchDirectory(path: string, changed: () => void): Watch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watcher = watch(path, () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, SETTLE_MS);
  });
  watcher.on("error", () => {});
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

/**
 * Calls `changed` after anything happens in a directory that holds one of these files (or is one of them): links that lead
 * elsewhere are exchanged under names of their own. What is written in several steps should be over by then.
 */
export function watchPlacesOf(paths: readonly string[], changed: () => void): Watch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const directories = new Set(paths.map((path) => (isDirectory(path) ? path : dirname(path))));
  const watchers = [...directories].flatMap((directory) => {
    try {
      const watcher = watch(directory, () => {
        clearTimeout(timer);
        timer = setTimeout(changed, SEVERAL_FILES_MS);
      });
      return watcher.on("error", () => {});
    } catch {
      return [];
    }
  });
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A key and its certificate are written one after the other. */
const SEVERAL_FILES_MS = 200;

/** One change of a file is several events; this is long enough for them and too short to notice. */
const SETTLE_MS = 5;
