// Large pages for memory that is read all over (madvise(2), MADV_HUGEPAGE).
import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const MADVISE = process.arch === "arm64" ? 233 : 28;
const MADV_HUGEPAGE = 14;
/** Where a range begins has to be a multiple of the size of a page, and no machine has larger ones. */
const LARGEST_PAGE_BYTES = 65_536;

/**
 * Asks the kernel to back `memory` by pages of 2 MiB, which takes effect where nothing was written yet. A hint: false where there
 * is no such kernel or library, and then nothing is different. The memory must outlive its use as it is: a WebAssembly memory does.
 */
export function adviseHugePages(memory: ArrayBuffer): boolean {
  try {
    const address = ptr(new Uint8Array(memory));
    const skipped = (LARGEST_PAGE_BYTES - (address % LARGEST_PAGE_BYTES)) % LARGEST_PAGE_BYTES;
    const length = memory.byteLength - skipped;
    if (length <= 0) return false;
    return Number(libc().syscall(MADVISE, address + skipped, length, MADV_HUGEPAGE, 0, 0, 0)) === 0;
  } catch {
    return false;
  }
}
