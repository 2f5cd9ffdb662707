// Installs that end in the middle: killed, or with no room left. Nothing is half-installed, and the next one succeeds.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../crypto/index.ts";
import { HAB_WORDS } from "../host/testing/hab-program.ts";
import { writeArchive } from "./pack.ts";

const scratch = mkdtempSync(join(tmpdir(), "hab-crash-"));
const hart = join(scratch, "big.hart");
const ident = "crash/big/1.0/20260101000000";
const pair = generateOriginKeyPair("crash", new Date(0));

beforeAll(async () => {
  const directory = join(scratch, "source/hab/pkgs", ident);
  mkdirSync(directory, { recursive: true });
  const noise = crypto.getRandomValues(new Uint8Array(65_536));
  for (const [name, text] of [
    ["IDENT", ident],
    ["TARGET", "x86_64-linux"],
    ["MANIFEST", "# big"],
  ] as const)
    writeFileSync(join(directory, name), text);
  for (let i = 0; i < 40; i++)
    writeFileSync(join(directory, `file${i}`), Buffer.concat(Array(8).fill(noise)));
  await writeArchive({
    directory,
    root: join(scratch, "source"),
    destination: hart,
    key: pair.secretKey,
    compressionLevel: 0,
    epochSeconds: 0,
  });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function machine(name: string): string {
  const root = join(scratch, name);
  const keys = new KeyCache(join(root, "hab/cache/keys"));
  keys.setup();
  keys.write(pair.publicKey);
  return root;
}

const environment = (root: string) => ({
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: root,
  FS_ROOT: root,
  HAB_LICENSE: "accept-no-persist",
  HAB_NOCOLORING: "1",
});
const words = ["pkg", "install", "--ignore-install-hook", hart];

function install(root: string) {
  return Bun.spawn([...HAB_WORDS, ...words], {
    env: environment(root),
    stdout: "pipe",
    stderr: "pipe",
  });
}

test("kill -9 while unpacking leaves nothing installed, and the next install sweeps and succeeds", async () => {
  const root = machine("killed");
  const version = join(root, "hab/pkgs/crash/big/1.0");
  mkdirSync(version, { recursive: true });
  const child = install(root);
  const started = new Promise<void>((resolve) => {
    const watcher = watch(version, () => {
      if (!readdirSync(version).some((name) => name.startsWith(".hab-pkg-install"))) return;
      watcher.close();
      resolve();
    });
    void child.exited.then(() => {
      watcher.close();
      resolve();
    });
  });
  await started;
  child.kill("SIGKILL");
  await child.exited;
  // Either it was cut short, or it had just finished: never something in between.
  const complete = existsSync(join(version, "20260101000000/TARGET"));
  if (complete) expect(readdirSync(join(version, "20260101000000")).length).toBe(43);
  else expect(existsSync(join(version, "20260101000000"))).toBe(false);
  const again = install(root);
  expect(await again.exited).toBe(0);
  expect(readdirSync(join(version, "20260101000000")).length).toBe(43);
  expect(readdirSync(version)).toEqual(["20260101000000"]);
});

const canMount = Bun.spawnSync(["unshare", "-m", "true"]).exitCode === 0;

test.skipIf(!canMount)("a full disk is said, and leaves nothing", async () => {
  const root = machine("full");
  const small = join(root, "hab/pkgs");
  mkdirSync(small, { recursive: true });
  const script =
    'mount -t tmpfs -o size=8m none "$1" && shift && "$@"; code=$?; find "$DISK" -mindepth 1; exit $code';
  const child = Bun.spawn(["unshare", "-m", "sh", "-c", script, "sh", small, ...HAB_WORDS, ...words], {
    env: { ...environment(root), DISK: small },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect(await child.exited).toBe(1);
  expect(stderr).toContain("HAB-PKG-036");
  expect(stdout).not.toContain(small);
});
