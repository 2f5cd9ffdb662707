// New releases of packages of plans/ for tests of upgrades: the same files under another release, as a hart that a depot takes. To
// build the plan again would show no more, and takes minutes for the largest; to pack all of them, seconds. So files that are large
// are links to those of the release before, which stays.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { KeyCache } from "../../src/crypto/index.ts";
import { writeArchive } from "../../src/package/index.ts";
import type { ServiceRing } from "./service-ring.ts";

export interface NextRelease {
  readonly name: string;
  readonly release: string;
  /** On the host, and on all machines by the same path. */
  readonly hart: string;
}

const RELEASE = "29991231235959";

/** Makes the hart of a newer release of a package the ring's machines have, in a directory of their own. */
export async function nextRelease(ring: ServiceRing, name: string, directory: string): Promise<NextRelease> {
  const present = ring.newest(name);
  const root = join(directory, name);
  const from = join(ring.packages.directory, "pkgs", present.path);
  const to = join(root, "hab/pkgs", dirname(present.path), RELEASE);
  mkdirSync(dirname(to), { recursive: true });
  const script = `cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }
    grep -rlaFZ --exclude-dir=bin --exclude-dir=sbin --exclude-dir=lib "$3" "$2" | LC_ALL=C xargs -0 -r sed -i "s|$3|$4|g"
    cd "$2"
    find bin sbin lib share -type f -size +32k 2>/dev/null | while read -r file; do ln -sfn "$5/$file" "$file"; done || :`;
  // By its whole name: another package may have been built in the same second.
  const next = join(dirname(present.path), RELEASE);
  const words = [from, to, present.path, next, join("/hab/pkgs", present.path)];
  const { status, stderr } = spawnSync("bash", ["-ec", script, "sh", ...words]);
  if (status !== 0) throw new Error(String(stderr));
  const keys = new KeyCache(join(ring.packages.directory, "keys"));
  const revision = keys.revisions("origin-secret", "core").at(-1);
  if (revision === undefined) throw new Error("there is no key that signs for core");
  const hart = join(directory, `core-${name}-${RELEASE}.hart`);
  await writeArchive({
    directory: to,
    root,
    destination: hart,
    key: keys.get("origin-secret", revision),
    compressionLevel: 0,
    epochSeconds: 1_700_000_000,
  });
  rmSync(root, { recursive: true });
  return { name, release: RELEASE, hart };
}

/** Lets a machine install releases of these packages: what is below its /hab/pkgs is shared with others and with other tests. */
export async function ownReleases(
  ring: ServiceRing,
  machine: number,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const { path, release } = ring.newest(name);
    const present = join("/hab/pkgs", path);
    const own = join(ring.machine(machine).directory, `releases-of-${name}`);
    const script = `mkdir -p "$1/$3"; mount --bind "$2" "$1/$3"; mount --rbind "$1" "\${2%/*}"`;
    await ring.run(machine, ["sh", "-ec", script, "sh", own, present, release]);
  }
}
