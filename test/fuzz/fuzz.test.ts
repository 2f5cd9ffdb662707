// A bounded number of inputs for every target, and proof that each rule of the harness bites.
import { describe, expect, test } from "bun:test";
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expansionLimit, readTar } from "../../src/package/archive.ts";
import { withFile } from "../../src/package/hart.ts";
import { ROOT, run } from "../binary/program.ts";
import { Breach, type FuzzTarget, fuzz, inputOf, minimise, problemWith } from "./harness.ts";
import { member, RELEASE } from "./tar-maker.ts";
import { compress, repeatBlock } from "./targets/hart.ts";
import { tarTarget } from "./targets/tar.ts";
import { targets } from "./targets.ts";

const FUZZ = join(ROOT, "script/fuzz");

/** Enough to reach every seed and a few hundred changes of them; script/fuzz goes on for as long as asked. */
const INPUTS: Readonly<Record<string, number>> = {
  tar: 150,
  install: 25,
  answers: 100,
  "seed-files": 100,
  xz: 60,
  "ring-machine": 40,
  "xz-threads": 8,
  "depot-api": 500,
};

describe("no input breaks a rule", () => {
  test.each(targets.map((target) => [target.name, target] as const))("%s", async (name, target) => {
    const limit = INPUTS[name] ?? 500;
    const { failure } = await fuzz(target, { seed: 7, more: (inputs) => inputs < limit });
    await target.stop?.();
    expect(failure).toBeUndefined();
  });
});

test("every directory of seeds is that of a target, which has them", () => {
  for (const name of readdirSync(join(import.meta.dir, "seeds"))) {
    const target = targets.find((each) => each.name === name);
    const own = readdirSync(join(import.meta.dir, "seeds", name)).length;
    expect(`${name}: ${own > 0 && (target?.seeds.length ?? 0) > own}`).toBe(`${name}: true`);
  }
});

describe("the rules bite", () => {
  const with_ = (run: FuzzTarget["run"]): FuzzTarget => ({
    name: "broken",
    seeds: [Buffer.from("abcXdef")],
    generate: (random) => random.bytes(8),
    run,
  });
  const problem = (run: FuzzTarget["run"]) => problemWith(with_(run), Buffer.from("abcXdef"));

  test.each<[string, FuzzTarget["run"], RegExp]>([
    ["a TypeError", () => void (undefined as unknown as string).length, /TypeError/],
    [
      "a stack overflow",
      function deep(): void {
        deep();
      },
      /RangeError/,
    ],
    ["a plain error", () => Promise.reject(new Error("oops")), /Error: oops/],
    [
      "a thrown text",
      () => {
        throw "text";
      },
      /threw text/,
    ],
    [
      "a broken rule",
      () => {
        throw new Breach("rule");
      },
      /rule/,
    ],
  ])("%s is reported", async (_, run, message) => {
    expect(await problem(run)).toMatch(message);
  });

  test("an input that takes too long is reported", async () => {
    expect(
      await problemWith(
        with_(() => undefined),
        Buffer.alloc(0),
        -1,
      ),
    ).toMatch(/takes \d+ ms/);
  });

  test("memory above the limit is reported", async () => {
    const kept: Uint8Array[] = [];
    const { failure } = await fuzz(
      with_(() => void kept.push(new Uint8Array(96 * 1024 * 1024).fill(1))),
      { seed: 1, more: (inputs) => inputs < 4, memoryLimitBytes: 64 * 1024 * 1024 },
    );
    expect(failure?.problem).toMatch(/bytes of memory/);
  });

  test.each<[string, (directory: string) => void, RegExp]>([
    ["written outside", (target) => writeFileSync(join(target, "../new"), ""), /outside the target/],
    ["changed outside", (target) => writeFileSync(join(target, "../canary/file"), "x"), /outside the target/],
    ["removed outside", (target) => rmSync(join(target, "../canary/file")), /outside the target/],
    [
      "linked to from inside",
      (target) => linkSync(join(target, "../canary/file"), join(target, "a")),
      /outside/,
    ],
  ])("a file %s is reported", async (_, act, message) => {
    expect(
      await problemWith(
        tarTarget((_archive, directory) => act(directory)),
        Buffer.alloc(0),
      ),
    ).toMatch(message);
  });

  test.each<[string, (directory: string) => void]>([
    ["of another name", (target) => writeFileSync(join(target, "b"), "x")],
    ["of another content", (target) => writeFileSync(join(target, "a"), "xy")],
    ["of another kind", (target) => mkdirSync(join(target, "a"))],
    ["a link to elsewhere", (target) => symlinkSync("b", join(target, "a"))],
  ])("something %s than announced is reported", async (_, act) => {
    const archive = Buffer.concat([member({ path: `${RELEASE}/a`, data: "x" }), Buffer.alloc(1024)]);
    expect(await problemWith(tarTarget(), archive)).toBeUndefined();
    const wrong = tarTarget((_archive, directory) => act(directory));
    expect(await problemWith(wrong, archive)).toMatch(/is not what the archive announces/);
  });

  test("an input that hangs ends the run, which says how to try it again", async () => {
    const command = [FUZZ, "broken-hangs", "--seed", "3", "--hang-after", "100"];
    const { signal, stderr } = await run(command);
    expect(signal).toBe("SIGKILL");
    expect(stderr).toBe("hangs at input 0; again: script/fuzz broken-hangs --seed 3 --first 0 --count 1\n");
  });

  test("a failing input is made small, and made again from its number", async () => {
    const target = with_((input) => {
      if (input.includes(0x58)) throw new Breach("X");
    });
    const { failure } = await fuzz(target, { seed: 1, more: (inputs) => inputs < 1 });
    expect(Buffer.from(await minimise(target, failure?.input ?? Buffer.alloc(0))).toString()).toBe("X");
    expect(inputOf(target, 5, 9)).toEqual(inputOf(target, 5, 9));
    expect(inputOf(target, 5, 9)).not.toEqual(inputOf(target, 5, 10));
  });
});

describe("archives that grow", () => {
  const nothing = { begin: () => undefined, data: () => undefined, end: () => undefined };
  const read = async (stream: Uint8Array, limit?: number): Promise<void> => {
    const path = join("/tmp", `hab-fuzz-${process.pid}.xz`);
    writeFileSync(path, stream);
    try {
      await withFile(path, (fd) =>
        readTar({ fd, offset: 0, length: stream.length }, nothing, undefined, limit),
      );
    } finally {
      rmSync(path);
    }
  };

  test("more than the limit is an error", async () => {
    const header = Buffer.from(new Uint8Array(512).fill(0));
    const stream = compress(Buffer.concat([header.fill("\xff", 0, 1), Buffer.alloc(100_000)]));
    await expect(read(stream, 50_000)).rejects.toThrow(/hold more than 50000 bytes/);
  });

  test("the limit is generous, and grows with what was downloaded", () => {
    expect(expansionLimit(100)).toBe(4 * 1024 ** 3);
    expect(expansionLimit(1024 ** 3)).toBe(200 * 1024 ** 3);
  });

  test("100,000 tiny blocks take one decoder, not 100,000", async () => {
    await expect(read(repeatBlock(compress(Buffer.from([1])), 100_000))).rejects.toThrow(
      /number in a header/,
    );
  });
});
