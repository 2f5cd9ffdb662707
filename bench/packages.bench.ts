// Commands on packages: listing 5,000 installed releases, hashing 1 GB, running a package's program, and installing a
// package with 49 dependencies from a depot on this machine, cold and when all is there already.
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatKey } from "../src/crypto/index.ts";
import { makeHart, originKeys } from "../src/depot/testing/harts.ts";
import { HAB } from "./host.ts";
import { figure, report, sideBySide } from "./measure.ts";
import { megabytes, output, spawned } from "./spawned.ts";

const NAMES = 500;
const RELEASES = 10;
const CLOSURE = 50;
const HASHED_BYTES = 1_000_000_000;
const SHORT_RUNS = 40;

const root = mkdtempSync(join(tmpdir(), "hab-bench-packages-"));
const variables = (fsRoot: string) => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  FS_ROOT: join(root, fsRoot),
  HAB_LICENSE: "accept-no-persist",
});
let depot: Bun.Subprocess | undefined;

function writePackage(fsRoot: string, ident: string, files: Readonly<Record<string, string>> = {}): string {
  const directory = join(root, fsRoot, "hab/pkgs", ident);
  mkdirSync(directory, { recursive: true });
  const all = { IDENT: `${ident}\n`, TARGET: "x86_64-linux\n", ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(directory, name), text);
  return directory;
}

async function manyInstalled(): Promise<void> {
  for (let name = 0; name < NAMES; name++)
    for (let release = 0; release < RELEASES; release++)
      writePackage("many", `bench/name${name}/1.${release}.0/20260101000000`);
  const env = variables("many");
  let peakBytes = 0;
  const list = await sideBySide({
    subject: {
      name: "pkg list -a, 5,000 releases",
      run() {
        peakBytes = Math.max(peakBytes, spawned([HAB, "pkg", "list", "-a"], env).peakBytes);
      },
    },
    reference: {
      name: "find -name IDENT",
      run: () => spawned(["find", join(env.FS_ROOT, "hab/pkgs"), "-name", "IDENT"], env),
    },
    runs: 9,
    aim: { value: 3 },
  });
  report({ ...list, note: `peak ${megabytes(peakBytes)}` });
  report(
    await sideBySide({
      subject: {
        name: "pkg path o/p, 5,000 releases",
        run: () => spawned([HAB, "pkg", "path", "bench/name250"], env),
      },
      reference: { name: "git --version", run: () => spawned(["git", "--version"], env) },
      runs: SHORT_RUNS,
      by: "minimum",
      aim: { value: 2.5 },
    }),
  );
}

async function hash(): Promise<void> {
  const file = join(root, "hashed");
  const piece = crypto.getRandomValues(new Uint8Array(50_000)).toHex();
  const fd = openSync(file, "w");
  for (let written = 0; written < HASHED_BYTES; ) written += writeSync(fd, piece);
  closeSync(fd);
  const env = variables("none");
  let peakBytes = 0;
  const comparison = await sideBySide({
    subject: {
      name: "pkg hash, 1 GB",
      run() {
        peakBytes = Math.max(peakBytes, spawned([HAB, "pkg", "hash", file], env).peakBytes);
      },
    },
    reference: { name: "b2sum -l 256", run: () => spawned(["b2sum", "-l", "256", file], env) },
    runs: 3,
    aim: { value: 0.7 },
  });
  report({ ...comparison, note: `peak ${megabytes(peakBytes)}` });
  rmSync(file);
}

async function exec(): Promise<void> {
  const env = variables("many");
  const ident = "bench/tool/1.0.0/20260101000000";
  const directory = writePackage("many", ident, { PATH: `/hab/pkgs/${ident}/bin\n` });
  mkdirSync(join(directory, "bin"));
  copyFileSync("/bin/true", join(directory, "bin/tool"));
  report(
    await sideBySide({
      subject: {
        name: "pkg exec of a small program",
        run: () => spawned([HAB, "pkg", "exec", "bench/tool", join(directory, "bin/tool")], env),
      },
      reference: { name: "the program itself", run: () => spawned([join(directory, "bin/tool")], env) },
      runs: SHORT_RUNS,
      by: "minimum",
    }),
  );
}

