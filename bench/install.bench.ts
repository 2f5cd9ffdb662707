// Installing one hart of 100 MB in 50 files from a file, packed as several xz blocks and as one, against the system's tools
// doing the same work: `xz -dc -T0 | tar -x` with `b2sum -l 256` of the same file beside it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB } from "./host.ts";
import { writeLargeRelease } from "./large-release.ts";
import { report, sideBySide } from "./measure.ts";
import { megabytes, output, spawned } from "./spawned.ts";

const RUNS = 3;

const root = mkdtempSync(join(tmpdir(), "hab-bench-install-"));
const fsRoot = join(root, "fs");
const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  FS_ROOT: fsRoot,
  // Where install looks, too: the key stays there from run to run.
  HAB_CACHE_KEY_PATH: join(fsRoot, "hab/cache/keys"),
  HAB_LICENSE: "accept-no-persist",
};

/** Where the payload begins: after the header's empty line. */
function payloadOffset(hart: string): number {
  return readFileSync(hart).indexOf("\n\n") + 2;
}

try {
  output([HAB, "origin", "key", "generate", "bench"], env);
  const ident = "bench/large/1.0.0/20260101000000";
  writeLargeRelease(root, ident);
  const target = join(root, "unpacked");
  for (const [name, pack, aim] of [
    ["several blocks", "xz -1 -T0 --block-size=4MiB", 1.2],
    ["one block", "xz -1 -T1", 1.1],
  ] as const) {
    const payload = join(root, "payload.tar.xz");
    const hart = join(root, "bench-large-1.0.0-20260101000000-x86_64-linux.hart");
    output(["sh", "-c", `tar -C "${root}" -c "hab/pkgs/${ident}" | ${pack} >"${payload}"`], env);
    output([HAB, "pkg", "sign", "--origin", "bench", payload, hart], env);
    const unpack = `tail -c +${payloadOffset(hart) + 1} "${hart}" | xz -dc -T0 | tar -x -C "${target}"`;
    let peakBytes = 0;
    const reference = (script: string) => () => {
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target);
      spawned(["sh", "-c", script], env);
    };
    const subject = {
      name: `install 100 MB in 50 files, ${megabytes(statSync(hart).size)} packed, ${name}`,
      run() {
        for (const place of ["hab/pkgs", "hab/cache/artifacts"])
          rmSync(join(fsRoot, place), { recursive: true, force: true });
        peakBytes = Math.max(peakBytes, spawned([HAB, "pkg", "install", hart], env).peakBytes);
      },
    };
    const beside = await sideBySide({
      subject,
      reference: {
        name: "xz | tar with b2sum beside it",
        run: reference(`b2sum -l 256 "${hart}" & ${unpack}; wait`),
      },
      runs: RUNS,
      aim: { value: aim },
    });
    report({ ...beside, note: `peak ${megabytes(peakBytes)}` });
    for (const [title, script] of [
      ["b2sum, then xz | tar", `b2sum -l 256 "${hart}"; ${unpack}`],
      // What an install does, too: a copy of the hart is kept, and all of it is on the disk at the end.
      [
        "xz | tar with b2sum beside it, hart kept, all synced",
        `b2sum -l 256 "${hart}" & ${unpack}; cp "${hart}" "${target}"; wait; sync -f "${target}"`,
      ],
    ] as const)
      report(await sideBySide({ subject, reference: { name: title, run: reference(script) }, runs: 2 }));
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
