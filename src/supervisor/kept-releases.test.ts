import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFullIdent, parseIdent } from "../package/index.ts";
import { KeptReleases } from "./kept-releases.ts";

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
    expect(kept.get("redis", parseIdent("core/redis/7.0.0"))).toBeDefined();
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