/** Starts a depot that has bench/p0 … bench/p49, each of which needs all before it. Gives its address. */
async function depotWithClosure(): Promise<string> {
  const data = join(root, "depot");
  const keys = join(root, "keys");
  const settings: Record<string, string> = { ...variables("publisher"), HAB_CACHE_KEY_PATH: keys };
  const child = Bun.spawn([HAB, "depot", "run", "--data", data, "--listen", "127.0.0.1:0", "--json"], {
    env: settings,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  depot = child;
  for await (const chunk of child.stdout) {
    settings["HAB_BLDR_URL"] = (JSON.parse(Buffer.from(chunk).toString()) as { url: string }).url;
    break;
  }
  output([HAB, "depot", "user", "create", "bench", "--data", data], settings);
  settings["HAB_AUTH_TOKEN"] = output([HAB, "depot", "token", "create", "bench", "--data", data], settings);
  mkdirSync(keys);
  const { publicKey, secretKey } = originKeys("bench");
  const name = join(keys, `bench-${publicKey.id.revision}`);
  writeFileSync(`${name}.pub`, formatKey(publicKey), { mode: 0o400 });
  writeFileSync(`${name}.sig.key`, formatKey(secretKey).reveal(), { mode: 0o400 });
  output([HAB, "origin", "create", "bench"], settings);
  output([HAB, "origin", "key", "upload", "bench"], settings);
  const idents: string[] = [];
  for (let index = 0; index < CLOSURE; index++) {
    const ident = `bench/p${index}/1.0.0/20260101000000`;
    const lines = idents.map((each) => `${each}\n`).join("");
    const { bytes } = await makeHart(ident, lines === "" ? {} : { DEPS: lines, TDEPS: lines });
    const file = join(root, `bench-p${index}-1.0.0-20260101000000-x86_64-linux.hart`);
    writeFileSync(file, bytes);
    output([HAB, "pkg", "upload", "--channel", "base", file], settings);
    idents.push(ident);
  }
  return settings["HAB_BLDR_URL"] ?? "";
}

/** An empty program compiled as ours is: what Bun itself takes. */
function emptyProgram(): string {
  const source = join(root, "empty.ts");
  const program = join(root, "empty");
  writeFileSync(source, "");
  const bun = resolve(import.meta.dir, "../node_modules/@oven/bun-linux-x64-baseline/bin/bun");
  output(
    [bun, "build", "--compile", "--bytecode", "--format=esm", source, `--outfile=${program}`],
    variables("none"),
  );
  return program;
}

async function closure(): Promise<void> {
  const env = { ...variables("installed"), HAB_BLDR_URL: await depotWithClosure() };
  const install = [HAB, "pkg", "install", `bench/p${CLOSURE - 1}`];
  const cold: number[] = [];
  let peakBytes = 0;
  for (let run = 0; run < 4; run++) {
    rmSync(env.FS_ROOT, { recursive: true, force: true });
    const result = spawned(install, env);
    if (run > 0) cold.push(result.milliseconds);
    peakBytes = Math.max(peakBytes, result.peakBytes);
  }
  const name = `pkg install, closure of ${CLOSURE}`;
  report({ subject: figure(`${name}, cold`, "ms", cold), note: `peak ${megabytes(peakBytes)}` });
  const empty = emptyProgram();
  for (const [reference, command] of [
    ["an empty program of Bun", [empty]],
    ["hab --version", [HAB, "--version"]],
  ] as const)
    report(
      await sideBySide({
        subject: { name: `${name}, installed`, run: () => spawned(install, env) },
        reference: { name: reference, run: () => spawned(command, env) },
        runs: 15,
        by: "minimum",
      }),
    );
}

try {
  await manyInstalled();
  await exec();
  await hash();
  await closure();
} finally {
  depot?.kill();
  await depot?.exited;
  rmSync(root, { recursive: true, force: true });
}
