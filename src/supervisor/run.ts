// The Supervisor from start to end: opens its state, starts services and gateways, waits for a reason to end
// (reference/supervisor.md §5, §9).
import { mkdirSync, readFileSync } from "node:fs";
import type { CtlReply, CtlReplyStream } from "../ctl/index.ts";
import { describeError, HabError } from "../error/index.ts";
import {
  environmentValue,
  type FileLock,
  keyCachePath,
  processStartTime,
  readTextIfPresent,
  writeFileWhole,
} from "../host/index.ts";
import { PID_VARIABLE } from "../launcher/index.ts";
import { type FullIdent, formatIdent } from "../package/index.ts";
import { Console } from "./control/console.ts";
import { controlHandler } from "./control/handlers.ts";
import { readOrCreateCtlSecret } from "./ctl-secret.ts";
import { supervisorErrors } from "./errors.ts";
import { type HttpGateway, startHttpGateway } from "./http/gateway.ts";
import { Metrics } from "./http/metrics.ts";
import { type SupervisorView, supervisorView } from "./http/view.ts";
import { createInstaller } from "./install.ts";
import { launcherPort } from "./launcher-port.ts";
import { acquireSupervisorLock } from "./lock.ts";
import type { SupervisorOptions } from "./options.ts";
import { createOutput, type Output, outputFormat, PROGRAM } from "./output.ts";
import { supervisorPaths } from "./paths.ts";
import { looksForUpdates, updatePeriodMs } from "./plan/update.ts";
import { RingPort } from "./ring.ts";
import { serviceBuilder } from "./service/build.ts";
import { userConfigPath } from "./service/config.ts";
import type { LauncherPort } from "./service/ports.ts";
import type { Service } from "./service/service.ts";
import { Services } from "./services.ts";
import { openSpecDirectory } from "./spec/directory.ts";
import { hostName, outboundAddress, type SysInfo } from "./sys.ts";
import { watchTestExit } from "./test-exit.ts";
import { startUpdater, type Updater } from "./update/updater.ts";
import { watchDirectory, watchFile } from "./watch.ts";

/** Why a Supervisor ends. */
type Ending =
  | { readonly kind: "shutdown" }
  | { readonly kind: "restart" }
  | { readonly kind: "departed" }
  | { readonly kind: "exit"; readonly code: number };

/** How long hooks and processes may take at an orderly end, beyond their own timeouts, before we go without them. */
const LAST_HOOKS_MS = 60_000;

/**
 * Runs a Supervisor under its launcher until it is told to end; answers the exit code the launcher acts on: 0 after an
 * orderly end or for a restart. Throws with exit code 86 when it cannot start or has departed.
 */
export async function runSupervisor(options: SupervisorOptions): Promise<number> {
  if (environmentValue("HAB_FEAT_BOOT_FAIL") !== undefined) {
    throw new HabError(supervisorErrors.badOption, "HAB_FEAT_BOOT_FAIL asks for a failed start");
  }
  const output = createOutput(outputFormat(options, process.env), (text) => process.stdout.write(text));
  const ending = Promise.withResolvers<Ending>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2"] as const) {
    process.on(signal, () => {}); // only the launcher ends a Supervisor
  }
  process.on("SIGHUP", () => ending.resolve({ kind: "restart" }));

  const { connectToLauncher } = await import("../launcher/index.ts");
  const client = await connectToLauncher();
  const launcher = launcherPort(client, {
    shutdown: () => {
      output.line(PROGRAM, "MR", "Supervisor received shutdown signal from launcher");
      ending.resolve({ kind: "shutdown" });
    },
    lost: () => ending.resolve({ kind: "shutdown" }),
  });
  try {
    const supervisor = await start(options, output, launcher, (how) => ending.resolve(how));
    return await supervisor.end(await ending.promise);
  } finally {
    client.close();
  }
}

interface Running {
  /** Ends in the given way and answers the exit code. */
  end(how: Ending): Promise<number>;
}

