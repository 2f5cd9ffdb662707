// Ports for servers that tests start in other processes. They lie below those the kernel gives away by itself
// (net.ipv4.ip_local_port_range), so that no connection and no server on port 0 takes one in between.

const FIRST = 20_000;
const COUNT = 12_000;

/** Each process begins somewhere else, and gives none twice before it has given all. */
let next = Math.floor(Math.random() * COUNT);

/** A port of 127.0.0.1 on which nobody listens. */
export function freePort(): number {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
