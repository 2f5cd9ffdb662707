// Answers to the requests of the control gateway (reference/supervisor.md §12.6). Replies and errors are the original's
// to the byte where a program may read them.
import {
  type CtlReplyStream,
  type CtlRequest,
  type CtlRequests,
  DesiredState,
  ErrCode,
  ProcessState,
} from "../../ctl/index.ts";
import { describeError, HabError, isKind } from "../../error/index.ts";
import type { LauncherClient } from "../../launcher/index.ts";
import {
  findInstalled,
  formatIdent,
  type InstalledPackage,
  type PackageIdent,
  satisfies,
} from "../../package/index.ts";
import { formatJson, formatToml, parseToml } from "../../toml/index.ts";
import { supervisorErrors } from "../errors.ts";
import { formatServiceGroup, parseServiceGroup, type ServiceGroup, serviceGroupOf } from "../group.ts";
import { type Output, PROGRAM } from "../output.ts";
import { notReadyReasons } from "../readiness.ts";
import type { RingPort } from "../ring/port.ts";
import { assertBinds, assertRunnable } from "../service/build.ts";
import { assertPlainFileName } from "../service/files.ts";
import type { Services } from "../services.ts";
import type { ServiceSnapshot } from "../slot.ts";
import type { SpecDirectory } from "../spec/directory.ts";
import { mergeLoad, mergeUpdate } from "../spec/merge.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import { Console } from "./console.ts";
import { groupFields, identOf, needed, notLoaded, Refusal, shownIdent } from "./fields.ts";
import { sendLogs } from "./logs.ts";

/** Largest configuration or file one request may carry. */
const MAX_ENTITY_BYTES = 65_536;

export interface ControlOptions {
  readonly specs: SpecDirectory;
  readonly services: Services;
  readonly ring: RingPort;
  readonly output: Output;
  readonly organization: string | undefined;
  /** Installs the package of a spec from its depot; progress goes to the console. */
  readonly install: (spec: ServiceSpec, console: Console) => Promise<InstalledPackage>;
  /** Lines services printed, as the launcher keeps them. */
  readonly lines: LauncherClient["lines"];
  /** `retryRefused`: also releases of the Supervisor that did not prove themselves may be tried. */
  readonly restartSupervisor: (retryRefused: boolean) => void;
  /** What is wrong with the Supervisor itself, a sentence each. */
  readonly supervisorProblems: () => readonly string[];
  readonly now: () => number;
}

export type ControlHandler = (request: CtlRequest, reply: CtlReplyStream) => Promise<void>;

/** Makes the function that answers requests. */
export function controlHandler(options: ControlOptions): ControlHandler {
  return async (request, reply) => {
    const console = new Console(reply, options.output);
    try {
      await answer(request, options, console, reply);
    } catch (error) {
      const { code, msg } = netError(error);
      await console.settled();
      await reply.complete({ message: "NetErr", fields: { code, msg } });
    }
  };
}

async function answer(
  request: CtlRequest,
  options: ControlOptions,
  console: Console,
  reply: CtlReplyStream,
): Promise<void> {
  switch (request.message) {
    case "SvcLoad":
      await load(request.fields, options, console);
      break;
    case "SvcUpdate":
      update(request.fields, options, console);
      break;
    case "SvcUnload":
      unload(request.fields, options, console);
      break;
    case "SvcStart":
      setDesired("up", request.fields, options, console);
      break;
    case "SvcStop":
      setDesired("down", request.fields, options, console);
      break;
    case "SvcStatus":
      return status(request.fields, options, reply);
    case "SvcLogs":
      return sendLogs(request.fields, options, reply);
    case "SvcGetDefaultCfg":
      return getConfig(request.fields, options, reply);
    case "SvcValidateCfg":
      validateConfig(request.fields);
      break;
    case "SvcSetCfg":
      setConfig(request.fields, options);
      break;
    case "SvcFilePut":
      putFile(request.fields, options);
      break;
    case "SupDepart":
      depart(request.fields, options);
      break;
    case "SupRestart":
      // Compat: never answered; the connection ends with the Supervisor.
      options.restartSupervisor(request.fields.retryRefused === true);
      await new Promise<void>((resolve) => {
        if (reply.gone.aborted) resolve();
        else reply.gone.addEventListener("abort", () => resolve(), { once: true });
      });
      return;
  }
  await console.settled();
  await reply.complete({ message: "NetOk", fields: {} });
}

