import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "../../host/index.ts";
import { HookOutput, OpenOutputs } from "./hook-output.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-hook-output-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const path = (stream: string) => join(directory, `h.${stream}.log`);

async function run(script: string, print: (line: string) => void = () => {}) {
  const child = await startProcess({
    command: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin" },
    stdout: "pipe",
    stderr: "pipe",
    name: "a hook",
  });
  const output = new HookOutput(child, { stdout: path("stdout"), stderr: path("stderr") }, print);
  await child.exited;
  return { child, output };
}

describe("what a hook prints", () => {
  test("is logged by stream, shown in all, and its beginning kept", async () => {
    const shown: string[] = [];
    const { output } = await run("echo one; echo two >&2; printf three", (line) => shown.push(line));
    await output.ended();
    expect(readFileSync(path("stdout"), "utf8")).toBe("one\nthree\n");
    expect(readFileSync(path("stderr"), "utf8")).toBe("two\n");
    expect(shown.toSorted()).toEqual(["one", "three", "two"]);
    expect(output.kept).toEqual({ stdout: "one\nthree\n", stderr: "two\n" });
    expect(output.lastLine).toBe("three");
  });

  test("by a child that it left behind is shown, and no longer logged", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { output } = await run(
      `(until [ -e ${directory}/go ]; do sleep 0.01; done; echo late) & echo early`,
      (line) => {
        if (line === "late") resolve(line);
      },
    );
    await output.ended();
    await Bun.write(join(directory, "go"), "");
    expect(await promise).toBe("late");
    expect(readFileSync(path("stdout"), "utf8")).toBe("early\n");
    await output.copied;
  });
});

test("outputs that are left open are bounded: the oldest is let go", async () => {
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const before = descriptors();
  const open = new OpenOutputs();
  const runs = await Promise.all(Array.from({ length: 40 }, () => run("sleep 100000 &")));
  for (const { output } of runs) open.add(output);
  await Promise.all(runs.map(({ output }) => output.ended()));
  await runs[0]?.output.copied;
  // Two for each that is still listened to.
  expect(descriptors() - before).toBeLessThanOrEqual(2 * 32);
  for (const { child } of runs) process.kill(-child.pid, "SIGKILL");
  await Promise.all(runs.map(({ output }) => output.copied));
});
