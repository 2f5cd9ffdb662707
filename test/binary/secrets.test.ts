// A secret on the command line is seen by nobody: not in the list of processes, not in what is printed when the program
// crashes.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, run } from "./program.ts";

const SECRET = "s3cr3t-of-the-test";

const WAYS: [string, string[]][] = [
  ["-z VALUE", ["-z", SECRET]],
  ["-zVALUE", [`-z${SECRET}`]],
  ["-z=VALUE", [`-z=${SECRET}`]],
  ["--auth VALUE", ["--auth", SECRET]],
  ["--auth=VALUE", [`--auth=${SECRET}`]],
];

describe("a secret argument", () => {
  test.each(WAYS)("%s does not stay in the process's command line", async (_, words) => {
    const asked = Promise.withResolvers<string | null>();
    // A depot that never answers: while the program waits, there is time to look at it.
    using depot = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        asked.resolve(request.headers.get("authorization"));
        return new Promise<Response>(() => {});
      },
    });
    const child = Bun.spawn({
      cmd: [HAB, "pkg", "search", "x", "-u", depot.url.href, ...words],
      env: { PATH: "/usr/bin:/bin", FS_ROOT: "/nonexistent" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      expect(await asked.promise).toBe(`Bearer ${SECRET}`);
      const line = readFileSync(`/proc/${child.pid}/cmdline`, "latin1");
      expect(line).toContain("search");
      expect(line).not.toContain(SECRET);
      expect((await run(["ps", "-o", "args=", "-p", String(child.pid)])).stdout).not.toContain(SECRET);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
  });

  test("is not in what a crash prints", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hab-crash-"));
    // It waits for standard input while we kill it.
    const child = Bun.spawn({
      cmd: [HAB, "origin", "key", "import", "--cache-key-path", directory],
      env: { PATH: "/usr/bin:/bin" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    await reading(child.pid);
    child.kill("SIGSEGV");
    await child.exited;
    rmSync(directory, { recursive: true });
    const text = (await child.stdout.text()) + (await child.stderr.text());
    // The banner is there, and of the command line it has the program's name only.
    expect(text).toContain("Segmentation fault");
    expect(text).not.toContain("cache-key-path");
    expect(text).not.toContain("import");
  });

  test("is not repeated in an error", async () => {
    const { stdout, stderr } = await run([
      HAB,
      "pkg",
      "search",
      "x",
      "-u",
      "http://127.0.0.1:1/",
      "-z",
      SECRET,
    ]);
    expect(stdout + stderr).not.toContain(SECRET);
  });
});

/** Waits until the process reads its standard input: by then it has started. */
async function reading(pid: number): Promise<void> {
  const until = performance.now() + 50_000;
  while (performance.now() < until) {
    const threads = [...new Bun.Glob("*").scanSync({ cwd: `/proc/${pid}/task`, onlyFiles: false })];
    for (const thread of threads) {
      try {
        const call = readFileSync(`/proc/${pid}/task/${thread}/syscall`, "utf8");
        if (/^0 0x0 /.test(call)) return;
      } catch {
        // The thread has ended.
      }
    }
    await Bun.sleep(5);
  }
  throw new Error("the process does not read its standard input");
}
