// `hab pkg verify` (reference/packages.md §5.4, §8). That it takes an installed package too is ours.
import { join } from "node:path";
import { formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { artifactCachePath, isRegularFile } from "../../host/index.ts";
import {
  artifactFileName,
  findInstalled,
  formatIdent,
  type InstalledPackage,
  packageErrors,
  verifyHart,
  verifyInstalled,
} from "../../package/index.ts";
import { argument, defineCommand, option, usageProblem } from "../command.ts";
import { plainIdentType } from "../ident-types.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { existingFile } from "../values.ts";

export const command = defineCommand({
  summary: "Check the signature of a hart, or an installed package against its hart",
  description:
    "Uses the keys in the key cache and fetches none. Of an installed package every file is compared with the signed hart; exit code 1 when anything differs.",
  examples: [
    { command: "hab pkg verify app.hart", explains: "who signed it, and that nothing has changed since" },
    {
      command: "hab pkg verify core/redis",
      explains: "the installed files, against the hart in the artifact cache",
    },
    { command: "hab pkg verify --hart app.hart acme/app", explains: "the same, against this hart" },
  ],
  args: {
    source: argument({
      value: "SOURCE",
      help: "A hart, or an installed package (core/redis)",
      completes: ["file", "installed-package"],
      type: hartOrInstalled,
    }),
  },
  options: {
    cacheKeyPath: cacheKeyPathOption(),
    hart: option({
      long: "hart",
      value: "FILE",
      help: "The hart of the installed package (else the one in the artifact cache)",
      type: existingFile,
    }),
  },
  helpIfBare: true,
  json: true,
  async run({ args: { source }, options, ui, stdout, json, printJson }) {
    const keys = new KeyCache(options.cacheKeyPath);
    if (typeof source === "string") {
      if (options.hart !== undefined)
        throw usageProblem("--hart goes with an installed package, not with a hart");
      ui.begin(`Verifying artifact ${source}`);
      const { signer, hash } = await verifyHart(source, keys);
      const key = formatNamedRevision(signer);
      ui.status("Verified", `checksum ${hash} signed with ${key}`);
      ui.end(`Verified artifact ${source}.`);
      if (json) printJson({ path: source, checksum: hash, key });
      return;
    }
    const ident = formatIdent(source.ident);
    const hart = options.hart ?? cachedHart(source);
    ui.begin(`Verifying installed package ${ident} against ${hart}`);
    const { checksum, key, differences } = await verifyInstalled(source, hart, keys);
    ui.status("Verified", `checksum ${checksum} signed with ${key}`);
    if (json) printJson({ path: hart, ident, checksum, key, differences });
    else
      stdout.write(
        differences.map(({ path, problem }) => `${problem}: ${JSON.stringify(path).slice(1, -1)}\n`).join(""),
      );
    if (differences.length > 0)
      throw new HabError(
        packageErrors.installedDiffers,
        `${ident} differs from its hart in ${differences.length} ${differences.length === 1 ? "place" : "places"}`,
        { next: `Install it anew: hab pkg uninstall ${ident}, then hab pkg install ${hart}` },
      );
    ui.end(`Verified installed package ${ident}.`);
  },
});

/** The path of a file, or an installed package. To what is neither the error is the original's, about files. */
function hartOrInstalled(text: string): string | InstalledPackage {
  return (isRegularFile(text) ? undefined : installedNamed(text)) ?? existingFile(text);
}

function installedNamed(text: string): InstalledPackage | undefined {
  try {
    return findInstalled(plainIdentType(text));
  } catch {
    return undefined;
  }
}

function cachedHart({ ident }: InstalledPackage): string {
  const path = join(artifactCachePath(), artifactFileName(ident));
  if (isRegularFile(path)) return path;
  const text = formatIdent(ident);
  throw new HabError(packageErrors.hartNotCached, `${path} does not exist`, {
    next: `Get it: hab pkg download ${text}; or name it: hab pkg verify --hart FILE ${text}`,
  });
}
