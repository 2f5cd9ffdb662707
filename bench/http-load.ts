// Load for benchmarks of servers: requests over kept connections by plain sockets, so that the client costs little beside
// what it measures, and what a server's process used meanwhile.
import { readFileSync } from "node:fs";

export interface Load {
  readonly port: number;
  /** The path of the n-th request. */
  readonly pathOf: (index: number) => string;
  readonly connections: number;
  readonly seconds: number;
}

/** Answers a second: each connection sends its next request when it has the whole answer. Throws on any other than 200. */
export async function answersPerSecond({ port, pathOf, connections, seconds }: Load): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let answers = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      let index = connection * 7919;
      const next = (): string => `GET ${pathOf(index++)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
      const { promise, resolve: end, reject } = Promise.withResolvers<void>();
      let wanted = -1;
      let received = 0;
      await Bun.connect({
        hostname: "127.0.0.1",
        port,
        socket: {
          open: (socket) => void socket.write(next()),
          data(socket, data) {
            if (wanted < 0) {
              const head = data.toString("latin1");
              const bodyAt = head.indexOf("\r\n\r\n") + 4;
              const length = /content-length: (\d+)/i.exec(head)?.[1];
              if (!head.startsWith("HTTP/1.1 200") || length === undefined || bodyAt < 4) {
                reject(new Error(`unexpected answer: ${head.slice(0, 200)}`));
                socket.end();
                return;
              }
              wanted = bodyAt + Number(length);
            }
            received += data.length;
            if (received < wanted) return;
            answers++;
            received = 0;
            wanted = -1;
            if (performance.now() < until) socket.write(next());
            else {
              socket.end();
              end();
            }
          },
          error: (_socket, error) => reject(error),
        },
      });
      await promise;
    }),
  );
  return (answers * 1000) / (performance.now() - start);
}

/** Processor time a process has used, in milliseconds. */
export function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  // Hundredths of a second, on every Linux there is.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
