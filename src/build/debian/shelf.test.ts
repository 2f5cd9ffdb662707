import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isPresent } from "../../host/index.ts";
import { SHELF } from "./shelf.ts";

const PLANS = join(import.meta.dir, "../../../plans");

test("the table of Debian packages says what the plans say", () => {
  const found: [string, string][] = [];
  for (const plan of readdirSync(PLANS)) {
    const file = join(PLANS, plan, "plan.sh");
    if (!isPresent(file)) continue;
    const list =
      /^(?:debian_packages|pkg_deb_packages)=\(([^)]*)\)/m.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    for (const name of list.split(/\s+/).filter(Boolean)) found.push([name, plan]);
  }
  expect(found.length).toBeGreaterThan(50);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(SHELF));
});
