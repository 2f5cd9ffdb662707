// Stands at the bridge of a test network (network.ts) and asks its machines what a test wants to know: the test itself is in
// another network. By a unix socket, whose path is the argument: GET /10.77.0.1:9631/path asks over HTTP; POST /10.77.0.1:6379
// says the body to that port and answers with all that is said until the connection is closed. Its process is also what
// keeps the bridge's network namespace; it ends with the test, by the end of its input. The header x-patience-ms of a question says how long
// an answer is waited for.
const [socket] = process.argv.slice(2);
if (socket === undefined) throw new Error("usage: observer.ts SOCKET");
const PATIENCE_MS = 2000;

Bun.serve({
  unix: socket,
  development: false,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    try {
      if (request.method === "POST") {
        const [hostname = "", port] = pathname.slice(1).split(":");
        return new Response(await say(hostname, Number(port), await request.bytes()));
      }
      const answer = await fetch(`http:/${pathname}${search}`, {
        keepalive: false,
        signal: AbortSignal.timeout(Number(request.headers.get("x-patience-ms") ?? PATIENCE_MS)),
      });
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    } catch (error) {
      return new Response(String(error), { status: 502 });
    }
  },
});

/** What comes back until the other side closes the connection. */
async function say(hostname: string, port: number, words: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const answer: Uint8Array[] = [];
  const socket = await Bun.connect({
    hostname,
    port,
    socket: {
      open: (opened) => void opened.write(words),
      data: (_, piece) => void answer.push(Uint8Array.from(piece)),
      close: () => resolve(Buffer.concat(answer)),
      error: (_, error) => reject(error),
    },
  });
  const timer = setTimeout(() => reject(new Error("no end of the answer")), PATIENCE_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.terminate();
  }
}

process.stdin.on("end", () => process.exit(0)).resume();