async function load(
  fields: CtlRequests["SvcLoad"],
  options: ControlOptions,
  console: Console,
): Promise<void> {
  const ident = identOf(needed(fields.ident));
  const { specs } = options;
  const existing = specs.get(ident.name);
  const shown = formatIdent(ident);
  if (existing !== undefined && fields.force !== true) {
    throw new Refusal(
      ErrCode.Conflict,
      `Service already loaded. Unload '${shown}' and try again, or load with the --force flag to reload and restart the service.`,
    );
  }
  const spec = mergeLoad(existing, ident, fields);
  assertGroup(spec, options);
  const installed = findInstalled(spec.ident) ?? (await options.install(spec, console));
  try {
    assertRunnable(installed);
  } catch (error) {
    options.output.line(PROGRAM, "UT", `Can't start non-runnable service: ${formatIdent(installed.ident)}`);
    throw error;
  }
  assertBinds(installed, spec.binds);
  specs.write(spec);
  options.services.reconcileSoon();
  console.info(`The ${shown} service was successfully loaded`);
}

function update(fields: CtlRequests["SvcUpdate"], options: ControlOptions, console: Console): void {
  const ident = identOf(needed(fields.ident));
  const existing = loaded(ident, options);
  const spec = mergeUpdate(existing, fields);
  // The original checks neither and unloads the service when its start then fails.
  assertGroup(spec, options);
  const installed = findInstalled(spec.ident);
  if (installed !== undefined) assertBinds(installed, spec.binds);
  options.specs.write(spec);
  options.services.reconcileSoon();
  console.info(`Updating ${formatIdent(ident)}`);
}

function unload(fields: CtlRequests["SvcUnload"], options: ControlOptions, console: Console): void {
  const ident = identOf(needed(fields.ident));
  loaded(ident, options);
  if (fields.timeoutInSeconds !== undefined) {
    options.services.setStopTimeout(ident.name, fields.timeoutInSeconds);
  }
  options.specs.remove(ident.name);
  options.services.reconcileSoon();
  console.info(`Unloading ${formatIdent(ident)}`);
}

function setDesired(
  state: "up" | "down",
  fields: CtlRequests["SvcStop"],
  options: ControlOptions,
  console: Console,
): void {
  const ident = identOf(needed(fields.ident));
  const spec = options.specs.get(ident.name);
  if (spec === undefined) throw notLoaded(ident);
  if (spec.desiredState === state) return;
  if (fields.timeoutInSeconds !== undefined) {
    options.services.setStopTimeout(ident.name, fields.timeoutInSeconds);
  }
  options.specs.write({ ...spec, desiredState: state });
  options.services.reconcileSoon();
  const verb = state === "up" ? "starting" : "stopping";
  console.info(`Supervisor ${verb} ${formatIdent(ident)}. See the Supervisor output for more details.`);
}

async function status(
  fields: CtlRequests["SvcStatus"],
  options: ControlOptions,
  reply: CtlReplyStream,
): Promise<void> {
  let found = options.services.list();
  if (fields.ident !== undefined) {
    const ident = identOf(fields.ident);
    found = found.filter((service) => satisfies(shownIdent(service), ident)).slice(0, 1);
    if (found.length === 0) throw notLoaded(ident);
  }
  const last = found.pop();
  const problems = options.supervisorProblems();
  const own = problems.length === 0 ? {} : { supervisorProblems: problems.join("\n") };
  if (last === undefined) return reply.complete({ message: "NetOk", fields: own });
  const shown = (service: ServiceSnapshot) => ({
    ...statusFields(service, options),
    ...(fields.withReadiness === true && service.spec.desiredState === "up"
      ? { notReady: notReadyReasons(service).join("\n") }
      : {}),
  });
  for (const service of found) await reply.partial({ message: "ServiceStatus", fields: shown(service) });
  await reply.complete({ message: "ServiceStatus", fields: { ...shown(last), ...own } });
}

function statusFields(snapshot: ServiceSnapshot, options: ControlOptions) {
  const { spec, service, problems } = snapshot;
  const process = service?.process;
  const elapsed = Math.max(0, Math.floor((options.now() - snapshot.enteredAtMs) / 1000));
  return {
    ident: { ...shownIdent(snapshot) },
    process: {
      elapsed: BigInt(elapsed),
      ...(process?.pid === undefined ? {} : { pid: process.pid }),
      state: process?.up === true ? ProcessState.Up : ProcessState.Down,
    },
    serviceGroup: groupFields(snapshot, options),
    desiredState: spec.desiredState === "up" ? DesiredState.Up : DesiredState.Down,
    ...(problems.length === 0 ? {} : { problems: problems.join("\n") }),
    ...(service?.draining === true ? { draining: true } : {}),
  };
}

