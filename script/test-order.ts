// Says in which order test files begin: the longest first, but those that need packages of plans/ when these are made
// (test/end-to-end/make-packages.ts). Reads test/timings.json and prints such a file for `bun test --timings`.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dir, "..");
/** Files this long begin before those that need packages: together they take longer than the packages. */
const LONG_MS = 24_000;

const { version, files } = JSON.parse(readFileSync(join(PROJECT, "test/timings.json"), "utf8")) as {
  readonly version: number;
  readonly files: Readonly<Record<string, number>>;
};

function needsPackages(file: string): boolean {
  try {
    return /\b(packagesOf|ServiceRing)\b/.test(readFileSync(join(PROJECT, file), "utf8"));
  } catch {
    // Of a file that is gone.
    return false;
  }
}

// Behind the long ones, among themselves in their order.
const places = Object.entries(files).map(([file, milliseconds]) => [
  file,
  needsPackages(file) ? LONG_MS - 1 + Math.min(milliseconds / 1_000_000, 0.9) : milliseconds,
]);
console.log(JSON.stringify({ version, files: Object.fromEntries(places) }));
