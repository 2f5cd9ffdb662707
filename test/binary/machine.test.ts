// The program on machines that have little: no Node, no Bun, nothing beside it, an old processor, no place to unpack to.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, run } from "./program.ts";

let directory: string;
let alone: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-machine-"));
  mkdirSync(join(directory, "bin"));
  alone = join(directory, "bin", "hab");
  copyFileSync(HAB, alone);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const quiet = { HAB_NOCOLORING: "1" };

describe("alone", () => {
  test("with an empty PATH, nothing beside it, and another name", async () => {
    expect(await run([alone, "--version"], { env: { PATH: "" } })).toMatchObject({
      code: 0,
      stdout: "hab 2.1.78\n",
    });
    const check = await run([alone, "self-check"], { env: { ...quiet, PATH: "" } });
    expect(check).toMatchObject({ code: 0, stderr: "" });
  });

  test("leaves nothing in the temporary directory", async () => {
    const temporary = join(directory, "tmp");
    mkdirSync(temporary);
    await run([alone, "self-check"], { env: { ...quiet, TMPDIR: temporary } });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("exit codes (reference/cli.md §2.3, §7)", () => {
  test.each<[string[], number]>([
    [["--version"], 0],
    [["-V"], 0],
    [["--help"], 0],
    [["help", "license"], 0],
    [[], 2],
    [["license"], 2],
    [["nothere"], 2],
    [["license", "accept", "--nope"], 2],
    [["sup", "sh"], 69],
    [["studio"], 1],
  ])("hab %j: %i", async (words, code) => {
    expect((await run([alone, ...words])).code).toBe(code);
  });

  test("output that nobody reads ends the program quietly", async () => {
    const script = `exec 3> >(exit 0); wait $!; "${alone}" help >&3; echo $?`;
    const { stdout, stderr } = await run(["bash", "-c", script]);
    expect(stdout).toBe("141\n");
    expect(stderr).toBe("");
  });
});

describe("an old processor", () => {
  const qemu = Bun.which("qemu-x86_64") ?? Bun.which("qemu-x86_64-static");
  // Westmere: 2010, SSE4.2 and no AVX. qemu does what the kernel would: an unknown instruction is SIGILL.
  const emulated = (words: string[]) => [qemu ?? "qemu-x86_64", "-cpu", "Westmere", alone, ...words];

  test("qemu-user is installed (script/bootstrap --test does it)", () => {
    expect(qemu).not.toBeNull();
  });

  test("runs, encrypts, packs and unpacks without AVX", async () => {
    expect(await run(emulated(["--version"]))).toMatchObject({ code: 0, stdout: "hab 2.1.78\n" });
    const help = await run(emulated(["license", "--help"]));
    expect(help.code).toBe(0);
    const check = await run(emulated(["self-check", "--json"]), { env: quiet });
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true });
  }, 120_000);
});

describe("a temporary directory mounted noexec", () => {
  test.skipIf(process.geteuid?.() !== 0)("addons load all the same", async () => {
    const mount = join(directory, "noexec");
    mkdirSync(mount);
    const script = `mount -t tmpfs -o noexec none "${mount}" && TMPDIR="${mount}" "${alone}" self-check --json`;
    const { code, stdout } = await run(["unshare", "-m", "sh", "-c", script], {
      env: { ...quiet, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });
});

describe("a root with nothing but the C library", () => {
  test.skipIf(process.geteuid?.() !== 0)("runs, encrypts, packs and unpacks", async () => {
    const root = join(directory, "bare");
    const script = `
      set -e
      mkdir -p "$1/lib64" "$1/lib/x86_64-linux-gnu" "$1/tmp" "$1/proc" "$1/dev"
      for library in libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2; do
        cp "$(ldconfig -p | sed -n "s|.*$library (libc6,x86-64.*=> ||p" | head -1)" "$1/lib/x86_64-linux-gnu/"
      done
      cp /lib64/ld-linux-x86-64.so.2 "$1/lib64/"
      cp "$2" "$1/hab"
      mount -t proc proc "$1/proc"
      exec chroot "$1" /hab self-check --json`;
    const { code, stdout, stderr } = await run(
      ["unshare", "--mount", "sh", "-c", script, "sh", root, alone],
      { env: { ...quiet, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } },
    );
    expect(`${code} ${stderr}`).toStartWith("0 ");
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });
});

describe("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends a command that waits: exit code %i", async (signal, code) => {
    const asked = Promise.withResolvers<void>();
    using depot = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch() {
        asked.resolve();
        return new Promise<Response>(() => {});
      },
    });
    const child = Bun.spawn({
      cmd: [alone, "pkg", "search", "x", "-u", depot.url.href],
      env: { PATH: "/usr/bin:/bin", FS_ROOT: directory, ...quiet },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await asked.promise;
    child.kill(signal);
    await child.exited;
    expect(child.exitCode).toBe(code);
  });
});
