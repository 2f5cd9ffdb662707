// Load for benchmarks of servers: requests and downloads over kept connections by plain sockets, so that the client costs
// little beside what it measures; and what a server's processes used meanwhile. Processor time is what a server costs on a
// machine that does other things too; the rate says as much only on one that does not.
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { cpuTimeOf } from "./host.ts";
import { type Comparison, figure, report } from "./measure.ts";

export interface Load {
  readonly port: number;
  /** The path of the n-th request. */
  readonly pathOf: (index: number) => string;
  readonly connections: number;
  /** In all. */
  readonly requests: number;
  /** The processes that answer. */
  readonly pids: readonly number[];
}

export interface Cost {
  /** Requests a second by the clock. */
  readonly perSecond: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly processorUs: number;
}

/** Sends requests, on each connection the next one when the answer is complete. Throws on any answer but 200 and 206. */
export async function loadServer({ port, pathOf, connections, requests, pids }: Load): Promise<Cost> {
  const used = processorTimes(pids);
  const from = performance.now();
  let sent = 0;
  const nextRequest = (): string | undefined =>
    sent < requests ? `GET ${pathOf(sent++)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n` : undefined;
  await Promise.all(
    Array.from({ length: Math.min(connections, requests) }, () => oneConnection(port, nextRequest)),
  );
  return {
    perSecond: (requests * 1000) / (performance.now() - from),
    processorUs: (processorMsSince(used) * 1000) / requests,
  };
}

async function oneConnection(port: number, nextRequest: () => string | undefined): Promise<void> {
  const { promise, resolve: end, reject } = Promise.withResolvers<void>();
  let wanted = -1;
  let received = 0;
  let head = "";
  const fail = (message: string): void => reject(new Error(message));
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(nextRequest() ?? ""),
      data(socket, data) {
        if (wanted < 0) {
          // A head may come in pieces.
          head += data.subarray(0, 4096).toString("latin1");
          const bodyAt = head.indexOf("\r\n\r\n") + 4;
          if (bodyAt >= 4) {
            const length = /content-length: (\d+)/i.exec(head)?.[1];
            if (!/^HTTP\/1.1 20[06] /.test(head) || length === undefined) {
              fail(`unexpected answer: ${head.slice(0, bodyAt)}`);
              socket.end();
              return;
            }
            wanted = bodyAt + Number(length);
          } else if (head.length > 16_384) {
            fail("a head without an end");
            socket.end();
            return;
          }
        }
        received += data.length;
        if (wanted < 0 || received < wanted) return;
        received = 0;
        wanted = -1;
        head = "";
        const next = nextRequest();
        if (next !== undefined) socket.write(next);
        else {
          end();
          socket.end();
        }
      },
      close: () => fail("the server closed the connection before it had answered"),
      error: (_socket, error) => reject(error),
    },
  });
  await promise;
}

/** Processor time of each process, in milliseconds. Those that are gone have none: a database's come and go. */
export function processorTimes(pids: readonly number[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const pid of pids) {
    try {
      times.set(pid, cpuTimeOf([pid]));
    } catch {
      // It has ended.
    }
  }
  return times;
}

/** What these processes have used since. */
export function processorMsSince(before: ReadonlyMap<number, number>): number {
  let used = 0;
  for (const [pid, time] of processorTimes([...before.keys()])) used += time - (before.get(pid) ?? time);
  return used;
}

/** A process with all that descend from it: nginx and PostgreSQL answer by children. */
export function withDescendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return [pid, ...children.filter(Boolean).flatMap((child) => withDescendants(Number(child)))];
  } catch {
    return [];
  }
}

/** Runs some loads in turn, some rounds of each, after one that is not counted. */
export async function inTurn<Name extends string>(
  loads: Readonly<Record<Name, (() => Promise<Cost>) | undefined>>,
  rounds = 5,
): Promise<Record<Name, Cost[]>> {
  const names = (Object.keys(loads) as Name[]).filter((name) => loads[name] !== undefined);
  const costs = Object.fromEntries(Object.keys(loads).map((name) => [name, []])) as unknown as Record<
    Name,
    Cost[]
  >;
  for (const name of names) await loads[name]?.();
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const cost = await loads[name]?.();
      if (cost !== undefined) costs[name].push(cost);
    }
  return costs;
}

/** Reports the processor time of ours beside a reference's. */
export function compareCosts(
  ours: { name: string; costs: readonly Cost[] },
  reference: { name: string; costs: readonly Cost[] },
  aim?: Comparison["aim"],
  note = "",
): void {
  const of = ({ name, costs }: typeof ours) =>
    figure(
      name,
      "µs of processor time",
      costs.map(({ processorUs }) => processorUs),
    );
  const rate = (costs: readonly Cost[]): string =>
    figure(
      "",
      "",
      costs.map(({ perSecond }) => perSecond),
    ).median.toFixed(costs.length > 0 && (costs[0]?.perSecond ?? 0) < 100 ? 2 : 0);
  const subject = of(ours);
  const clock = `by the clock ${rate(ours.costs)}/s`;
  if (reference.costs.length === 0) {
    report({ subject, note: [clock, note].filter(Boolean).join("; ") });
    return;
  }
  report({
    subject,
    reference: of(reference),
    // How many of ours the time of the reference's would do.
    ratio: of(reference).median / subject.median,
    ...(aim !== undefined && { aim }),
    note: [`${clock} against ${rate(reference.costs)}/s at load ${loadNow()}`, note]
      .filter(Boolean)
      .join("; "),
  });
}

/** The machine's load average: how far a rate by the clock can be believed. */
export const loadNow = (): string => (loadavg()[0] ?? 0).toFixed(0);
