// `hab pkg hash` (reference/cli.md §10.7).
import { hashFile } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { packageErrors } from "../../package/index.ts";
import { defineCommand, optionalArgument } from "../command.ts";
import { existingFile } from "../values.ts";

export const command = defineCommand({
  summary: "Print the BLAKE2b-256 hash of files",
  description: "Without a file, the names of the files are read from standard input, one a line.",
  examples: [
    { command: "hab pkg hash core-redis.hart", explains: "the hash of one file" },
    { command: "find . -type f | hab pkg hash", explains: "a line for each" },
  ],
  args: { source: optionalArgument({ value: "SOURCE", help: "File to hash", type: existingFile }) },
  json: true,
  async run({ args, stdout, readLine, signal, json, printJson }) {
    const hashes: { path: string; hash: string }[] = [];
    const add = async (path: string): Promise<void> => {
      const hash = await hashOf(path);
      hashes.push({ path, hash });
      if (!json) stdout.write(`${hash}  ${path}\n`);
    };
    if (args.source !== undefined) await add(args.source);
    else
      for (let line = await readLine(); line !== undefined; line = await readLine()) {
        signal.throwIfAborted();
        await add(line.trimEnd());
      }
    if (json) printJson({ files: hashes });
  },
});

async function hashOf(path: string): Promise<string> {
  try {
    return await hashFile(path);
  } catch (cause) {
    throw new HabError(packageErrors.unreadableFile, `Cannot read '${path}'`, { cause });
  }
}
