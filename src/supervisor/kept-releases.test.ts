import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFullIdent, parseIdent } from "../package/index.ts";
import { KeptReleases, releaseToStart } from "./kept-releases.ts";

const one = parseFullIdent("core/redis/7.0.0/20260101000001");
const redis = parseIdent("core/redis");

let directory: string;
let path: string;
const said: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-kept-"));
  path = join(directory, "RELEASES");
  said.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => new KeptReleases(path, (content) => said.push(content));

describe("the release a service runs", () => {
  test("is known to the next Supervisor", () => {
    open().set("redis", { running: one, isChosen: true });
    expect(open().get("redis", redis)).toEqual({ running: one, isChosen: true });
    expect(readFileSync(path, "utf8")).toBe(
      '{"redis":{"release":"core/redis/7.0.0/20260101000001","chosen":true}}\n',
    );
  });

  test("does not count for another package, or another version that is wanted", () => {
    const kept = open();
    kept.set("redis", { running: one, isChosen: false });
    expect(kept.get("redis", parseIdent("core/redis/7.0.0"))).toEqual({ running: one, isChosen: false });
    expect(kept.get("redis", parseIdent("core/redis/7.0.1"))).toBeUndefined();
    expect(kept.get("redis", parseIdent("acme/redis"))).toBeUndefined();
  });

  test("is forgotten with the service", () => {
    const kept = open();
    kept.set("redis", { running: one, isChosen: true });
    kept.forget("redis");
    expect(open().get("redis", redis)).toBeUndefined();
  });

  test.each(["", "{", "[]", "null", '{"redis":{"release":"core/redis"}}', '{"redis":7}'])(
    "is unknown where the file is of no use: %j",
    (text) => {
      writeFileSync(path, text);
      expect(open().get("redis", redis)).toBeUndefined();
    },
  );

  test("that cannot be recorded is said, and counts all the same", () => {
    const kept = new KeptReleases(join(directory, "absent", "RELEASES"), (content) => said.push(content));
    kept.set("redis", { running: one, isChosen: true });
    expect(said).toEqual([expect.stringContaining("Unable to record which releases run")]);
    expect(kept.get("redis", redis)?.running).toEqual(one);
  });
});

describe("what is started", () => {
  let saved: string | undefined;
  beforeEach(() => {
    saved = process.env["FS_ROOT"];
    process.env["FS_ROOT"] = directory;
    const place = join(directory, "hab/pkgs/core/redis/7.0.0/20260101000001");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "TARGET"), "x86_64-linux\n");
  });
  afterEach(() => {
    if (saved === undefined) delete process.env["FS_ROOT"];
    else process.env["FS_ROOT"] = saved;
  });
  const two = parseFullIdent("core/redis/7.0.0/20260101000002");
  const start = (
    chosen: typeof one | undefined,
    kept: typeof one | undefined,
    isChosen: boolean,
    runs: boolean,
  ) => releaseToStart(chosen, kept && { running: kept, isChosen }, async () => runs);

  test("is the newest where nothing runs and no update chose", async () => {
    expect(await start(undefined, undefined, false, false)).toEqual({
      desired: undefined,
      chosen: undefined,
    });
    expect(await start(undefined, one, false, false)).toEqual({ desired: undefined, chosen: undefined });
  });

  test("is, of a process that runs, what it was started from", async () => {
    expect(await start(undefined, one, false, true)).toEqual({ desired: one, chosen: undefined });
  });

  test("is what an update chose, the last one before all", async () => {
    expect(await start(undefined, one, true, false)).toEqual({ desired: one, chosen: one });
    expect(await start(two, one, true, true)).toEqual({ desired: two, chosen: two });
  });

  test("is not what is gone", async () => {
    expect(await start(undefined, two, true, true)).toEqual({ desired: undefined, chosen: undefined });
  });
});
