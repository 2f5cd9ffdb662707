// Merging of configuration layers (reference/services.md §11).
import { isTable, type TomlTable } from "./value.ts";

/** Levels of nested tables that merge; the level below is left as the earlier layer had it. */
export const MAX_MERGE_DEPTH = 30;

/** Its text is what the original logs after `Error merging <layer>-cfg into config, `. */
const TOO_DEEP = `Max recursive merge depth of ${MAX_MERGE_DEPTH} exceeded.`;

export interface Merged {
  readonly table: TomlTable;
  /** Set when the tables were nested too deep: the table then holds what was merged until there. */
  readonly problem?: string;
}

/**
 * Merges `incoming` over `base`: where both have a table it merges, anything else is replaced whole. Keys of `base` keep
 * their place, new ones follow in the order of `incoming`. Neither argument changes; parts are shared with the result.
 */
export function mergeTables(base: TomlTable, incoming: TomlTable): Merged {
  return mergeLevel(base, incoming, 0);
}

function mergeLevel(base: TomlTable, incoming: TomlTable, depth: number): Merged {
  if (depth > MAX_MERGE_DEPTH) return { table: base, problem: TOO_DEEP };
  const table: TomlTable = new Map(base);
  for (const [key, value] of incoming) {
    const existing = table.get(key);
    if (!isTable(existing) || !isTable(value)) {
      table.set(key, value);
      continue;
    }
    const inner = mergeLevel(existing, value, depth + 1);
    table.set(key, inner.table);
    // Compat: the keys after the one that is too deep are not merged either.
    if (inner.problem !== undefined) return { table, problem: inner.problem };
  }
  return { table };
}
