// All targets, by name.
import type { FuzzTarget } from "./harness.ts";
import { withSeedFiles } from "./seeds.ts";
import { depotApiTarget } from "./targets/depot-api.ts";
import { hartHeaderTarget, installTarget, xzTarget, xzThreadsTarget } from "./targets/hart.ts";
import { ringTargets } from "./targets/ring.ts";
import { machineTarget } from "./targets/ring-machine.ts";
import { tarTarget } from "./targets/tar.ts";
import { textTargets } from "./targets/texts.ts";

const ofCode: readonly FuzzTarget[] = [
  tarTarget(),
  hartHeaderTarget,
  xzTarget,
  xzThreadsTarget,
  installTarget,
  ...textTargets,
  ...ringTargets,
  machineTarget,
  depotApiTarget,
];

export const targets = ofCode.map(withSeedFiles);

/** Targets that break a rule on purpose, by name only: they show that whoever watches a run notices. */
export const brokenTargets: readonly FuzzTarget[] = [
  {
    name: "broken-hangs",
    seeds: [],
    generate: (random) => random.bytes(4),
    run() {
      for (;;);
    },
  },
  {
    name: "broken-allocates",
    seeds: [],
    generate: (random) => random.bytes(4),
    run() {
      kept.push(new Uint8Array(128 * 1024 * 1024).fill(1));
    },
  },
];
const kept: Uint8Array[] = [];