async function start(
  options: SupervisorOptions,
  output: Output,
  launcher: LauncherPort,
  end: (how: Ending) => void,
): Promise<Running> {
  const say = (content: string) => output.line(PROGRAM, "MR", content);
  const paths = supervisorPaths();
  mkdirSync(paths.data, { recursive: true });
  const specs = openSpecDirectory(paths.specs);
  const lock = acquireSupervisorLock(paths.lock);
  say(`chef/hab-sup (chef/hab-sup/${options.version})`);

  const { openRingStorage } = await import("../ring/index.ts");
  const storage = openRingStorage({
    directory: paths.root,
    now: new Date(),
    monotonicNow: performance.now(),
    report: ({ file, setAside, problems }) =>
      say(
        `${file} was damaged (${problems.join("; ")}); it is kept as ${setAside}, what could be read is used`,
      ),
  });
  const sys = await systemInfo(options, storage.state.self, output);
  say(`Supervisor Member-ID ${storage.state.self}`);
  specs.migrate((message) => output.line(PROGRAM, "SD", message));

  const metrics = new Metrics();
  const ring = new RingPort({
    state: storage.state,
    sys,
    output,
    decrypt: rumorDecrypter(options.cacheKeyPath),
    persist: () => storage.save(),
    monotonicMs: () => performance.now(),
  });
  const installer = createInstaller(output, `hab-sup/${options.version}`, options.depotToken);
  const updaters = new Map<string, Updater>();
  const periodMs = updatePeriodMs(options.serviceUpdatePeriodSeconds, {
    period: environmentValue("HAB_UPDATE_STRATEGY_PERIOD_MS"),
    bypass: environmentValue("HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK") !== undefined,
  });
  let view: SupervisorView | undefined;

  const started = (service: Service): (() => void) => {
    const name = service.spec.ident.name;
    output.line(service.group, "UCW", "Watching user.toml");
    const watch = watchFile(userConfigPath(name), () => {
      say(`user.toml changes detected for ${formatIdent(service.spec.ident)}`);
      service.userConfigChanged();
    });
    const updater = looksForUpdates(service.spec.updateStrategy)
      ? startUpdater({
          spec: service.spec,
          group: service.group,
          running: service.parts.pkg.ident,
          memberId: storage.state.self,
          periodMs,
          random: Math.random,
          census: () => ring.census.groups.get(service.group),
          output,
          find: installer.findUpdate,
          install: installer.exact,
          apply: (ident, pkgIncarnation) => services.update(name, ident, pkgIncarnation),
        })
      : undefined;
    if (updater !== undefined) updaters.set(name, updater);
    if (options.keepLatestPackages !== undefined) {
      void installer.keepLatest(service.spec.ident, options.keepLatestPackages, () => loadedIdents(services));
    }
    return () => {
      watch.close();
      updater?.stop();
      if (updaters.get(name) === updater) updaters.delete(name);
    };
  };

  const services = new Services({
    specs,
    output,
    metrics,
    launcher,
    sys,
    restartConfig: options.restart,
    build: serviceBuilder({ organization: options.organization, output, census: () => ring.census }),
    census: () => ring.census,
    now: Date.now,
    random: Math.random,
    installMissing: async (spec) => {
      await installer.forLoad(spec, new Console(silentReply(), output));
    },
    runInstallHooks: installer.pendingHooks,
    announce: (parts, pkgIncarnation) => {
      ring.announce(parts, pkgIncarnation);
      if (parts.spec.topology === "leader") ring.startElection(parts.group);
    },
    started,
    updated: (spec, desired) => installer.removeNewer(spec.ident, desired),
    changed: (name) => view?.changed(name),
  });
  view = supervisorView({
    services,
    ring,
    specs,
    paths,
    restartConfig: options.restart,
    sys,
    metrics,
    redact: environmentValue("HAB_FEAT_REDACT_HTTP") !== undefined,
  });
  ring.onCensus(() => {
    for (const service of services.running()) service.wake();
    for (const updater of updaters.values()) updater.wake();
  });

  const handle = controlHandler({
    specs,
    services,
    ring,
    output,
    organization: options.organization,
    install: installer.forLoad,
    restartSupervisor: () => end({ kind: "restart" }),
    departed: () => end({ kind: "departed" }),
    now: Date.now,
  });
  if (!wasCarriedOut(paths.initialLoad)) {
    await loadAtStart(options, handle, installer, output);
    writeFileWhole(paths.initialLoad, launcherIdentity(), { mode: 0o600 });
  }

  ring.refresh();
  services.reconcile();
  const specWatch = watchDirectory(paths.specs, () => services.reconcileSoon());

  const { serveCtl } = await import("../ctl/index.ts");
  say(`Starting ctl-gateway on ${options.listenCtl.host}:${options.listenCtl.port}`);
  const ctl = await serveCtl({
    listen: options.listenCtl,
    secret: readOrCreateCtlSecret(paths.ctlSecret),
    handle,
    observe: (message, seconds) => {
      metrics.count("hab_sup_rpc_call_total", message);
      metrics.observe("hab_sup_rpc_call_request_duration_seconds", seconds, message);
    },
  });
  const http = options.httpDisabled ? undefined : startHttp(options, view, metrics, say);
  const testExit = watchTestExit(output, (code) => end({ kind: "exit", code }));
  if (storage.state.departed) end({ kind: "departed" });

  return {
    async end(how) {
      testExit?.close();
      specWatch.close();
      await ctl.stop(0).catch(() => {});
      return finish(how, { services, ring, output, http, lock });
    },
  };
}

/** Packages in use, which a cleanup leaves alone. */
function loadedIdents(services: Services): FullIdent[] {
  return services.list().flatMap(({ parts }) => parts?.pkg.ident ?? []);
}

