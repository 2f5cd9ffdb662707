// Load for benchmarks of servers: requests and downloads over kept connections by plain sockets, so that the client costs
// little beside what it measures; and what a server's processes used meanwhile. Processor time is what a server costs on a
// machine that does other things too; the rate says as much only on one that does not.
import { readFileSync } from "node:fs";
import { cpuTimeOf } from "./host.ts";

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
  const used = cpuTimeOf(pids);
  const from = performance.now();
  let sent = 0;
  const nextRequest = (): string | undefined =>
    sent < requests ? `GET ${pathOf(sent++)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n` : undefined;
  await Promise.all(
    Array.from({ length: Math.min(connections, requests) }, () => oneConnection(port, nextRequest)),
  );
  return {
    perSecond: (requests * 1000) / (performance.now() - from),
    processorUs: ((cpuTimeOf(pids) - used) * 1000) / requests,
  };
}

async function oneConnection(port: number, nextRequest: () => string | undefined): Promise<void> {
  const { promise, resolve: end, reject } = Promise.withResolvers<void>();
  let wanted = -1;
  let received = 0;
  const fail = (message: string): void => reject(new Error(message));
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(nextRequest() ?? ""),
      data(socket, data) {
        if (wanted < 0) {
          const head = data.subarray(0, 4096).toString("latin1");
          const bodyAt = head.indexOf("\r\n\r\n") + 4;
          const length = /content-length: (\d+)/i.exec(head)?.[1];
          if (!/^HTTP\/1.1 20[06] /.test(head) || length === undefined || bodyAt < 4) {
            fail(`unexpected answer: ${head.slice(0, 200)}`);
            socket.end();
            return;
          }
          wanted = bodyAt + Number(length);
        }
        received += data.length;
        if (received < wanted) return;
        received = 0;
        wanted = -1;
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

/** A process with all that descend from it: nginx and PostgreSQL answer by children. */
export function withDescendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return [pid, ...children.filter(Boolean).flatMap((child) => withDescendants(Number(child)))];
  } catch {
    return [];
  }
}
