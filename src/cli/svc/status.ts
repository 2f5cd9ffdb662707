// `hab svc status` (reference/cli.md §10.12, supervisor.md §12.8).
import { type CtlReplies, type CtlRequests, ProcessState } from "../../ctl/index.ts";
import { formatIdent } from "../../package/index.ts";
import { formatServiceGroup } from "../../supervisor/index.ts";
import { formatTable } from "../../ui/index.ts";
import { defineCommand, option, optionalArgument } from "../command.ts";
import { identType } from "../ident-types.ts";
import { remoteSupOption } from "../shared-options.ts";
import { choice, integer } from "../values.ts";
import { askSupervisor } from "./ask.ts";
import { waitUntilReady } from "./wait-ready.ts";

type ServiceStatus = CtlReplies["ServiceStatus"];

const HEADING = ["package", "type", "desired", "state", "elapsed (s)", "pid", "group"];
const NONE = "<none>";

export const command = defineCommand({
  summary: "Show the loaded services",
  description:
    "Below the table stands what is wrong with a service: a broken layer of its configuration or a template, while " +
    "the last good one is in force, a hook that did not end in its time, why it cannot start, or that it says it is not ready. " +
    "What is wrong with the Supervisor itself stands before it, on standard error.",
  examples: [
    { command: "hab svc status", explains: "all services" },
    { command: "hab svc status core/redis --json", explains: "one service, for a script" },
    {
      command: "hab svc status --wait ready --timeout 120",
      explains: "for a script that goes on when all are up",
    },
  ],
  args: {
    ident: optionalArgument({
      value: "PKG_IDENT",
      help: "A package (core/redis)",
      completes: "loaded-service",
      type: identType,
    }),
  },
  options: {
    wait: option({
      long: "wait",
      value: "STATE",
      help: "Wait until the services are so: up, initialized, not critical, and ready by their own word",
      type: choice("ready"),
    }),
    timeout: option({
      long: "timeout",
      value: "SECONDS",
      help: "With --wait, seconds to wait at most; then the exit code is 3",
      type: integer(),
      default: "60",
    }),
    remoteSup: remoteSupOption(),
  },
  json: true,
  async run(context) {
    const { args, options, json, printJson, stdout, ui } = context;
    const ident = args.ident === undefined ? {} : { ident: { ...args.ident } };
    let supervisorProblems: readonly string[] | undefined;
    const ask = async (fields: CtlRequests["SvcStatus"]) => {
      const found: ServiceStatus[] = [];
      supervisorProblems = undefined;
      const request = { message: "SvcStatus", fields } as const;
      for await (const reply of askSupervisor(context, options.remoteSup, request)) {
        if (reply.message === "ServiceStatus") found.push(reply.fields);
        if (reply.message === "ServiceStatus" || reply.message === "NetOk")
          supervisorProblems = reply.fields.supervisorProblems?.split("\n");
      }
      return found;
    };
    const found =
      options.wait === undefined
        ? await ask({ ...ident, withReadiness: true })
        : await waitUntilReady({
            ask: () => ask({ ...ident, withReadiness: true }),
            timeoutSeconds: options.timeout,
            signal: context.signal,
          });
    for (const problem of supervisorProblems ?? []) ui.warn(problem);
    if (json) return printJson(found.map(statusJson));
    if (found.length === 0) {
      stdout.write("No services loaded.\n");
      return;
    }
    stdout.write(formatTable([HEADING, ...found.map(statusRow)]));
    for (const { serviceGroup, problems } of found)
      for (const problem of linesOf(problems)) ui.warn(`${formatServiceGroup(serviceGroup)}: ${problem}`);
  },
});

function statusRow({ ident, process, serviceGroup, desiredState }: ServiceStatus): string[] {
  return [
    formatIdent(ident),
    // Compat: always this word, whatever the topology.
    "standalone",
    desiredState === undefined ? NONE : (DESIRED[desiredState] ?? NONE),
    stateOf(process?.state),
    String(process?.elapsed ?? 0n),
    process?.pid === undefined ? NONE : String(process.pid),
    formatServiceGroup(serviceGroup),
  ];
}

const DESIRED: Readonly<Record<number, string>> = { 0: "down", 1: "up" };

function stateOf(state: number | undefined): string {
  return state === ProcessState.Up ? "up" : "down";
}

function linesOf(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : text.split("\n");
}

function statusJson(status: ServiceStatus) {
  const { ident, process, serviceGroup, desiredState, problems, notReady, draining } = status;
  return {
    package: formatIdent(ident),
    service_group: formatServiceGroup(serviceGroup),
    desired_state: desiredState === undefined ? null : (DESIRED[desiredState] ?? null),
    state: stateOf(process?.state),
    elapsed_seconds: process?.elapsed ?? 0n,
    pid: process?.pid ?? null,
    problems: linesOf(problems),
    ready: notReady === undefined ? null : notReady === "",
    not_ready: linesOf(notReady),
    draining: draining === true,
  };
}
