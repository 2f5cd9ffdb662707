// The depot that one service follows: a real one, behind a way that is at times slow, cut or full of garbage.
import { connect, createServer, type Socket } from "node:net";

export const DEPOT_PORT = 9636;
export const WAY_PORT = 9637;

/** What becomes of what the depot answers. */
export const WAYS = ["right", "slow", "garbage", "damaged", "cut", "silent", "closed"] as const;
export type Way = (typeof WAYS)[number];

const SLOW_BYTES = 64;
const SLOW_PAUSE_MS = 20;
const CUT_AFTER_BYTES = 300;

export interface DepotWay {
  set(way: Way): void;
  /** Connections taken so far. */
  readonly taken: number;
}

/** Listens on `WAY_PORT` and leads to the depot. */
export async function openWay(noise: (length: number) => Uint8Array): Promise<DepotWay> {
  let way: Way = "right";
  let taken = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    taken++;
    open.add(client);
    client.on("close", () => open.delete(client));
    client.on("error", () => {});
    const upstream = connect(DEPOT_PORT, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    const chosen = way;
    if (chosen === "closed") return void client.on("data", () => client.destroy());
    if (chosen === "silent") return void client.on("data", () => {});
    client.pipe(upstream);
    if (chosen === "right") return void upstream.pipe(client);
    let passed = 0;
    if (chosen === "slow") {
      void trickle(upstream, client).catch(() => client.destroy());
      return;
    }
    upstream.on("data", (chunk: Buffer) => {
      if (chosen === "garbage") client.end(noise(chunk.length));
      else if (chosen === "cut") {
        client.write(chunk.subarray(0, Math.max(0, CUT_AFTER_BYTES - passed)));
        passed += chunk.length;
        if (passed >= CUT_AFTER_BYTES) client.destroy();
      } else client.write(damaged(chunk, noise));
    });
    upstream.on("end", () => client.end());
  });
  await new Promise<void>((listening) => server.listen(WAY_PORT, "127.0.0.1", listening));
  return {
    get taken() {
      return taken;
    },
    set(next) {
      way = next;
      // A connection that is kept open would go on as it began.
      for (const socket of open) socket.destroy();
    },
  };
}

async function trickle(from: Socket, to: Socket): Promise<void> {
  for await (const chunk of from as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length && !to.destroyed; at += SLOW_BYTES) {
      to.write(chunk.subarray(at, at + SLOW_BYTES));
      await Bun.sleep(SLOW_PAUSE_MS);
    }
  }
  to.end();
}

/** One byte in sixteen is another one, status line and headers left alone. */
function damaged(chunk: Buffer, noise: (length: number) => Uint8Array): Buffer {
  const copy = Buffer.from(chunk);
  const body = copy.indexOf("\r\n\r\n");
  const random = noise(copy.length);
  for (let at = body < 0 ? 0 : body + 4; at < copy.length; at++)
    if (((random[at] as number) & 15) === 0) copy[at] = (copy[at] as number) ^ 0x15;
  return copy;
}
