// `hab start`: runs a service, with the Supervisor that is there, or with a new one (beyond the original).
import { ctlErrors } from "../ctl/index.ts";
import { isKind } from "../error/index.ts";
import { formatIdent } from "../package/index.ts";
import { defineCommand } from "./command.ts";
import { DEFAULT_CHANNEL } from "./configuration.ts";
import { installedPackageArgument } from "./ident-types.ts";
import { remoteSupOption } from "./shared-options.ts";
import { withoutSecrets } from "./sup/hand-over.ts";
import { mergeConfigFiles, readConfigFiles } from "./sup/run-config.ts";
import { runOptions } from "./sup/run-options.ts";
import { askSupervisor, tellSupervisor } from "./svc/ask.ts";
import { loadFields } from "./svc/load-options.ts";

/** Where releases are: unlike `svc load` and `sup run`, whose default is that of the original. */
const RELEASE_CHANNEL = "stable";

export const command = defineCommand({
  summary: "Run a service",
  description:
    "If a Supervisor runs on this machine, the service is loaded there, or started if it was stopped. Otherwise a " +
    "Supervisor is started in the foreground with it, as `hab sup run` does, whose options are taken. Without --channel the " +
    "package comes from the channel of HAB_BLDR_CHANNEL, else from stable.",
  examples: [
    { command: "hab start core/redis", explains: "install it if need be, and run it" },
    {
      command: "hab start core/redis --channel unstable --strategy at-once",
      explains: "and keep it up to date",
    },
  ],
  args: {
    ident: installedPackageArgument(),
  },
  options: { ...runOptions(), remoteSup: { ...remoteSupOption(), ...withoutShortName() } },
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, words, ui, source, env } = context;
    // Who says where the Supervisor is to listen means that one.
    const remote = options.remoteSup ?? (source("listenCtl") === "default" ? undefined : options.listenCtl);
    const channel =
      source("channel") === "default" ? env["HAB_BLDR_CHANNEL"] || RELEASE_CHANNEL : options.channel;
    let loaded: boolean;
    try {
      loaded = await isLoaded(context, remote, args.ident.name);
    } catch (error) {
      if (!isKind(error, ctlErrors.notReachable) || options.remoteSup !== undefined) throw error;
      const files = readConfigFiles(options.configFiles);
      const { values } = mergeConfigFiles(options, formatIdent(args.ident), files);
      const { becomeLauncher } = await import("../launcher/index.ts");
      // A channel of the command line would outdo all that a file says of the service.
      const defaulted = source("channel") === "default" && values.channel === DEFAULT_CHANNEL;
      const handed = withoutSecrets(words, options, source);
      becomeLauncher(defaulted ? [...handed.words, "--channel", channel] : handed.words, handed.variables);
      return;
    }
    if (loaded) {
      await tellSupervisor(context, remote, {
        message: "SvcStart",
        fields: { ident: { ...args.ident } },
      });
      ui.end(`${formatIdent(args.ident)} is loaded and started`);
      return;
    }
    const url = await configuration.bldrUrl(options.url, { ignoreFile: true });
    await tellSupervisor(context, remote, {
      message: "SvcLoad",
      fields: loadFields(args.ident, { ...options, channel }, url, false),
    });
  },
});

type Context = Parameters<typeof askSupervisor>[0];
type Remote = Parameters<typeof askSupervisor>[1];

/** Whether a service of this name is loaded, whatever its origin: there is one per name. */
async function isLoaded(context: Context, remote: Remote, name: string): Promise<boolean> {
  const request = { message: "SvcStatus", fields: {} } as const;
  for await (const reply of askSupervisor(context, remote, request)) {
    if (reply.message === "ServiceStatus" && reply.fields.ident.name === name) return true;
  }
  return false;
}

/** `-r` is the ring here, as in `sup run`. */
function withoutShortName() {
  const { grammar } = remoteSupOption();
  const { short: _, ...rest } = grammar;
  return { grammar: rest };
}
