// What the service vectors speak of, in the terms of a real Supervisor: packages given by their parts, its output without
// what differs from run to run, and how both are compared (the vectors' README).
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServiceJson, TestSupervisor } from "../../supervisor/harness.ts";

/** A package as a vector gives it. */
export interface VectorPackage {
  readonly hooks?: Readonly<Record<string, string>>;
  readonly toml?: string | null;
  readonly default_toml?: string | null;
  readonly files?: Readonly<Record<string, string | { readonly hex: string }>>;
  readonly exports?: string;
  readonly binds?: string;
  readonly deps?: readonly string[];
}

const VERSION = "1.0.0/20260101000000";
export const BUSYBOX = `core/busybox-static/${VERSION}`;

/** The files of a package of the vectors, by their path in it. */
export function packageFiles(ident: string, parts: VectorPackage): Record<string, string | Uint8Array> {
  const deps = parts.deps?.map((dep) => `${dep}\n`).join("");
  const toml = parts.toml ?? parts.default_toml;
  return {
    IDENT: `${ident}\n`,
    TARGET: "x86_64-linux\n",
    SVC_USER: "root\n",
    SVC_GROUP: "root\n",
    ...(typeof toml === "string" ? { "default.toml": toml } : {}),
    ...(parts.exports === undefined ? {} : { EXPORTS: parts.exports }),
    ...(parts.binds === undefined ? {} : { BINDS: parts.binds }),
    ...(deps === undefined ? {} : { DEPS: deps, TDEPS: deps }),
    ...Object.fromEntries(Object.entries(parts.hooks ?? {}).map(([hook, text]) => [`hooks/${hook}`, text])),
    ...Object.fromEntries(
      Object.entries(parts.files ?? {}).map(([path, content]) => [
        path,
        typeof content === "string" ? content : Uint8Array.fromHex(content.hex),
      ]),
    ),
  };
}

/** Writes an installed package of origin `vec`. */
export function addVectorPackage(supervisor: TestSupervisor, name: string, parts: VectorPackage): void {
  const ident = `vec/${name}/${VERSION}`;
  for (const [path, content] of Object.entries(packageFiles(ident, parts))) {
    const full = join(supervisor.root, "hab/pkgs", ident, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode: path.startsWith("hooks/") || path === "run" ? 0o755 : 0o644 });
  }
}

/** The package that gives hooks their PATH. */
export function addBusybox(supervisor: TestSupervisor): void {
  const files = { IDENT: `${BUSYBOX}\n`, TARGET: "x86_64-linux\n", PATH: `/hab/pkgs/${BUSYBOX}/bin\n` };
  for (const [path, content] of Object.entries(files))
    supervisor.write(`hab/pkgs/${BUSYBOX}/${path}`, content);
}

/** The text with the vectors' placeholders for what differs from run to run. */
export function plain(supervisor: TestSupervisor, text: string): string {
  return text
    .replaceAll(supervisor.root, "$ROOT")
    .replaceAll(/\bPID:? \d+/g, "PID N")
    .replaceAll(/\([\d.]+ s\)/g, "(N s)");
}

/**
 * Lines that do not always come in the same case: the end of a loop of health checks, told after its last pause, and what a
 * shell says of its own children.
 */
const isCertain = (line: string) => !/Health checking has been stopped|\(E\): Terminated/.test(line);

/** Lines about one service, without repetitions: how often something is tried again differs from run to run. */
export function linesAbout(supervisor: TestSupervisor, name: string, lines: readonly string[]): Set<string> {
  const about = new RegExp(`(^|[ '/])${RegExp.escape(name)}([. :,('/]|$)`);
  return new Set(
    lines.filter((line) => about.test(line) && isCertain(line)).map((line) => plain(supervisor, line)),
  );
}

/** `- line` for what the original says and we do not, `+ line` for the other way. */
export function lineDifferences(seen: ReadonlySet<string>, wanted: ReadonlySet<string>): string[] {
  return [
    ...[...wanted.difference(seen)].map((line) => `- ${line}`),
    ...[...seen.difference(wanted)].map((line) => `+ ${line}`),
  ];
}

/** Differences of the output about one service, from line `from` of it on. */
export function logDifferences(
  supervisor: TestSupervisor,
  name: string,
  wanted: readonly string[],
  from = 0,
): string[] {
  return lineDifferences(
    linesAbout(supervisor, name, supervisor.log.slice(from)),
    linesAbout(supervisor, name, wanted),
  );
}

/** `field: wanted → seen` for every field that is not the same. */
export function fieldDifferences(
  seen: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys({ ...wanted, ...seen })
    .filter((field) => !Bun.deepEquals(seen[field], wanted[field]))
    .map((field) => `${field}: ${JSON.stringify(wanted[field])} → ${JSON.stringify(seen[field])}`);
}

type State = Pick<
  ServiceJson,
  | "desired_state"
  | "health_check"
  | "initialized"
  | "process"
  | "last_process_state"
  | "next_restart_at"
  | "restart_count"
>;

/** The state of a service without pids and times. */
export function stateOf(service: State | undefined): Record<string, unknown> {
  if (service === undefined) return {};
  const { last_process_state: last } = service;
  return {
    desired_state: service.desired_state,
    health_check: service.health_check,
    initialized: service.initialized,
    process: service.process.state,
    has_pid: service.process.pid !== null,
    last: last === null ? null : `${last.termination_reason}${last.pid === null ? "" : " of a process"}`,
    waits: service.next_restart_at !== null,
    restart_count: service.restart_count,
  };
}
