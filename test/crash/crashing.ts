// Installing under strace: every system call that changes something is a point at which the program can be killed, or the
// disk can fail (strace(1), "Tampering").
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatKey, formatNamedRevision } from "../../src/crypto/index.ts";
import { makeHart, originKeys } from "../../src/depot/testing/harts.ts";
import { type Ended, HAB, run } from "../binary/program.ts";

const VECTORS = resolve(import.meta.dir, "../conformance/packages");
const KEY = "acme-20261123072809";
const HARTS: Readonly<Record<string, string>> = {
  "acme/base/1.0.0/20260101000001": "base",
  "acme/lib/2.1.0/20260101000002": "lib",
  "acme/web/3.0.0/20260101000003": "web",
};

/** Names of the system calls that change files or directories. */
export const CHANGING_CALLS = [
  "chmod",
  "fchmod",
  "copy_file_range",
  "fdatasync",
  "fsync",
  "ftruncate",
  "link",
  "mkdir",
  "openat",
  "pwrite64",
  "rename",
  "rmdir",
  "symlink",
  "syncfs",
  "unlink",
  "unlinkat",
  "utimensat",
  "write",
] as const;

export type ChangingCall = (typeof CHANGING_CALLS)[number];

/** A depot with three packages, of which the last needs the others, and the key they are signed with. */
export function startDepot(): {
  readonly url: string;
  readonly served: readonly string[];
  stop(): Promise<void>;
} {
  const served: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      const ident = /^\/v1\/depot\/pkgs\/(.*)\/download$/.exec(pathname)?.[1] ?? "";
      const hart = HARTS[ident];
      if (hart !== undefined) served.push(ident);
      if (hart !== undefined)
        return new Response(Bun.file(join(VECTORS, "harts", `${hart}.hart`)), {
          headers: { "X-Filename": `${hart}.hart` },
        });
      if (pathname === `/v1/depot/origins/acme/keys/${KEY.slice("acme-".length)}`)
        return new Response(Bun.file(join(VECTORS, "keys", `${KEY}.pub`)), {
          headers: { "X-Filename": `${KEY}.pub` },
        });
      return new Response("no", { status: 404 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, served, stop: () => server.stop(true) };
}

/** Where packages come from: a depot that has all of a closure, or one hart on the disk and the key it is signed with. */
export type Source =
  | { readonly url: string }
  | { readonly hart: Uint8Array; readonly key: { readonly name: string; readonly text: string } };

/** A hart of a few files. */
export function smallHart(): Source {
  return {
    hart: readFileSync(join(VECTORS, "harts/base.hart")),
    key: { name: KEY, text: readFileSync(join(VECTORS, "keys", `${KEY}.pub`), "utf8") },
  };
}

/** A hart of so many files that they are not synced one by one. */
export async function hartOfManyFiles(): Promise<Source> {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`file${i}`, `${i}`]));
  const { bytes } = await makeHart("acme/many/1.0.0/20260101000004", files);
  const { publicKey } = originKeys("acme");
  return { hart: bytes, key: { name: formatNamedRevision(publicKey.id), text: formatKey(publicKey) } };
}

const MEMORY = "/dev/shm";
const MEMORY_NEEDED_BYTES = 2 ** 28;

/**
 * Where roots lie: in memory where there is room. Which calls are made, and which of them are interrupted, is the same
 * there, but no sync waits for a disk. (A kill loses nothing written; what a power cut would is told from the record.)
 */
function placeForRoots(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    accessSync(MEMORY, constants.W_OK);
    return bavail * bsize >= MEMORY_NEEDED_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // there is no such place here
  }
}

const ROOTS = placeForRoots();

/** A root of its own, and installing into it. */
export class Machine {
  readonly root = mkdtempSync(join(ROOTS, "hab-crash-point-"));
  readonly #source: readonly string[];
  readonly #outside = mkdtempSync(join(ROOTS, "hab-crash-source-"));

