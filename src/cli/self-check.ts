// `hab self-check`: whether this program works on this machine. The parts that depend on the processor and the system
// (native code, WebAssembly, threads) are used for real on a small package.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache, loadBoxes } from "../crypto/index.ts";
import { describeError } from "../error/index.ts";
import { prepareRooms } from "../host/index.ts";
import { activeTarget, readArchive, Thread, verifyHart, writeArchive } from "../package/index.ts";
import { defineCommand } from "./command.ts";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}

/** More than one block of the xz stream, so that several threads have to work. */
const PAYLOAD_BYTES = 25 * 1024 * 1024;
const FAILED_EXIT_CODE = 1;

export const command = defineCommand({
  summary: "Check that this program works on this machine",
  description:
    "Encrypts, signs, packs and unpacks in a temporary directory. Use it when a machine is new, old or unusual: another " +
    "processor, a container without much in it, a hardened kernel.",
  examples: [{ command: "hab self-check", explains: "a line for each part, exit code 1 when one fails" }],
  json: true,
  async run({ ui, json, printJson }) {
    const checks = [
      await check("encryption (libsodium)", checkEncryption),
      await check("packages (Ed25519, BLAKE2b, xz)", checkPackage),
      await check("threads", checkThreads),
      await check("studios (C part)", async () => prepareRooms()),
    ];
    if (json) printJson({ ok: checks.every(({ ok }) => ok), checks });
    for (const { name, ok, problem } of checks) {
      if (ok) ui.status("Verified", name);
      else ui.warn(`${name}: ${problem}`);
    }
    return checks.every(({ ok }) => ok) ? 0 : FAILED_EXIT_CODE;
  },
});

async function check(name: string, work: () => Promise<void>): Promise<Check> {
  try {
    await work();
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, problem: describeError(error) };
  }
}

async function checkEncryption(): Promise<void> {
  const boxes = await loadBoxes();
  const key = new Uint8Array(32).fill(7);
  const sealed = boxes.secretboxSeal(key, new TextEncoder().encode("hab"));
  if (new TextDecoder().decode(boxes.secretboxOpen(key, sealed)) !== "hab")
    throw new Error("what was decrypted is not what was encrypted");
}

/** Without threads all works, only slower, so nobody else says it. */
async function checkThreads(): Promise<void> {
  const thread = await Thread.start();
  if (thread === undefined)
    throw new Error("none can be started: packages are packed and unpacked by one processor");
  thread.stop();
}

async function checkPackage(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "hab-self-check-"));
  try {
    const directory = join(root, "hab/pkgs/check/self/1.0/20260101000000");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "IDENT"), "check/self/1.0/20260101000000\n");
    writeFileSync(join(directory, "TARGET"), `${activeTarget()}\n`);
    writeFileSync(join(directory, "MANIFEST"), "# check\n");
    writeFileSync(join(directory, "payload"), new Uint8Array(PAYLOAD_BYTES));
    const pair = generateOriginKeyPair("check", new Date());
    const keys = new KeyCache(join(root, "keys"));
    keys.setup();
    keys.writePair(pair);
    const hart = join(root, "check.hart");
    await writeArchive({
      directory,
      root,
      destination: hart,
      key: pair.secretKey,
      compressionLevel: 0,
      epochSeconds: 0,
    });
    await verifyHart(hart, keys);
    const { ident } = await readArchive(hart);
    if (ident.name !== "self") throw new Error("the package came back as another one");
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