/** default.toml as the original answers it; to our own client also the effective configuration and its layers. */
async function getConfig(
  fields: CtlRequests["SvcGetDefaultCfg"],
  options: ControlOptions,
  reply: CtlReplyStream,
): Promise<void> {
  const { serviceGroup } = fields;
  const wanted = serviceGroup === undefined ? identOf(needed(fields.ident)) : undefined;
  const found = options.services.list().find((snapshot) => {
    if (snapshot.parts === undefined) return false;
    if (wanted !== undefined) return satisfies(shownIdent(snapshot), wanted);
    return (
      serviceGroup !== undefined &&
      formatServiceGroup(snapshot.parts.group) === formatServiceGroup(serviceGroup)
    );
  });
  if (found?.parts === undefined) {
    if (wanted !== undefined) throw notLoaded(wanted);
    throw new Refusal(
      ErrCode.NotFound,
      `Service not loaded, ${formatServiceGroup(serviceGroup as ServiceGroup)}`,
    );
  }
  const { config } = found.parts;
  const answer = { format: 0, default: formatToml(config.layers.default ?? new Map()) };
  await reply.complete({
    message: "ServiceCfg",
    fields:
      fields.withLayers === true
        ? { ...answer, effective: formatToml(config.merged), layers: formatJson({ ...config.layers }) }
        : answer,
  });
}

function validateConfig(fields: CtlRequests["SvcValidateCfg"]): void {
  const cfg = needed(fields.cfg);
  assertSize(cfg, "Configuration");
  if ((fields.format ?? 0) !== 0)
    throw new Refusal(ErrCode.NotSupported, "Configuration format not supported.");
  parseApplied(cfg);
}

function parseApplied(cfg: Uint8Array): void {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(cfg);
  } catch {
    throw new Refusal(ErrCode.BadPayload, "Unable to decode configuration as UTF-8");
  }
  try {
    parseToml(text, { source: "configuration" });
  } catch (error) {
    throw new Refusal(ErrCode.BadPayload, `Unable to decode configuration as TOML, ${describeError(error)}`);
  }
}

function setConfig(fields: CtlRequests["SvcSetCfg"], { ring, output }: ControlOptions): void {
  const cfg = needed(fields.cfg);
  const version = needed(fields.version);
  const group = groupOf(needed(fields.serviceGroup));
  assertSize(cfg, "Configuration");
  const encrypted = fields.isEncrypted === true;
  // What is broken is refused here, so that it never becomes the version everybody has.
  if (!encrypted) parseApplied(cfg);
  output.line(
    PROGRAM,
    "CMD",
    `Setting new configuration version ${version} for ${formatServiceGroup(group)}`,
  );
  ring.setConfig(group, version, cfg, encrypted);
}

function putFile(fields: CtlRequests["SvcFilePut"], { ring, output }: ControlOptions): void {
  const content = needed(fields.content);
  const filename = needed(fields.filename);
  const version = needed(fields.version);
  const group = groupOf(needed(fields.serviceGroup));
  assertSize(content, "File");
  assertPlainFileName(filename);
  output.line(
    PROGRAM,
    "CMD",
    `Receiving new version ${version} of file ${filename} for ${formatServiceGroup(group)}`,
  );
  ring.putFile(group, version, filename, content, fields.isEncrypted === true);
}

function depart(fields: CtlRequests["SupDepart"], options: ControlOptions): void {
  const memberId = needed(fields.memberId);
  options.output.line(PROGRAM, "CMD", `Attempting to depart member: ${memberId}`);
  options.ring.depart(memberId);
}

function groupOf(group: ServiceGroup): ServiceGroup {
  return parseServiceGroup(formatServiceGroup(group));
}

function assertGroup(spec: ServiceSpec, { organization }: ControlOptions): void {
  serviceGroupOf(spec.ident.name, spec.group, organization);
}

function assertSize(content: Uint8Array, what: string): void {
  if (content.length > MAX_ENTITY_BYTES) {
    throw new Refusal(
      ErrCode.EntityTooLarge,
      `${what} too large. Maximum size allowed is ${MAX_ENTITY_BYTES} bytes.`,
    );
  }
}

function loaded(ident: PackageIdent, { specs }: ControlOptions): ServiceSpec {
  const spec = specs.get(ident.name);
  // Compat: Internal, where start and stop answer NotFound (§12.6).
  if (spec === undefined) throw new Refusal(ErrCode.Internal, `Service ${formatIdent(ident)} not loaded`);
  return spec;
}

function netError(error: unknown): { code: number; msg: string } {
  if (error instanceof Refusal) return { code: error.code, msg: error.message };
  const invalid = [
    supervisorErrors.missingBinds,
    supervisorErrors.invalidBinds,
    supervisorErrors.invalidServiceGroup,
    supervisorErrors.unsafeFileName,
  ];
  const code = invalid.some((kind) => isKind(error, kind)) ? ErrCode.InvalidPayload : ErrCode.Internal;
  const message = describeError(error);
  return {
    code,
    msg: error instanceof HabError && code === ErrCode.Internal ? withNext(message, error) : message,
  };
}

/** What to do next travels with the message: the client knows only this text. */
function withNext(message: string, error: HabError): string {
  return error.kind.code === supervisorErrors.notRunnable.code ? message : `${message}\n${error.next}`;
}
