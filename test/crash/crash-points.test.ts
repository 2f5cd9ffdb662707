// An install that is killed at any system call, or whose disk fails at any: what appears installed is whole, what is in the
// caches is whole, and the next install finishes the job and leaves nothing behind.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  hartOfManyFiles,
  isTemporary,
  Machine,
  type Point,
  recordPoints,
  type Source,
  smallHart,
  startDepot,
} from "./crashing.ts";

/** Installs at a time. */
const SIDE_BY_SIDE = 2;

/** How each call can fail on a disk that is full, read-only or broken. */
const FAILURES: Readonly<Record<string, string>> = {
  chmod: "EROFS",
  fchmod: "EIO",
  copy_file_range: "ENOSPC",
  fdatasync: "EIO",
  fsync: "EIO",
  ftruncate: "EIO",
  link: "ENOSPC",
  mkdir: "ENOSPC",
  openat: "ENOSPC",
  pwrite64: "ENOSPC",
  rename: "EROFS",
  rmdir: "EIO",
  symlink: "ENOSPC",
  syncfs: "EIO",
  unlink: "EROFS",
  unlinkat: "EIO",
  utimensat: "EROFS",
  write: "ENOSPC",
};

/**
 * Calls of which every one is tried; of the others, which only fill what nobody sees yet, every thirtieth. HAB_CRASH_POINTS=all
 * tries all.
 */
const DECISIVE = ["rename", "unlink", "unlinkat", "rmdir", "link"];
const SYNCING = ["fsync", "fdatasync", "syncfs"];
const TRIES_ALL = process.env["HAB_CRASH_POINTS"] === "all";
const TIME_LIMIT_MS = TRIES_ALL ? 3_600_000 : 300_000;

type IsTried = (point: Point, index: number, points: readonly Point[]) => boolean;

/** Syncs change nothing that a killed program leaves behind: of a row of them the first and the last are tried. */
const isDecisive: IsTried = ({ name }, index, points) =>
  DECISIVE.includes(name) ||
  (SYNCING.includes(name) &&
    [points[index - 1], points[index + 1]].some(
      (next) => next === undefined || !SYNCING.includes(next.name),
    ));
const isTried: IsTried = (point, index, points) =>
  TRIES_ALL || isDecisive(point, index, points) || index % 30 === 0;

const depot = startDepot();
afterAll(() => depot.stop());

