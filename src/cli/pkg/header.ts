// `hab pkg header` (reference/packages.md §8).
import { formatNamedRevision } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { readHartHeader } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { existingFile } from "../values.ts";

export const command = defineCommand({
  summary: "Print the header of a hart",
  description: "Shows which key the file names as its signer. Nothing is verified: hab pkg verify does that.",
  examples: [
    { command: "hab pkg header acme-app-1.0.0-20260101000000-x86_64-linux.hart", explains: "its header" },
  ],
  args: { source: argument({ value: "SOURCE", help: "A hart", type: existingFile }) },
  helpIfBare: true,
  json: true,
  async run({ args, ui, stdout, json, printJson }) {
    ui.begin(`Reading package header for ${args.source}`);
    ui.br();
    try {
      const header = await readHartHeader(args.source);
      const key = formatNamedRevision(header.signer);
      if (json) {
        const { formatVersion: format_version, hashType: hash_type, rawSignature: signature_raw } = header;
        printJson({ path: args.source, format_version, key_name: key, hash_type, signature_raw });
        return;
      }
      stdout.write(`Package        : ${args.source}\nFormat Version : ${header.formatVersion}\n`);
      stdout.write(`Key Name       : ${key}\nHash Type      : ${header.hashType}\n`);
      stdout.write(`Raw Signature  : ${header.rawSignature}\n`);
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
      // Compat: a warning, and exit code 0 (reference/packages.md §8).
      ui.warn(`Failed to read package header: ${describeError(error)}`);
      if (json) printJson(null);
    }
  },
});
