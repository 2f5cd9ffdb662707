// Exporting a closure of 100 MB from a hart, against `xz -dc | tar -x` of the hart and `tar -c | gzip` of the same files, which is
// what the export does.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB } from "./host.ts";
import { writeLargeRelease } from "./large-release.ts";
import { report } from "./measure.ts";
import { inPairs } from "./pairs.ts";
import { megabytes, output, spawned } from "./spawned.ts";

const RUNS = 3;
const IDENT = "bench/large/1.0.0/20260101000000";

const root = mkdtempSync(join(tmpdir(), "hab-bench-export-"));
const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  FS_ROOT: join(root, "fs"),
  HAB_CACHE_KEY_PATH: join(root, "fs/hab/cache/keys"),
  HAB_LICENSE: "accept-no-persist",
};

try {
  output([HAB, "origin", "key", "generate", "bench"], env);
  writeLargeRelease(root, IDENT);
  const payload = join(root, "payload.tar.xz");
  const hart = join(root, "bench-large-1.0.0-20260101000000-x86_64-linux.hart");
  output(
    ["sh", "-c", `tar -C "${root}" -c "hab/pkgs/${IDENT}" | xz -1 -T0 --block-size=4MiB >"${payload}"`],
    env,
  );
  output([HAB, "pkg", "sign", "--origin", "bench", payload, hart], env);
  const target = join(root, "unpacked");
  let peakBytes = 0;
  const comparisons = await inPairs({
    subject: {
      name: "pkg export tar, 100 MB in 50 files, packages only",
      measure() {
        const words = ["pkg", "export", "tar", hart, "--no-hab-bin", "--output", join(root, "export.tar.gz")];
        const ended = spawned([HAB, ...words], env);
        peakBytes = Math.max(peakBytes, ended.peakBytes);
        return ended;
      },
    },
    reference: {
      name: "xz | tar, then tar | gzip",
      measure() {
        rmSync(target, { recursive: true, force: true });
        mkdirSync(target);
        const unpack = `xz -dc -T0 "${payload}" | tar -x -C "${target}"`;
        return spawned(
          ["sh", "-c", `${unpack}; tar -C "${target}" -c hab | gzip >"${root}/reference.tar.gz"`],
          env,
        );
      },
    },
    metrics: [
      { name: "time", unit: "ms", of: ({ milliseconds }) => milliseconds, aim: { value: 1 } },
      { name: "processor time", unit: "ms", of: ({ cpuMilliseconds }) => cpuMilliseconds, aim: { value: 1 } },
    ],
    runs: RUNS,
    note: () => `peak ${megabytes(peakBytes)}`,
  });
  for (const comparison of comparisons) report(comparison);
} finally {
  rmSync(root, { recursive: true, force: true });
}
