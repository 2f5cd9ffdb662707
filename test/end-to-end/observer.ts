// Stands at the bridge of a test network (network.ts) and asks its machines over HTTP what a test wants to know: the test
// itself is in another network. `/10.77.0.1:9631/path` by a unix socket, whose path is the argument. Its process is also
// what keeps the bridge's network namespace; it ends with the test, by the end of its input.
const [socket] = process.argv.slice(2);
if (socket === undefined) throw new Error("usage: observer.ts SOCKET");
const PATIENCE_MS = 2000;

Bun.serve({
  unix: socket,
  development: false,
  async fetch(request) {
    const path = new URL(request.url).pathname;
    try {
      const answer = await fetch(`http:/${path}`, {
        keepalive: false,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    } catch (error) {
      return new Response(String(error), { status: 502 });
    }
  },
});

process.stdin.on("end", () => process.exit(0)).resume();
