// Building packages: a trivial plan, one with 60 dependencies, one of 100 MB, one of 20,000 small files. The original's own
// figures (0.24 s for the trivial plan, 66 times `bash -c :`) are in no run of this; what runs beside is the plain tool.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB } from "./host.ts";
import { report, sideBySide } from "./measure.ts";
import { megabytes, output, spawned } from "./spawned.ts";

const DEPENDENCIES = 60;
const SMALL_FILES = 20_000;
const LARGE_BYTES = 100_000_000;
const SHORT_RUNS = 20;

const root = mkdtempSync(join(tmpdir(), "hab-bench-build-"));
const hab = join(root, "hab");
const results = join(root, "results");
const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  TERM: "dumb",
  HAB_LICENSE: "accept-no-persist",
  HAB_ROOT_PATH: hab,
  FS_ROOT: root,
  HAB_CACHE_KEY_PATH: join(root, "keys"),
  HAB_OUTPUT_PATH: results,
  HAB_BENCH_CONTENT: join(root, "content"),
  NO_INSTALL_DEPS: "true",
};

function plan(name: string, more: string): string {
  const directory = join(root, "plans", name);
  mkdirSync(directory, { recursive: true });
  const text = `pkg_name=${name}\npkg_origin=bench\npkg_version=1.0\ndo_build() { return 0; }\n${more}\n`;
  writeFileSync(join(directory, "plan.sh"), text);
  return directory;
}

const ONE_FILE = 'do_install() { echo content >"$pkg_prefix/file"; }';
let peakBytes = 0;

/** A build, after which the disk is as before. */
function build(directory: string): void {
  const { peakBytes: peak } = spawned([HAB, "pkg", "build", "--no-studio", directory], env);
  peakBytes = Math.max(peakBytes, peak);
  for (const left of [results, join(hab, "cache"), join(hab, "pkgs/bench")])
    rmSync(left, { recursive: true, force: true });
}

/** Releases that each need all before them, as a deep closure does, in an origin that `build` leaves alone. */
function writeDependencies(): string[] {
  const idents: string[] = [];
  for (let index = 0; index < DEPENDENCIES; index++) {
    const ident = `deps/d${index}/1.0/20260101000000`;
    const directory = join(hab, "pkgs", ident);
    mkdirSync(join(directory, "bin"), { recursive: true });
    const lines = idents.map((each) => `${each}\n`).join("");
    const files: Record<string, string> = {
      IDENT: `${ident}\n`,
      TARGET: "x86_64-linux\n",
      PATH: `${directory}/bin\n`,
      CFLAGS: `-I${directory}/include\n`,
      LDFLAGS: `-L${directory}/lib\n`,
      LD_RUN_PATH: `${directory}/lib\n`,
      RUNTIME_ENVIRONMENT: `HOME_OF_${index}=${directory}\nPATH=${directory}/bin\n`,
      ...(lines !== "" && { DEPS: lines, TDEPS: lines }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    idents.unshift(ident);
  }
  return idents.map((ident) => ident.split("/").slice(0, 2).join("/"));
}

async function short(): Promise<void> {
  const trivial = plan("trivial", ONE_FILE);
  report(
    await sideBySide({
      subject: { name: "trivial plan", run: () => build(trivial) },
      reference: { name: "bash -c :", run: () => spawned(["bash", "-c", ":"], env) },
      runs: SHORT_RUNS,
      by: "minimum",
      // A fifth of the original's 66.
      aim: { value: 13.2 },
    }),
  );
  const many = plan("many-dependencies", `pkg_deps=(${writeDependencies().join(" ")})\n${ONE_FILE}`);
  report(
    await sideBySide({
      subject: { name: `plan with ${DEPENDENCIES} dependencies`, run: () => build(many) },
      reference: { name: "with none", run: () => build(trivial) },
      runs: SHORT_RUNS,
      by: "minimum",
      aim: { value: 3 },
    }),
  );
}

/** Bytes that compress to about half, as programs do. */
function writeContent(): void {
  mkdirSync(env.HAB_BENCH_CONTENT);
  const piece = Buffer.alloc(1_000_000);
  for (let file = 0; file * piece.length < LARGE_BYTES; file++) {
    crypto.getRandomValues(piece.subarray(0, 65_536));
    for (let at = 65_536; at < piece.length; at++)
      piece[at] = at % 2 === 0 ? (piece[at % 65_536] ?? 0) ^ (at >> 10) : (at >> 4) & 0xff;
    writeFileSync(join(env.HAB_BENCH_CONTENT, `file${file}`), piece);
  }
}

async function large(): Promise<void> {
  writeContent();
  const directory = plan("large", 'do_install() { cp -r "$HAB_BENCH_CONTENT" "$pkg_prefix/content"; }');
  const packed = join(root, "packed");
  const plain = `cp -r "$1" "$2.d" && tar -C "$2.d" -c . | xz -6 -T0 >"$2" && find "$2.d" -type f -exec b2sum -l 256 {} + >/dev/null && b2sum -l 256 "$2" && sha256sum "$2" && rm -rf "$2" "$2.d"`;
  peakBytes = 0;
  const comparison = await sideBySide({
    subject: { name: "plan of 100 MB", run: () => build(directory) },
    reference: {
      name: "cp, tar | xz -6 -T0, b2sum, sha256sum",
      run: () => output(["bash", "-c", plain, "bash", env.HAB_BENCH_CONTENT, packed], env),
    },
    runs: 3,
    aim: { value: 1.1 },
  });
  report({ ...comparison, note: `peak ${megabytes(peakBytes)}` });
}

async function small(): Promise<void> {
  const make = `mkdir -p "$1" && cd "$1" && for d in $(seq ${SMALL_FILES / 100}); do mkdir $d; for f in $(seq 100); do echo $d $f >$d/$f; done; done`;
  const directory = plan("small", `do_install() { (set -- "$pkg_prefix/files"; ${make}); }`);
  const plain = `(${make}); tar -C "$1" -c . | xz -6 -T0 >"$1.xz"; find "$1" -type f -exec b2sum -l 256 {} + >/dev/null; rm -rf "$1" "$1.xz"`;
  peakBytes = 0;
  const comparison = await sideBySide({
    subject: { name: `plan of ${SMALL_FILES} small files`, run: () => build(directory) },
    reference: {
      name: "the same by tar, xz and b2sum",
      run: () => output(["bash", "-c", plain, "bash", join(root, "files")], env),
    },
    runs: 3,
    aim: { value: 2 },
  });
  report({ ...comparison, note: `peak ${megabytes(peakBytes)}` });
}

try {
  output([HAB, "origin", "key", "generate", "bench", "--cache-key-path", env.HAB_CACHE_KEY_PATH], env);
  await short();
  await small();
  await large();
} finally {
  rmSync(root, { recursive: true, force: true });
}