function startHttp(
  options: SupervisorOptions,
  view: SupervisorView,
  metrics: Metrics,
  say: (content: string) => void,
): HttpGateway {
  const { host, port } = options.listenHttp;
  say(`Starting http-gateway on ${host}:${port}`);
  const authToken = environmentValue("HAB_SUP_GATEWAY_AUTH_TOKEN");
  const files = options.httpTls;
  return startHttpGateway(
    {
      host,
      port,
      ...(authToken === undefined ? {} : { authToken }),
      redact: environmentValue("HAB_FEAT_REDACT_HTTP") !== undefined,
      ...(files === undefined
        ? {}
        : {
            tls: {
              key: readFileSync(files.key, "utf8"),
              cert: readFileSync(files.certificates, "utf8"),
              ...(files.clientCa === undefined ? {} : { ca: readFileSync(files.clientCa, "utf8") }),
            },
          }),
    },
    view,
    metrics,
  );
}

interface Open {
  readonly services: Services;
  readonly ring: RingPort;
  readonly output: Output;
  readonly http: HttpGateway | undefined;
  readonly lock: FileLock;
}

/** Ends in order: services stopped or let go, stores written, gateways closed. */
async function finish(how: Ending, { services, ring, output, http, lock }: Open): Promise<number> {
  const say = (content: string) => output.line(PROGRAM, "MR", content);
  switch (how.kind) {
    case "exit":
      say(`Simulating abrupt, unexpected exit with code ${how.code}`);
      services.detachAll();
      break;
    case "restart":
      say("Supervisor shutting down for restart");
      say("Preparing services for Supervisor restart");
      services.detachAll();
      break;
    case "shutdown":
    case "departed":
      say("Gracefully departing from butterfly network.");
      await stopServices(services);
  }
  try {
    ring.persist();
  } catch (error) {
    say(`Unable to write the ring's state: ${describeError(error)}`);
  }
  await http?.stop();
  lock.release();
  if (how.kind === "departed") {
    throw new HabError(supervisorErrors.departed, "This Supervisor has been manually departed.");
  }
  return how.kind === "exit" ? how.code : 0;
}

async function stopServices(services: Services): Promise<void> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LAST_HOOKS_MS);
  await services.stopAll(patience.signal);
  clearTimeout(timer);
}

async function systemInfo(options: SupervisorOptions, memberId: string, output: Output): Promise<SysInfo> {
  const ip = options.sysIpAddress ?? (await outboundAddress());
  if (ip === undefined) output.line(PROGRAM, "SY", "No outbound address found; announcing 127.0.0.1");
  return {
    version: options.version,
    memberId,
    ip: ip ?? "127.0.0.1",
    hostname: hostName(),
    gossipIp: options.listenGossip.host,
    gossipPort: options.listenGossip.port,
    httpGatewayIp: options.listenHttp.host,
    httpGatewayPort: options.listenHttp.port,
    ctlGatewayIp: options.listenCtl.host,
    ctlGatewayPort: options.listenCtl.port,
    permanent: options.permanentPeer,
  };
}

/**
 * Whether a Supervisor of this same launcher has loaded the package of `sup run PKG` already: the next one must not undo
 * what was said to the service since (unloaded, stopped, another strategy).
 */
function wasCarriedOut(path: string): boolean {
  return readTextIfPresent(path) === launcherIdentity();
}

/** The launcher's pid and start time, which together name it for good. */
function launcherIdentity(): string {
  const pid = Number(environmentValue(PID_VARIABLE));
  return `${pid} ${processStartTime(pid) ?? 0}`;
}

/** Carries out the load of `sup run PKG`; its failure ends the start (§5 step 12). */
async function loadAtStart(
  { load }: SupervisorOptions,
  handle: ReturnType<typeof controlHandler>,
  installer: ReturnType<typeof createInstaller>,
  output: Output,
): Promise<void> {
  if (load === undefined) return;
  let fields = load.fields;
  if (load.artifact !== undefined) {
    const ident = await installer.file(load.artifact, new Console(silentReply(), output));
    fields = { ...fields, ident: { ...ident } };
  }
  let refusal: string | undefined;
  await handle(
    { message: "SvcLoad", fields },
    {
      ...silentReply(),
      complete: async (reply: CtlReply) => {
        if (reply.message === "NetErr") refusal = reply.fields.msg;
      },
    },
  );
  if (refusal !== undefined) {
    const [message = refusal, ...rest] = refusal.split("\n");
    throw new HabError(
      supervisorErrors.loadFailed,
      message,
      rest.length === 0 ? {} : { next: rest.join("\n") },
    );
  }
}

/** A client that is not there: what is said to it is on the Supervisor's output already. */
function silentReply(): CtlReplyStream {
  return {
    partial: async () => {},
    complete: async () => {},
    gone: new AbortController().signal,
  };
}

/** Opens content encrypted for a service group with the keys of the key cache (§13.1). */
function rumorDecrypter(cacheKeyPath: string | undefined): (content: Uint8Array) => Promise<Uint8Array> {
  return async (content) => {
    const { decryptWithCache, KeyCache } = await import("../crypto/index.ts");
    return decryptWithCache(new KeyCache(cacheKeyPath ?? keyCachePath()), content);
  };
}
