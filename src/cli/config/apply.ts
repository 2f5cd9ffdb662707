// `hab config apply` (reference/cli.md §10.3).
import { readFileSync } from "node:fs";
import { ErrCode, refusalCode } from "../../ctl/index.ts";
import { formatServiceGroup, parseServiceGroup } from "../../supervisor/index.ts";
import { argument, defineCommand, option, optionalArgument } from "../command.ts";
import { cacheKeyPathOption, remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "../svc/ask.ts";
import { bigInteger, existingFileOrStdin } from "../values.ts";
import { encryptForGroup } from "./encrypt.ts";
import { assertEntitySize } from "./size.ts";

export const command = defineCommand({
  summary: "Apply configuration to a service group",
  description:
    "The configuration is laid over default.toml, the environment and user.toml on every member of the group. A " +
    "version that is not higher than the one in force changes nothing.",
  examples: [
    { command: "hab config apply redis.default 3 redis.toml", explains: "from a file" },
    {
      command: "echo 'port = 6380' | hab config apply redis.default $(date +%s)",
      explains: "from standard input",
    },
  ],
  args: {
    group: argument({ value: "SERVICE_GROUP", help: "A group (redis.default)", type: parseServiceGroup }),
    version: argument({
      value: "VERSION_NUMBER",
      help: "A number higher than that of the configuration in force",
      type: bigInteger(),
    }),
    file: optionalArgument({
      value: "FILE",
      help: "A TOML file; - is standard input",
      type: existingFileOrStdin,
      default: "-",
    }),
  },
  options: {
    remoteSup: remoteSupOption(),
    cacheKeyPath: cacheKeyPathOption(),
    user: option({
      short: "u",
      long: "user",
      value: "USER",
      help: "User whose key encrypts the configuration",
    }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const group = formatServiceGroup(args.group);
    const plain = readFileSync(args.file === "-" ? 0 : args.file);
    assertEntitySize(plain, "Configuration");
    ui.begin(`Setting new configuration version ${args.version} for ${group}`);
    ui.status("Creating", "service configuration");
    const serviceGroup = { ...args.group };
    try {
      await tellSupervisor(context, options.remoteSup, {
        message: "SvcValidateCfg",
        fields: { serviceGroup, cfg: plain },
      });
    } catch (error) {
      if (refusalCode(error) !== ErrCode.InvalidPayload) throw error;
      ui.warn(error instanceof Error ? error.message : String(error));
    }
    let cfg: Uint8Array = plain;
    if (options.user !== undefined) {
      ui.status("Encrypting", `TOML as ${options.user} for ${group}`);
      cfg = await encryptForGroup(plain, options.user, group, options.cacheKeyPath);
    }
    ui.status("Applying", "applying...");
    await tellSupervisor(context, options.remoteSup, {
      message: "SvcSetCfg",
      fields: {
        serviceGroup,
        cfg,
        version: args.version,
        ...(options.user === undefined ? {} : { isEncrypted: true }),
      },
    });
    ui.end("Applied configuration");
    if (json)
      printJson({ service_group: group, version: args.version, encrypted: options.user !== undefined });
  },
});
