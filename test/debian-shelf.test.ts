import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { SHELF_FILE, shelfText } from "../script/debian-shelf.ts";

test("the table of Debian packages says what the plans say (script/bun script/debian-shelf.ts)", () => {
  const text = shelfText();
  expect(text).toContain('["libc6", "glibc"]');
  expect(readFileSync(SHELF_FILE, "utf8")).toBe(text);
});
