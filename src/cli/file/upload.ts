// `hab file upload` (reference/cli.md §10.4).
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { formatCtlAddress } from "../../ctl/index.ts";
import { HabError } from "../../error/index.ts";
import { formatServiceGroup, parseServiceGroup } from "../../supervisor/index.ts";
import { argument, defineCommand, option } from "../command.ts";
import { encryptForGroup } from "../config/encrypt.ts";
import { assertEntitySize } from "../config/size.ts";
import { cliErrors } from "../errors.ts";
import { cacheKeyPathOption, remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "../svc/ask.ts";
import { bigInteger } from "../values.ts";

export const command = defineCommand({
  summary: "Upload a file to a service group",
  description:
    "The file is put into files/ of the service on every member of the group; a hook can act on it.",
  examples: [{ command: "hab file upload redis.default 1 dump.rdb", explains: "as files/dump.rdb of redis" }],
  args: {
    group: argument({ value: "SERVICE_GROUP", help: "A group (redis.default)" }),
    version: argument({
      value: "VERSION_NUMBER",
      help: "A number higher than that of the file in force",
      type: bigInteger(),
    }),
    file: argument({ value: "FILE", completes: "file", help: "The file, of at most 65536 bytes" }),
  },
  options: {
    remoteSup: remoteSupOption(),
    cacheKeyPath: cacheKeyPathOption(),
    user: option({ short: "u", long: "user", value: "USER", help: "User whose key encrypts the file" }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, ui, configuration, json, printJson } = context;
    // Compat: only looked at now, so that a bad one is a failure and no usage error.
    const serviceGroup = parseServiceGroup(args.group);
    const group = formatServiceGroup(serviceGroup);
    let content = readContent(args.file);
    assertEntitySize(content, "File");
    // Compat: the original swaps the two (§10.4).
    ui.begin(`Uploading file ${args.file} to ${args.version} incarnation ${group}`);
    ui.status("Creating", "service file");
    const encrypts = options.user !== undefined && serviceGroup.organization !== undefined;
    if (options.user !== undefined && encrypts) {
      ui.status("Encrypting", `file as ${options.user} for ${group}`);
      content = await encryptForGroup(content, options.user, group, options.cacheKeyPath);
    }
    const address = await configuration.controlAddress(options.remoteSup);
    ui.status("Applying", `via peer ${formatCtlAddress(address)}`);
    await tellSupervisor(context, options.remoteSup, {
      message: "SvcFilePut",
      fields: {
        serviceGroup: { ...serviceGroup },
        content,
        filename: basename(args.file),
        version: args.version,
        ...(encrypts ? { isEncrypted: true } : {}),
      },
    });
    ui.end("Uploaded file");
    if (json)
      printJson({
        service_group: group,
        file: basename(args.file),
        version: args.version,
        encrypted: encrypts,
      });
  },
});

/** The file's content. Throws HAB-CLI-021. */
function readContent(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new HabError(cliErrors.fileUnreadable, `${path} cannot be read`, { cause });
  }
}
