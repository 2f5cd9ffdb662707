// Archives made to escape, clash or confuse (recorded from 2.1.78, which lets most of them in without harm). Whatever the
// answer, nothing outside is touched and nothing is half-installed.
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import hostile from "./install-hostile.json";
import { recordedContents, recordedTree, World } from "./world.ts";

/** Harts the original installs and we refuse (docs/decisions/0004-tar.md). */
const REFUSED = new Set([
  "dotdot",
  "dotdot-inside",
  "dotdot-dir",
  "dotdot-sym",
  "absolute-dotdot",
  "symlink-parent",
  "char-device",
  "block-device",
  "fifo",
  "unknown-type",
]);

/** The original refuses a hard link to a symlink that leads outwards; here it becomes the same symlink. */
const ACCEPTED = new Set(["hardlink-to-symlink"]);

const LEFT_OUT = /^\$ROOT\/(hab\/cache|hab\/outside|outside)(\/|$)/;

describe("hostile archives", () => {
  test.each(hostile.cases)("$name: $about", async (vector) => {
    const world = new World();
    try {
      const name = vector.hart.replace(/^harts\/|\.hart$/g, "");
      world.provide([name], ["acme", "mallory"]);
      const outside = join(world.root, "../outside");
      mkdirSync(join(outside, "dir"), { recursive: true });
      writeFileSync(join(outside, "secret"), "outside\n", { mode: 0o600 });
      writeFileSync(join(outside, "dir/file"), "outside file\n");
      const before = world.tree(outside);
      const { exit, stderr } = await world.hab({
        argv: vector.argv,
        env: { HAB_BLDR_URL: "http://127.0.0.1:1" },
      });
      const wanted = REFUSED.has(vector.name) ? 1 : ACCEPTED.has(vector.name) ? 0 : vector.expect.exit;
      expect({ exit, stderr }).toMatchObject({ exit: wanted });
      expect(world.tree(outside)).toEqual(before);
      const found = world.tree("$ROOT", LEFT_OUT, recordedContents(vector.tree));
      if (exit !== 0)
        expect(Object.keys(found).filter((path) => path.startsWith("$ROOT/hab/pkgs/"))).toEqual([]);
      else if (!ACCEPTED.has(vector.name)) expect(found).toEqual(recordedTree(vector.tree, LEFT_OUT));
    } finally {
      world.remove();
    }
  });
});
