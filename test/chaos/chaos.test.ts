// A short run of `script/chaos`: the faults that have most in them, once each, in an order of the seed's.
import { expect, test } from "bun:test";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dir, "../..");
const FAULTS = [
  "kill-supervisor-while-told",
  "kill-launcher",
  "kill-launcher-and-supervisor",
  "kill-services",
  "kill-hook",
  "kill-anything",
  "disk-full",
  "read-only",
  "clock",
  "depot-cut",
  "depot-damaged",
  "stop-and-start",
];

const canUnshare = Bun.spawnSync(["unshare", "-m", "-p", "-f", "-n", "true"]).success;

test.skipIf(!canUnshare)(
  "a real Supervisor lives through faults: services run, nothing acknowledged is lost, nothing is left over",
  async () => {
    const words = [
      // The eighth is slow to give up: for longer runs.
      "--services",
      "7",
      "--seed",
      "7",
      "--minutes",
      "2",
      "--count",
      `${FAULTS.length}`,
      "--only",
      FAULTS.join(","),
    ];
    const run = Bun.spawn([join(PROJECT, "script/chaos"), ...words], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const said = await run.stdout.text();
    expect({ exit: await run.exited, said }).toEqual({
      exit: 0,
      said: expect.stringContaining("everything held"),
    });
  },
  180_000,
);
