import { afterEach, expect, test } from "bun:test";
import type { Socket } from "bun";
import { MESSAGE_LIMIT_BYTES } from "../limits.ts";
import { zmtpFrame } from "../wire/zmtp.ts";
import { greeting, ready } from "../wire/zmtp-handshake.ts";
import type { MessageSource } from "./inbox.ts";
import { MAX_UNREAD_BYTES_A_CONNECTION } from "./limits.ts";
import { type Listener, listenForConnections } from "./listener.ts";
import { until } from "./scripted.ts";

const open: { listener: Listener; sockets: Socket<undefined>[] } = {
  listener: undefined as never,
  sockets: [],
};
afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.terminate();
  open.listener.close();
});

function start(maxConnections?: number) {
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = free;
  free.stop(true);
  const sources: MessageSource[] = [];
  const closed: string[] = [];
  const passedOver: number[] = [];
  let messages = 0;
  open.listener = listenForConnections({
    listen: { host: "127.0.0.1", port },
    now: () => performance.now(),
    message: () => {
      messages++;
    },
    passedOver: (count) => passedOver.push(count),
    waiting: (source) => sources.push(source),
    closed: (why) => closed.push(why),
    ...(maxConnections === undefined ? {} : { maxConnections }),
  });
  return { port, sources, closed, passedOver, messages: () => messages };
}

async function dial(port: number, sent: Uint8Array) {
  const state = { closed: false, written: 0, received: 0 };
  const more = (socket: Socket<undefined>): void => {
    state.written += Math.max(0, socket.write(sent.subarray(state.written)));
  };
  const socket = await Bun.connect<undefined>({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: more,
      drain: more,
      data(_socket, bytes) {
        state.received += bytes.length;
      },
      close() {
        state.closed = true;
      },
    },
  });
  open.sockets.push(socket);
  return state;
}

const introduction = Buffer.concat([greeting(), ready("PUSH")]);

test("one that sends more than is looked at is read no further until it is", async () => {
  const { port, sources, messages } = start();
  const frame = zmtpFrame(new Uint8Array(1 << 19));
  const COUNT = 60; // 30 MiB: more than the buffers of both kernels hold
  const far = await dial(port, Buffer.concat([introduction, ...Array.from({ length: COUNT }, () => frame)]));
  await until(() => open.listener.unreadBytes > MAX_UNREAD_BYTES_A_CONNECTION);
  // Another one is heard meanwhile: what could be read of the first was.
  const other = await dial(port, introduction);
  await until(() => other.received >= introduction.length);
  expect(open.listener.unreadBytes).toBeLessThan(MAX_UNREAD_BYTES_A_CONNECTION + (2 << 20));
  expect(far.written).toBeLessThan(COUNT * frame.length);
  while (messages() < COUNT) {
    for (const source of sources.splice(0)) while (source.takeMessage());
    await Bun.sleep(0);
  }
  expect([open.listener.unreadBytes, open.listener.unreadMessages]).toEqual([0, 0]);
});

test("beyond the limit the one that was silent longest makes room", async () => {
  const { port, closed } = start(2);
  const first = await dial(port, introduction);
  await until(() => first.received >= introduction.length); // it was heard
  const second = await dial(port, introduction);
  await until(() => second.received >= introduction.length);
  const third = await dial(port, introduction);
  await until(() => first.closed);
  expect([second.closed, third.closed, open.listener.connections]).toEqual([false, false, 2]);
  expect(closed).toEqual(["too-many"]);
});

test("a message too long to be looked at is told of, and the connection goes on", async () => {
  const { port, sources, passedOver, closed } = start();
  await dial(
    port,
    Buffer.concat([
      introduction,
      zmtpFrame(new Uint8Array(MESSAGE_LIMIT_BYTES + 1)),
      zmtpFrame(new Uint8Array(1)),
    ]),
  );
  await until(() => sources.length > 0);
  expect([passedOver, closed]).toEqual([[1], []]);
});
