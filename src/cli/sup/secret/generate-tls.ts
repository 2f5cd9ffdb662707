// `hab sup secret generate-tls` (reference/cli.md §10.11).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../../error/index.ts";
import { keyCachePath, writeFileWhole } from "../../../host/index.ts";
import { defineCommand, option, optionalArgument } from "../../command.ts";
import { cliErrors } from "../../errors.ts";

export const command = defineCommand({
  summary: "Generate a key and a self-signed certificate for the control gateway",
  description: "The certificate is for NAME and localhost. Only its owner may read the key file.",
  examples: [
    {
      command: "hab sup secret generate-tls --subject-alternative-name sup.example.com",
      explains: "into the key cache",
    },
  ],
  args: {
    path: optionalArgument({
      value: "path",
      help: "Directory of the two files (default: ctl in the key cache, /hab/cache/keys/ctl for root)",
      completes: "directory",
    }),
  },
  options: {
    name: option({
      long: "subject-alternative-name",
      required: true,
      help: "DNS name under which the Supervisor is reached",
    }),
  },
  json: true,
  hasVersion: false,
  async run({ args, options, json, printJson }) {
    if (!isDnsName(options.name)) {
      throw new HabError(cliErrors.invalidDnsName, `Invalid DNS name: ${options.name}`);
    }
    const { selfSignedCertificate } = await import("../../../crypto/index.ts");
    const { certificate, key } = selfSignedCertificate({
      organization: "Habitat Supervisor Control Gateway",
      dnsNames: [options.name, "localhost"],
      notBefore: new Date("1975-01-01T00:00:00Z"),
      notAfter: new Date("4096-01-01T00:00:00Z"),
    });
    const directory = args.path ?? join(keyCachePath(), "ctl");
    mkdirSync(directory, { recursive: true });
    const revision = new Date().toISOString().replace(/[-:T]|\..*/g, "");
    const base = join(directory, `ctl-gateway-${revision}`);
    const paths = { key: `${base}.key.pem`, certificate: `${base}.crt.pem` };
    writeFileWhole(paths.key, key, { mode: 0o600 });
    writeFileWhole(paths.certificate, certificate, { mode: 0o644 });
    if (json) printJson(paths);
  },
});

/** Compat: underscores are allowed; wildcards and IPv4 addresses are not. */
function isDnsName(name: string): boolean {
  const labels = name.split(".");
  return (
    name.length <= 253 &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}