  constructor(source: Source) {
    if ("hart" in source) {
      const keys = join(this.root, "hab/cache/keys");
      mkdirSync(keys, { recursive: true });
      writeFileSync(join(keys, `${source.key.name}.pub`), source.key.text);
      const hart = join(this.#outside, "package.hart");
      writeFileSync(hart, source.hart);
      this.#source = [hart];
    } else this.#source = ["acme/web/3.0.0/20260101000003", "--url", source.url];
  }

  /** Installs; `strace` are options of strace, under which it then runs. */
  install(strace: readonly string[] = []): Promise<Ended> {
    // The kernel stops it only for the calls that are traced.
    const under = strace.length === 0 ? [] : ["strace", "-f", "--seccomp-bpf", "-qq", ...strace];
    return run([...under, HAB, "pkg", "install", "--ignore-install-hook", ...this.#source], {
      env: {
        FS_ROOT: this.root,
        HOME: this.root,
        HAB_LICENSE: "accept-no-persist",
        HAB_NOCOLORING: "true",
        TMPDIR: tmpdir(),
      },
    });
  }

  /** Everything below the root with its type, mode and content: path → description. */
  tree(): Map<string, string> {
    const found = new Map<string, string>();
    const walk = (path: string, shown: string): void => {
      const status = lstatSync(path);
      const mode = (status.mode & 0o7777).toString(8);
      if (status.isDirectory()) {
        found.set(`${shown}/`, mode);
        for (const name of readdirSync(path)) walk(join(path, name), `${shown}/${name}`);
      } else if (status.isSymbolicLink()) found.set(shown, `-> ${readlinkSync(path)}`);
      else
        found.set(
          shown,
          `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16)}`,
        );
    };
    walk(this.root, "");
    return found;
  }

  /** Makes everything look two hours older, so that what is left behind counts as abandoned. */
  age(): void {
    const then = Date.now() / 1000 - 7200;
    const walk = (path: string): void => {
      if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
      lutimesSync(path, then, then);
    };
    for (const name of readdirSync(this.root)) walk(join(this.root, name));
  }

  [Symbol.dispose](): void {
    for (const each of [this.root, this.#outside]) rmSync(each, { recursive: true, force: true });
  }
}

/** Names of temporary places: whatever is below them is not there for anybody. */
export function isTemporary(path: string): boolean {
  return /\/\.(hab-pkg-install|tmp)/.test(path);
}

/** A call that changed something below the root, and how to make it fail: the `count`th of that name in its thread. */
export interface Point {
  readonly name: string;
  readonly count: number;
  /** As strace shows it, with the paths of descriptors. */
  readonly line: string;
}

/** Installs under strace and gives the points, in order. */
export async function recordPoints(machine: Machine): Promise<Point[]> {
  const record = join(machine.root, "strace.log");
  const trace = `trace=${CHANGING_CALLS.join(",")}`;
  const { code, stderr } = await machine.install(["-y", "-s", "4096", "-o", record, "-e", trace]);
  if (code !== 0) throw new Error(`the install under strace failed: ${stderr}`);
  const points = parseRecord(readFileSync(record, "utf8"), machine.root);
  rmSync(record);
  return points;
}

/** The two halves of a call that another thread interrupted are put together; calls that failed are left out. */
function parseRecord(text: string, root: string): Point[] {
  const unfinished = new Map<string, string>();
  const counts = new Map<string, number>();
  const points: Point[] = [];
  for (const raw of text.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(raw) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      unfinished.set(thread, rest.slice(0, -"<unfinished ...>".length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const line = resumed === null ? rest : `${unfinished.get(thread) ?? ""}${resumed[1]}`;
    const name = /^(\w+)\(/.exec(line)?.[1];
    if (name === undefined) continue;
    const count = (counts.get(`${thread} ${name}`) ?? 0) + 1;
    counts.set(`${thread} ${name}`, count);
    const changes = name !== "openat" || line.includes("O_CREAT");
    if (changes && line.includes(root) && !/ = -1 /.test(line)) points.push({ name, count, line });
  }
  return points;
}
