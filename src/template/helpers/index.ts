// Every helper by its name (reference/services.md §20, §20.1).
import type { Helper } from "../helper.ts";
import { blockHelpers } from "./block.ts";
import { comparisonHelpers } from "./comparison.ts";
import { documentHelpers } from "./document.ts";
import { eachAlive } from "./each-alive.ts";
import { pkgPathFor } from "./package-path.ts";
import { textHelpers } from "./text.ts";

export const HELPERS: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  ...blockHelpers,
  ...comparisonHelpers,
  ...documentHelpers,
  ...textHelpers,
  ["eachAlive", eachAlive],
  ["pkgPathFor", pkgPathFor],
]);
