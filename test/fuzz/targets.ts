// All targets, by name.
import type { FuzzTarget } from "./harness.ts";
import { hartHeaderTarget, installTarget, xzTarget } from "./targets/hart.ts";
import { ringTargets } from "./targets/ring.ts";
import { machineTarget } from "./targets/ring-machine.ts";
import { tarTarget } from "./targets/tar.ts";
import { textTargets } from "./targets/texts.ts";

export const targets: readonly FuzzTarget[] = [
  tarTarget(),
  hartHeaderTarget,
  xzTarget,
  installTarget,
  ...textTargets,
  ...ringTargets,
  machineTarget,
];
