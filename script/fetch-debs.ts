// Downloads Debian packages into a source cache, checked as a build checks them: script/bun script/fetch-debs.ts CACHE NAME…
// Says which files it got. For plans/fetch; builds do the same themselves where they have a network.
import { join } from "node:path";
import { openArchive } from "../src/build/debian/archive.ts";
import { chooseMirrors } from "../src/build/debian/mirrors.ts";
import { findKeyring } from "../src/build/debian/signature.ts";
import { fetchDeb, isStored } from "../src/build/debian/store.ts";

/** Has the texts of licences that copyright files point to. */
const WITH_LICENCES = "base-files";

const [cache = "", ...names] = process.argv.slice(2);
const directory = join(cache, "debian");
const suite = process.env["HAB_DEBIAN_SUITE"] || "bookworm";
const named = { main: process.env["HAB_DEBIAN_MIRROR"], security: process.env["HAB_DEBIAN_SECURITY_MIRROR"] };
try {
  const index = await openArchive({
    directory,
    suite,
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    mirrors: chooseMirrors(named, suite),
    keyring: await findKeyring(process.env["HAB_DEBIAN_KEYRING"]),
    now: new Date(),
    say: (line) => console.log(`   ${line}`),
    warn: (line) => console.error(`   WARN: ${line}`),
  });
  for (const name of new Set([...names, WITH_LICENCES])) {
    const deb = index.newest(name);
    if (deb === undefined) throw new Error(`Debian ${suite} has no package '${name}'`);
    if (!isStored(deb, directory)) console.log(`   Downloading ${name} ${deb.version} of Debian ${suite}`);
    await fetchDeb(deb, { directory });
  }
} catch (error) {
  console.error(`plans/fetch: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
