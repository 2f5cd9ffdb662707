// `hab-sup run`: the Supervisor itself, started by the launcher (reference/supervisor.md §5).
import { describeError, HabError } from "../../error/index.ts";
import { supervisorErrors } from "../../supervisor/index.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { plainIdentType } from "../ident-types.ts";
import { ctlTlsFiles, httpTlsFiles } from "../sup/gateway-tls.ts";
import { type MergedRun, mergeConfigFiles, readConfigFiles } from "../sup/run-config.ts";
import {
  GOSSIP_PORT,
  type RunValues,
  resolveHost,
  runArguments,
  runOptions,
  SAME_PORT,
} from "../sup/run-options.ts";
import { loadFields } from "../svc/load-options.ts";
import { COMPATIBLE_VERSION } from "../version.ts";

/** Exit code that tells the launcher not to start another Supervisor (reference/supervisor.md §9.3). */
const FAILED_EXIT_CODE = 86;
const DONE_EXIT_CODE = 84;

export const command = defineCommand({
  summary: "Run the Supervisor under its launcher",
  description: "Internal: the launcher starts it. `hab sup run` starts both.",
  examples: [{ command: "hab sup run", explains: "what to use instead" }],
  hidden: true,
  args: runArguments(),
  options: runOptions(),
  async run(context) {
    const { options, args, stdout, env } = context;
    const merged = mergeConfigFiles(options, args.service, readConfigFiles(options.configFiles));
    if (options.generateConfig) {
      const { generateConfig } = await import("../sup/generate-config.ts");
      stdout.write(generateConfig(merged));
      return env["HAB_LAUNCHER_PIPE"] === undefined ? 0 : DONE_EXIT_CODE;
    }
    return await runUnderLauncher(merged, context);
  },
});

async function runUnderLauncher(merged: MergedRun, context: CommandContext): Promise<number> {
  const { runSupervisor } = await import("../../supervisor/index.ts");
  try {
    return await runSupervisor(await supervisorOptions(merged, context));
  } catch (error) {
    if (!(error instanceof HabError) || error.exitCode === FAILED_EXIT_CODE) throw error;
    // Whatever keeps a Supervisor from starting now would keep the next one from starting, too.
    throw new HabError(error.kind, error.message, {
      cause: error.cause,
      next: error.next,
      exitCode: FAILED_EXIT_CODE,
    });
  }
}

async function supervisorOptions({ values, service }: MergedRun, { configuration }: CommandContext) {
  const token = await configuration.authToken(undefined);
  const { listenCtl } = values;
  const [ctlTls, httpTls] = [ctlTlsFiles(values), httpTlsFiles(values)];
  return {
    version: COMPATIBLE_VERSION,
    ...(await gossipOptions(values)),
    listenHttp: values.listenHttp,
    httpDisabled: values.httpDisable,
    listenCtl: { host: await resolved("--listen-ctl", listenCtl.host), port: listenCtl.port },
    ...(values.org === undefined ? {} : { organization: values.org }),
    permanentPeer: values.permanentPeer,
    ...(values.cacheKeyPath === undefined ? {} : { cacheKeyPath: values.cacheKeyPath }),
    ...(values.sysIpAddress === undefined ? {} : { sysIpAddress: values.sysIpAddress }),
    restart: {
      minBackoffSeconds: values.serviceMinBackoffPeriod,
      maxBackoffSeconds: values.serviceMaxBackoffPeriod,
      cooldownSeconds: values.serviceRestartCooldownPeriod,
    },
    serviceUpdatePeriodSeconds: values.serviceUpdatePeriod,
    ...(values.autoUpdate ? { autoUpdate: await autoUpdateOptions(values, configuration) } : {}),
    ...(values.keepLatestPackages === undefined ? {} : { keepLatestPackages: values.keepLatestPackages }),
    ...(service === undefined ? {} : { load: await loadOf(service, values, configuration) }),
    ...(ctlTls === undefined ? {} : { ctlTls }),
    ...(httpTls === undefined ? {} : { httpTls }),
    ...eventStreamOptions(values),
    noColor: values.noColor,
    jsonLogging: values.jsonLogging,
    ...(token === undefined ? {} : { depotToken: token }),
  };
}

/** Compat: from where the service given on the command line comes, too (reference/supervisor.md §3.1). */
async function autoUpdateOptions(
  { url, channel, autoUpdatePeriod }: RunValues,
  configuration: CommandContext["configuration"],
) {
  const bldrUrl = await configuration.bldrUrl(url, { ignoreFile: true });
  return { from: { bldrUrl, channel }, periodSeconds: autoUpdatePeriod };
}

/** Where to listen for others, whom to join, and the ring key. */
async function gossipOptions(values: RunValues) {
  const { advertiseGossip: advertise } = values;
  const listenGossip = values.localGossipMode
    ? { host: "127.0.0.2", port: GOSSIP_PORT }
    : values.listenGossip;
  return {
    listenGossip,
    ...(advertise === undefined
      ? {}
      : {
          advertiseGossip: {
            host: await resolved("--advertise-gossip", advertise.host),
            port: advertise.port === SAME_PORT ? listenGossip.port : advertise.port,
          },
        }),
    peers: values.peer.map(({ host, port }) =>
      host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    ),
    ...(values.peerWatchFile === undefined ? {} : { peerWatchFile: values.peerWatchFile }),
    ...(values.ring === undefined ? {} : { ring: values.ring }),
    ...(values.ringKey === undefined ? {} : { ringKey: values.ringKey }),
  };
}

/** Where events go; nothing without a URL. */
function eventStreamOptions(values: RunValues) {
  const { eventStreamUrl: url, eventStreamToken: token, eventStreamSite: site } = values;
  const { eventStreamApplication: application, eventStreamEnvironment: environment } = values;
  const given = [application, environment, token];
  if (url === undefined || application === undefined || environment === undefined || token === undefined) {
    if (url === undefined || !given.includes(undefined)) return {};
    throw new HabError(
      supervisorErrors.badOption,
      "--event-stream-url needs application, environment and token",
    );
  }
  const certificate = values.eventStreamServerCertificate;
  return {
    eventStream: {
      url,
      token,
      application,
      environment,
      ...(site === undefined ? {} : { site }),
      meta: new Map(
        values.eventMeta.map((pair) => pair.split("=", 2).map((part) => part.trim()) as [string, string]),
      ),
      ...(certificate === undefined ? {} : { serverCertificate: certificate }),
      connectTimeoutSeconds: values.eventStreamConnectTimeout,
    },
  };
}

async function loadOf(
  service: string,
  values: MergedRun["values"],
  configuration: CommandContext["configuration"],
) {
  const { isRegularFile } = await import("../../host/index.ts");
  const url = await configuration.bldrUrl(values.url, { ignoreFile: true });
  const artifact = service.endsWith(".hart") || isRegularFile(service) ? service : undefined;
  const ident = artifact === undefined ? plainIdentType(service) : undefined;
  const fields = loadFields(ident, values, url, true);
  return artifact === undefined ? { fields } : { fields, artifact };
}

async function resolved(option: string, host: string): Promise<string> {
  try {
    return await resolveHost(host);
  } catch (error) {
    throw new HabError(supervisorErrors.badOption, `${option}: ${describeError(error)}`, { cause: error });
  }
}
