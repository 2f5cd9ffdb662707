// The Supervisor from start to end: opens its state, starts services and gateways, waits for a reason to end
// (reference/supervisor.md §5, §9).
import { mkdirSync } from "node:fs";
import { describeError, HabError } from "../error/index.ts";
import { environmentValue, type FileLock, steadyNow, sweepTemporaries } from "../host/index.ts";
import type { LauncherClient } from "../launcher/index.ts";
import { type FullIdent, formatIdent } from "../package/index.ts";
import type { RingNode } from "../ring/index.ts";
import { Console } from "./control/console.ts";
import { controlHandler } from "./control/handlers.ts";
import { readOrCreateCtlSecret } from "./ctl-secret.ts";
import { supervisorErrors } from "./errors.ts";
import type { EventStream } from "./event-stream/event-stream.ts";
import { EventLog } from "./events/event-log.ts";
import { type EventWatch, watchEvents } from "./events/watch-events.ts";
import { openGatewayTls } from "./gateway-tls.ts";
import { formatServiceGroup, serviceGroupOf } from "./group.ts";
import type { HttpGateway } from "./http/gateway.ts";
import { listenHttp } from "./http/listen.ts";
import { Metrics } from "./http/metrics.ts";
import { type SupervisorView, supervisorView } from "./http/view.ts";
import { loadAtStart, silentReply } from "./initial-load.ts";
import { createInstaller } from "./install.ts";
import { KeptReleases } from "./kept-releases.ts";
import { launcherPort } from "./launcher-port.ts";
import { stopLeftoverHooks } from "./leftover-hooks.ts";
import { acquireSupervisorLock } from "./lock.ts";
import type { SupervisorOptions } from "./options.ts";
import { createOutput, type Output, outputFormat, PROGRAM } from "./output.ts";
import { supervisorPaths } from "./paths.ts";
import { selfUpdatePeriodMs } from "./plan/self-update.ts";
import { updatePeriodMs } from "./plan/update.ts";
import { ringCounter } from "./ring/counter.ts";
import { joinRing, openRingState } from "./ring/join.ts";
import type { RingPort } from "./ring/port.ts";
import { watchElectionTriggers } from "./ring/trigger.ts";
import { ownRelease, ownTitle } from "./self-update/own-program.ts";
import { SelfUpdate } from "./self-update/self-update.ts";
import { serviceBuilder } from "./service/build.ts";
import { userConfigPath } from "./service/config.ts";
import type { LauncherPort } from "./service/ports.ts";
import type { Service } from "./service/service.ts";
import { Services } from "./services.ts";
import { openSpecDirectory } from "./spec/directory.ts";
import { systemInfo } from "./sys.ts";
import { untakenGroups } from "./take-over.ts";
import { watchTestExit } from "./test-exit.ts";
import { DepotListeners } from "./update/depot-listener.ts";
import { Updates } from "./update/updates.ts";
import { watchDirectory, watchFile } from "./watch.ts";

/** Why a Supervisor ends. */
type Ending =
  | { readonly kind: "shutdown" }
  /** `update`: the release that takes this one's place; `retryRefused`: of those installed, also one that was refused. */
  | { readonly kind: "restart"; readonly update?: FullIdent; readonly retryRefused?: boolean }
  | { readonly kind: "departed" }
  | { readonly kind: "exit"; readonly code: number };

/**
 * How long the last hook of each service may take at an orderly end. The launcher's patience with us is a minute from the end of
 * the last process on.
 */
const LAST_HOOK_MS = 50_000;

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
  const proved = Promise.withResolvers<void>();
  const launcher = launcherPort(client, {
    shutdown: () => {
      output.line(PROGRAM, "MR", "Supervisor received shutdown signal from launcher");
      ending.resolve({ kind: "shutdown" });
    },
    lost: () => ending.resolve({ kind: "shutdown" }),
    proved: () => proved.resolve(),
  });
  try {
    const supervisor = await start(options, output, launcher, client, (how) => ending.resolve(how));
    // An end that comes meanwhile is not held up, least of all that of the launcher.
    const untaken = await Promise.race([supervisor.untaken().catch(() => []), ending.promise.then(() => [])]);
    await client.serving(untaken);
    void supervisor.clean();
    void proved.promise.then(() => supervisor.clean());
    return await supervisor.end(await ending.promise);
  } finally {
    client.close();
  }
}

interface Running {
  /** Service groups that run and could not be taken over. */
  untaken(): Promise<readonly string[]>;
  /** Removes what `--keep-latest-packages` does not keep of the Supervisor's own package. */
  clean(): Promise<void>;
  /** Ends in the given way and answers the exit code. */
  end(how: Ending): Promise<number>;
}

