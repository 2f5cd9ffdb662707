import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { adviseHugePages } from "./huge-pages.ts";

test("the memory of a WebAssembly module is marked for large pages, and keeps what it holds", () => {
  const memory = new WebAssembly.Memory({ initial: 64 });
  new Uint8Array(memory.buffer).fill(7);
  const isAdvised = adviseHugePages(memory.buffer);
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 7)).toBe(true);
  // Kernels without large pages, and containers that do not show theirs, refuse it, and nothing else happens.
  if (!existsSync("/sys/kernel/mm/transparent_hugepage")) return;
  expect(isAdvised).toBe(true);
  // In the middle: where the range begins, the kernel may have cut a mapping.
  expect(flagsOfMapping(ptr(new Uint8Array(memory.buffer)) + memory.buffer.byteLength / 2)).toContain("hg");
});

test("what is smaller than a page is left alone", () => {
  expect(adviseHugePages(new ArrayBuffer(16))).toBe(false);
});

/** VmFlags (proc_pid_smaps(5)) of the mapping that holds the address. */
function flagsOfMapping(address: number): string[] {
  let isIt = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line);
    if (range) isIt = Number(`0x${range[1]}`) <= address && address < Number(`0x${range[2]}`);
    else if (isIt && line.startsWith("VmFlags:")) return line.split(" ").slice(1);
  }
  return [];
}
