// The event stream of a Supervisor: reports of its services, published over NATS (reference/supervisor.md §17). Loaded only
// where one is asked for.

import { lookup, lookupService } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Secret } from "../../crypto/index.ts";
import { trustedCertificates } from "../../depot-client/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { supervisorErrors } from "../errors.ts";
import type { Metrics } from "../http/metrics.ts";
import { parseNatsAddress } from "./address.ts";
import { type EventOrigin, encodeReport, subjectOf } from "./messages.ts";
import { NatsPublisher } from "./nats-publisher.ts";
import type { ServiceReport } from "./report.ts";

export interface EventStreamOptions {
  readonly url: Secret<string>;
  readonly token: Secret<string>;
  readonly application: string;
  readonly environment: string;
  readonly site?: string;
  readonly meta: ReadonlyMap<string, string>;
  /** A PEM file with further authorities. */
  readonly serverCertificate?: string;
  /** Seconds a start waits for the connection; 0 does not wait. */
  readonly connectTimeoutSeconds: number;
}

export interface EventStreamHost {
  readonly supervisorId: string;
  readonly gossipAddress: string;
  readonly metrics: Pick<Metrics, "count">;
  readonly say: (content: string) => void;
  readonly now: () => number;
}

export interface EventStream {
  /** Never waits and never throws. */
  report(report: ServiceReport): void;
  /** Ends; what can be sent within a moment still is. */
  close(): Promise<void>;
}

/**
 * Begins to connect; waits for it where a timeout is given. Throws `badOption` for an address or certificate that is none,
 * `noEventStream` when there is no connection in time.
 */
export async function openEventStream(
  options: EventStreamOptions,
  { supervisorId, gossipAddress, metrics, say, now }: EventStreamHost,
): Promise<EventStream> {
  const { application, environment, meta, site, connectTimeoutSeconds } = options;
  const extra = await serverCertificates(options.serverCertificate);
  const publisher = new NatsPublisher({
    address: parseNatsAddress(options.url.reveal()),
    login: { kind: "token", token: options.token.reveal() },
    name: `hab_client_${supervisorId}`,
    authorities: async () => [...(await trustedCertificates()), ...extra],
    count: (outcome) => metrics.count("hab_sup_event_stream_events_total", outcome),
    say,
  });
  let origin: EventOrigin = {
    supervisorId,
    gossipAddress,
    application,
    environment,
    meta,
    fqdn: hostname(),
    site,
  };
  void fullName().then((fqdn) => {
    origin = { ...origin, fqdn };
  });
  if (connectTimeoutSeconds > 0) {
    try {
      await inTime(publisher.connected, connectTimeoutSeconds);
    } catch (error) {
      await publisher.close();
      throw error;
    }
  }
  return {
    report: (report) => publisher.publish(subjectOf(report), encodeReport(report, origin, now())),
    close: () => publisher.close(),
  };
}

async function serverCertificates(path: string | undefined): Promise<string[]> {
  if (path === undefined) return [];
  try {
    const text = await readFile(path, "utf8");
    if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error("it holds no certificate in PEM");
    return [text];
  } catch (error) {
    throw new HabError(
      supervisorErrors.badOption,
      `--event-stream-server-certificate ${path}: ${describeError(error)}`,
      { cause: error },
    );
  }
}

async function inTime(connected: Promise<void>, seconds: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () =>
    reject(
      new HabError(
        supervisorErrors.noEventStream,
        `could not establish connection to the event stream within ${seconds} seconds`,
      ),
    );
  const timer = setTimeout(late, seconds * 1000);
  try {
    await Promise.race([connected, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The host's full name as its resolver gives it; its short one where it gives none. */
async function fullName(): Promise<string> {
  try {
    const { address } = await lookup(hostname());
    return (await lookupService(address, 0)).hostname;
  } catch {
    return hostname();
  }
}