async function start(
  options: SupervisorOptions,
  output: Output,
  launcher: LauncherPort,
  client: LauncherClient,
  end: (how: Ending) => void,
): Promise<Running> {
  const say = (content: string) => output.line(PROGRAM, "MR", content);
  const own = ownRelease();
  const { title, version } = ownTitle(own, options.version);
  const paths = supervisorPaths();
  mkdirSync(paths.data, { recursive: true });
  const specs = openSpecDirectory(paths.specs);
  const lock = acquireSupervisorLock(paths.lock);
  // What one that was killed left half-written: from here on nobody else writes there.
  for (const directory of [paths.root, paths.data, paths.specs]) sweepTemporaries(directory, { all: true });
  say(title);
  await stopLeftoverHooks(say);

  const storage = openRingState(paths.root, output);
  const sys = await systemInfo({ ...options, version }, storage.state.self, output);
  say(`Supervisor Member-ID ${storage.state.self}`);
  specs.migrate((message) => output.line(PROGRAM, "SD", message));

  const metrics = new Metrics();
  const { node, ring, reports } = await joinRing({
    supervisor: options,
    storage,
    sys,
    output,
    count: ringCounter(metrics),
    departed: () => end({ kind: "departed" }),
    updateProblems: () => [...updates.problems(), ...selfUpdate.problems()],
  });
  const stream = await openStream(options, storage.state.self, metrics, say);
  const installer = createInstaller(output, metrics, `hab-sup/${version}`, options.depotToken);
  const selfUpdate = await SelfUpdate.begin({
    own,
    launcher: client,
    installer,
    output,
    ...(options.autoUpdate === undefined
      ? {}
      : {
          automatic: {
            from: options.autoUpdate.from,
            periodMs: selfUpdatePeriodMs(
              options.autoUpdate.periodSeconds,
              environmentValue("HAB_SUP_UPDATE_MS"),
            ),
            random: Math.random(),
            taken: (update) => end({ kind: "restart", update }),
          },
        }),
    ...(options.keepLatestPackages === undefined ? {} : { keepLatestPackages: options.keepLatestPackages }),
  });
  const periodMs = updatePeriodMs(options.serviceUpdatePeriodSeconds, {
    period: environmentValue("HAB_UPDATE_STRATEGY_PERIOD_MS"),
    bypass: environmentValue("HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK") !== undefined,
  });
  let view: SupervisorView | undefined;
  let eventWatch: EventWatch | undefined;
  const events = new EventLog(crypto.randomUUID().slice(0, 8), Date.now);

  const started = (service: Service): (() => void) => {
    const name = service.spec.ident.name;
    output.line(service.group, "UCW", "Watching user.toml");
    const noticed = () => {
      say(`user.toml changes detected for ${formatIdent(service.spec.ident)}`);
      service.userConfigChanged();
    };
    const watch = watchFile(userConfigPath(name), noticed, service.parts.config.userState);
    if (options.keepLatestPackages !== undefined) {
      void installer.keepLatest(service.spec.ident, options.keepLatestPackages, () => loadedIdents(services));
    }
    return () => {
      watch.close();
    };
  };

  const updates: Updates = new Updates({
    memberId: storage.state.self,
    organization: options.organization,
    periodMs,
    now: steadyNow,
    random: Math.random,
    output,
    ring,
    services: () => services,
    find: installer.findUpdate,
    install: installer.exact,
  });
  const listeners = new DepotListeners({
    listen: installer.listen,
    random: Math.random,
    heard(news) {
      updates.channelChanged(news);
      selfUpdate.channelChanged(news);
    },
  });
  const services: Services = new Services({
    specs,
    output,
    metrics,
    launcher,
    sys,
    restartConfig: options.restart,
    build: serviceBuilder({ organization: options.organization, output, census: () => ring.census }),
    census: () => ring.census,
    now: steadyNow,
    random: Math.random,
    installMissing: async (spec, signal) => {
      await installer.forLoad(spec, new Console(silentReply(), output), signal);
    },
    runInstallHooks: (ident, { ident: { name }, group, hookSettings: settings }, signal) =>
      installer.pendingHooks(
        ident,
        { group: formatServiceGroup(serviceGroupOf(name, group, options.organization)), settings },
        signal,
      ),
    ring,
    organization: options.organization,
    started,
    wanted(wanted) {
      updates.keep(wanted);
      listeners.keep([...updates.interests(), ...selfUpdate.interests()]);
    },
    updated: (spec, chosen) => installer.removeNewer(spec.ident, chosen),
    kept: new KeptReleases(paths.releases, say),
    updateProblem: (name) => updates.problem(name),
    ...(stream === undefined ? {} : { report: (report) => stream.report(report) }),
    changed: (name) => {
      view?.changed(name);
      eventWatch?.servicesChanged(name);
      updates.wake(name);
    },
  });
  view = supervisorView({
    services,
    ring,
    specs,
    paths,
    restartConfig: options.restart,
    sys,
    metrics,
    ringReports: reports,
    events,
    organization: options.organization,
    redact: environmentValue("HAB_FEAT_REDACT_HTTP") !== undefined,
  });
  const watch = watchEvents({
    log: events,
    services,
    organization: options.organization,
    self: storage.state.self,
  });
  eventWatch = watch;
  ring.onCensus(() => {
    watch.ringChanged(ring.census, ring.state);
    for (const service of services.running()) service.wake();
    updates.wake();
  });

  const handle = controlHandler({
    specs,
    services,
    ring,
    output,
    organization: options.organization,
    install: installer.forLoad,
    lines: (group, after, waitMs) => client.lines(group, after, waitMs),
    restartSupervisor: (retryRefused) => end({ kind: "restart", retryRefused }),
    supervisorProblems: () => selfUpdate.problems(),
    now: steadyNow,
  });
  await loadAtStart({ load: options.load, marker: paths.initialLoad, handle, installer, output });

  ring.refresh();
  services.reconcile();
  const specWatch = watchDirectory(paths.specs, () => services.reconcileSoon());

  const { serveCtl } = await import("../ctl/index.ts");
  say(`Starting ctl-gateway on ${options.listenCtl.host}:${options.listenCtl.port}`);
  const ctlTls =
    options.ctlTls === undefined ? undefined : await openGatewayTls("control gateway", options.ctlTls, say);
  const ctl = await serveCtl({
    listen: options.listenCtl,
    ...(ctlTls === undefined ? {} : { tls: () => ctlTls.current() }),
    secret: readOrCreateCtlSecret(paths.ctlSecret),
    handle,
    observe: (message, seconds) => {
      metrics.count("hab_sup_rpc_call_total", message);
      metrics.observe("hab_sup_rpc_call_request_duration_seconds", seconds, message);
    },
  });
  const http = await listenHttp(options, view, metrics, say);
  const triggers = watchElectionTriggers(paths.data, output, (group) => ring.reElect(group));
  const testExit = watchTestExit(output, (code) => end({ kind: "exit", code }));
  if (storage.state.departed) end({ kind: "departed" });

  return {
    untaken: () => untakenGroups(client, (group, pid) => services.takingOver(group, pid)),
    clean: () => selfUpdate.clean(),
    async end(how) {
      selfUpdate.close();
      if (how.kind === "restart" && how.update === undefined)
        await selfUpdate.beforeRestart(how.retryRefused === true);
      listeners.close();
      updates.close();
      testExit?.close();
      triggers?.close();
      specWatch.close();
      ctlTls?.close();
      await ctl.stop(0).catch(() => {});
      const exitCode = await finish(how, { services, node, ring, output, http, lock });
      await stream?.close();
      return exitCode;
    },
  };
}