describe.each<[string, () => Source | Promise<Source>, IsTried]>([
  ["from a hart", smallHart, isTried],
  ["of a closure from a depot", () => depot, isTried],
  // Its files are unpacked as those of the others; only how they are synced is different.
  ["from a hart of many files", hartOfManyFiles, isDecisive],
])("an install %s", (_, makeSource, isToBeTried) => {
  let source: Source;
  let complete: Map<string, string>;
  let points: Point[];

  beforeAll(async () => {
    source = await makeSource();
    using machine = new Machine(source);
    points = await recordPoints(machine);
    complete = machine.tree();
  });

  /** What can be seen is part of what a complete install makes. Whole packages: all files of a release, or none. */
  function expectWholeOrNothing(tree: Map<string, string>, point: Point): void {
    const seen = [...tree].filter(([path]) => !isTemporary(path));
    for (const [path, is] of seen)
      expect(`${point.line}: ${path} ${is}`).toBe(`${point.line}: ${path} ${complete.get(path)}`);
    for (const release of [...complete.keys()].filter((path) => /^\/hab\/pkgs(\/[^/]+){4}\/$/.test(path))) {
      if (!tree.has(release)) continue;
      const parts = (of: Map<string, string>) =>
        [...of.keys()].filter((path) => path.startsWith(release)).sort();
      expect(parts(tree)).toEqual(parts(complete));
    }
  }

  async function interrupt(point: Point, injection: string): Promise<void> {
    using machine = new Machine(source);
    const { name, count } = point;
    await machine.install([
      "-o",
      "/dev/null",
      "-e",
      `trace=${name}`,
      "-e",
      `inject=${name}:${injection}:when=${count}`,
    ]);
    expectWholeOrNothing(machine.tree(), point);
    machine.age();
    const { code, stderr } = await machine.install();
    expect(`${point.line}: ${code} ${stderr}`).toBe(`${point.line}: 0 `);
    expect([...machine.tree()].sort()).toEqual([...complete].sort());
  }

  async function interruptAll(injectionOf: (point: Point) => string): Promise<void> {
    const waiting = points.filter(isToBeTried);
    const work = async () => {
      for (let point = waiting.shift(); point !== undefined; point = waiting.shift())
        await interrupt(point, injectionOf(point));
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  }

  test("there are points to be killed at", () => {
    expect(points.length).toBeGreaterThan(50);
    expect(new Set(points.map(({ name }) => name))).toContain("rename");
  });

  test("killed at each of them", () => interruptAll(() => "signal=KILL"), TIME_LIMIT_MS);

  test(
    "with a disk that fails at each of them",
    () => interruptAll(({ name }) => `error=${FAILURES[name]}`),
    TIME_LIMIT_MS,
  );

  test("after a power cut: nothing appears before it is on the disk", () => {
    expectDurable(points);
    // The check bites: without the syncs of one kind it fails.
    for (const sync of new Set(points.map(({ name }) => name).filter((name) => name.includes("sync"))))
      expect(() => expectDurable(points.filter(({ name }) => name !== sync))).toThrow();
  });

  test("a package that lacks a file would be noticed", () => {
    const [point] = points;
    const [file] = [...complete.keys()].filter((path) => path.endsWith("/TARGET"));
    const damaged = new Map([...complete].filter(([path]) => path !== file));
    expect(() => expectWholeOrNothing(damaged, point as Point)).toThrow();
  });
});

/** Calls that make a name: the directory it is in has changed too. */
const NAMING = ["openat", "mkdir", "symlink", "link", "rename"];

/**
 * Follows the calls as a disk that forgets what was not synced: a file or directory may be renamed to a name that counts
 * only after a sync that covers its last change, and the new name must be synced too. A symlink is as durable as its
 * directory. The directories a package lies in must be there to stay before it is.
 */
function expectDurable(points: readonly Point[]): void {
  const changed = new Set<string>();
  const renamed = new Set<string>();
  const symlinks = new Set<string>();
  for (const { name, line } of points) {
    const [first = "", second = ""] = pathsIn(line);
    if (name === "syncfs") {
      // The caches are synced by file: they may lie on another file system.
      for (const path of changed) if (!path.includes("/hab/cache/")) changed.delete(path);
    } else if (name === "fsync" || name === "fdatasync") {
      changed.delete(first);
      renamed.delete(first);
      for (const path of symlinks) if (parentOf(path) === first) changed.delete(path);
    } else if (name === "rename") {
      const unsynced = [...changed].filter((path) => path === first || path.startsWith(`${first}/`));
      if (!isTemporary(second)) {
        expect({ rename: line, unsynced }).toEqual({ rename: line, unsynced: [] });
        renamed.add(parentOf(second));
        const above = second.includes("/hab/pkgs/") ? parentOf(parentOf(second)) : "";
        const unsure = [...changed].filter((path) => path === above || above.startsWith(`${path}/`));
        expect({ rename: line, unsure }).toEqual({ rename: line, unsure: [] });
      }
      for (const path of unsynced) {
        changed.delete(path);
        changed.add(`${second}${path.slice(first.length)}`);
      }
    } else if (!["unlink", "unlinkat", "rmdir"].includes(name))
      for (const path of [first, second]) if (path !== "") changed.add(path);
    if (name === "symlink") symlinks.add(first);
    if (NAMING.includes(name)) changed.add(parentOf(second || first));
  }
  expect([...renamed]).toEqual([]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Paths a call names, whether as text or behind a descriptor. */
function pathsIn(line: string): string[] {
  const [call = ""] = line.split(") = ");
  const paths = [...call.matchAll(/"(\/[^"]*)"|<(\/[^>]*)>/g)].map((match) => match[1] ?? match[2] ?? "");
  return paths.filter((path) => path.includes("hab-crash-point-"));
}
