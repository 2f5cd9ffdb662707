// Reports as the protobuf messages of an event stream: proto3 package chef.habitat.supervisor.event (reference/supervisor.md
// §17). Fields with their zero value are left out, as proto3 does.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { HealthResult } from "../plan/health.ts";
import type { HealthReport, ReportedService, ServiceReport } from "./report.ts";

/** What every event says of its Supervisor. */
export interface EventOrigin {
  readonly supervisorId: string;
  /** Compat: where gossip listens, with its port: `0.0.0.0:9638`. */
  readonly gossipAddress: string;
  readonly application: string;
  readonly environment: string;
  readonly meta: ReadonlyMap<string, string>;
  readonly fqdn: string;
  readonly site: string | undefined;
}

const SUBJECTS: Readonly<Record<ServiceReport["kind"], string>> = {
  started: "habitat.event.service_started",
  stopped: "habitat.event.service_stopped",
  "update-started": "habitat.event.service_update_started",
  "health-check": "habitat.event.healthcheck",
};

export function subjectOf(report: ServiceReport): string {
  return SUBJECTS[report.kind];
}

/** The bytes of a report. `atMs`: when it happened, in epoch milliseconds. */
export function encodeReport(report: ServiceReport, origin: EventOrigin, atMs: number): Uint8Array {
  const writer = new BinaryWriter();
  message(writer, 1, (inner) => writeOrigin(inner, origin, atMs));
  message(writer, 2, (inner) => writeService(inner, report.service));
  if (report.kind === "update-started") text(writer, 3, report.packageIdent);
  if (report.kind === "health-check") writeHealth(writer, report.health);
  return writer.finish();
}

function writeOrigin(writer: BinaryWriter, origin: EventOrigin, atMs: number): void {
  text(writer, 1, origin.supervisorId);
  text(writer, 2, origin.gossipAddress);
  message(writer, 3, (inner) => writeMoment(inner, atMs));
  text(writer, 4, origin.application);
  text(writer, 5, origin.environment);
  for (const [key, value] of origin.meta) {
    message(writer, 6, (inner) => {
      text(inner, 1, key);
      text(inner, 2, value);
    });
  }
  text(writer, 7, origin.fqdn);
  text(writer, 8, origin.site ?? "");
}

const STRATEGIES = { "at-once": 0, rolling: 1 } as const;

function writeService(writer: BinaryWriter, service: ReportedService): void {
  const { packageIdent, specIdent, serviceGroup, update } = service;
  text(writer, 1, packageIdent);
  text(writer, 2, specIdent);
  text(writer, 3, serviceGroup);
  if (update === undefined) return;
  message(writer, 4, (inner) => {
    number(inner, 1, STRATEGIES[update.strategy]);
    text(inner, 2, update.channel);
  });
}

const RESULTS: Readonly<Record<HealthResult, number>> = { Ok: 0, Warning: 1, Critical: 2, Unknown: 3 };

function writeHealth(writer: BinaryWriter, { result, hook, intervalMs }: HealthReport): void {
  number(writer, 3, RESULTS[result]);
  if (hook !== undefined) {
    message(writer, 4, (inner) => writeMoment(inner, hook.seconds * 1000));
    const { exitStatus, output } = hook;
    if (exitStatus !== undefined) message(writer, 5, (inner) => number(inner, 1, exitStatus));
    if (output !== undefined) {
      message(writer, 6, (inner) => text(inner, 1, output.stdout));
      message(writer, 7, (inner) => text(inner, 1, output.stderr));
    }
  }
  message(writer, 8, (inner) => writeMoment(inner, intervalMs));
}

/** google.protobuf.Timestamp and Duration: seconds and nanoseconds. */
function writeMoment(writer: BinaryWriter, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  const nanos = Math.round((milliseconds - seconds * 1000) * 1e6);
  if (seconds !== 0) writer.tag(1, WireType.Varint).int64(BigInt(seconds));
  number(writer, 2, nanos);
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
}

function number(writer: BinaryWriter, field: number, value: number): void {
  if (value !== 0) writer.tag(field, WireType.Varint).int32(value);
}