/** The event stream, where one is asked for. Throws `noEventStream` and what its options are wrong in. */
async function openStream(
  { eventStream, listenGossip: { host, port } }: SupervisorOptions,
  supervisorId: string,
  metrics: Metrics,
  say: (content: string) => void,
): Promise<EventStream | undefined> {
  if (eventStream === undefined) return undefined;
  const { openEventStream } = await import("./event-stream/event-stream.ts");
  const gossipAddress = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return openEventStream(eventStream, { supervisorId, gossipAddress, metrics, say, now: Date.now });
}

/** Packages in use, which a cleanup leaves alone. */
function loadedIdents(services: Services): FullIdent[] {
  return services.list().flatMap(({ parts }) => parts?.pkg.ident ?? []);
}

interface Open {
  readonly services: Services;
  readonly node: RingNode;
  readonly ring: RingPort;
  readonly output: Output;
  readonly http: Pick<HttpGateway, "stop"> | undefined;
  readonly lock: FileLock;
}

/** Ends in order: others told (not for a restart), services stopped or let go, stores written, gateways closed. */
async function finish(how: Ending, { services, node, ring, output, http, lock }: Open): Promise<number> {
  const say = (content: string) => output.line(PROGRAM, "MR", content);
  switch (how.kind) {
    case "exit":
      say(`Simulating abrupt, unexpected exit with code ${how.code}`);
      void services.detachAll(0);
      break;
    case "restart":
      say(
        how.update === undefined
          ? "Supervisor shutting down for restart"
          : `Supervisor shutting down for automatic update to ${formatIdent(how.update)}`,
      );
      say("Preparing services for Supervisor restart");
      await services.detachAll(LAST_HOOK_MS);
      break;
    case "shutdown":
    case "departed":
      say("Gracefully departing from butterfly network.");
      await node.leave();
      await services.stopAll(LAST_HOOK_MS);
  }
  ring.close();
  try {
    ring.persist();
  } catch (error) {
    say(`Unable to write the ring's state: ${describeError(error)}`);
  }
  await node.stop();
  await http?.stop();
  lock.release();
  if (how.kind === "departed") {
    throw new HabError(supervisorErrors.departed, "This Supervisor has been manually departed.");
  }
  return how.kind === "exit" ? how.code : 0;
}
