// The server side of the control gateway (reference/supervisor.md §12.2): handshake with the shared secret, then one
// request a connection, answered by a stream of replies. A request always gets a complete reply or a close. TLS (§13.1)
// is a matter of the listener alone (tls.ts).
import { describeError, HabError } from "../error/index.ts";
import type { CtlAddress } from "./address.ts";
import { channelHandlers, FrameChannel } from "./channel.ts";
import { ctlErrors } from "./errors.ts";
import { encodeFrame, type Frame, type Transaction } from "./frame.ts";
import {
  HANDSHAKE_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_CONNECTIONS,
  MAX_HANDSHAKE_BODY_BYTES,
  REQUEST_TIMEOUT_MS,
} from "./limits.ts";
import { type CtlReply, type CtlRequest, ErrCode, isRequestName } from "./messages.ts";
import type { CtlServerTls } from "./tls-files.ts";

/** The way back to the one who asked. */
export interface CtlReplyStream {
  /** Sends a reply that is not the last. Resolves when more may be sent; does nothing when the client has gone. */
  partial(reply: CtlReply): Promise<void>;
  /** Sends the last reply. Later ones are dropped. */
  complete(reply: CtlReply): Promise<void>;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
}

export interface CtlServerOptions {
  readonly listen: CtlAddress;
  readonly secret: string;
  /** Certificate, key and signers of clients, asked for each connection, so that they may change; absent without TLS. */
  readonly tls?: () => CtlServerTls;
  /**
   * Answers a request. What it throws becomes NetErr Internal; when it ends without a complete reply the client is
   * told so.
   */
  readonly handle: (request: CtlRequest, reply: CtlReplyStream) => Promise<void>;
  /** Told of each request answered, by the message id as sent (unknown ones too), for the metrics of §15. */
  readonly observe?: (message: string, seconds: number) => void;
  /** For tests: the time limits of §12.2. */
  readonly handshakeTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

export interface CtlServer {
  /** Where it listens: the port chosen when 0 was asked for. */
  readonly address: CtlAddress;
  /** Closes the port and what has not asked yet; requests being answered have `graceMs` (1 s) to finish. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a control gateway. Throws HAB-CTL-009 when it cannot listen. */
export async function serveCtl(options: CtlServerOptions): Promise<CtlServer> {
  const { createHash, timingSafeEqual } = await import("node:crypto");
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(options.secret);
  // Digests have one length, so the comparison shows neither content nor length of the secret.
  const isSecret = (text: string) => timingSafeEqual(digest(text), expected);

  const connections = new Map<FrameChannel, Promise<void>>();
  const asking = new Set<FrameChannel>();
  /** Those that have not shown the secret yet, the longest waiting first. */
  const strangers = new Set<FrameChannel>();
  let stopping = false;

  const serve = async (channel: FrameChannel) => {
    try {
      await serveConnection(channel, options, isSecret, {
        known: () => strangers.delete(channel),
        asks: () => asking.add(channel),
      });
    } catch {
      // What cannot be understood is not answered (§12.2).
      channel.terminate();
    } finally {
      asking.delete(channel);
      strangers.delete(channel);
      connections.delete(channel);
    }
  };

  const accepted = (channel: FrameChannel) => {
    if (stopping) return channel.terminate();
    if (connections.size >= MAX_CONNECTIONS) {
      const [oldest] = strangers;
      if (oldest === undefined) return channel.terminate();
      // It leaves `connections` a moment later; what counts is that none is added beyond it.
      strangers.delete(oldest);
      connections.delete(oldest);
      oldest.terminate();
    }
    strangers.add(channel);
    connections.set(channel, serve(channel));
  };
  const listener = await listen(options, accepted);

  return {
    address: { host: options.listen.host, port: listener.port },
    async stop(graceMs = 1000) {
      stopping = true;
      listener.stop();
      for (const channel of connections.keys()) if (!asking.has(channel)) channel.terminate();
      const timer = setTimeout(() => {
        for (const channel of connections.keys()) channel.terminate();
      }, graceMs);
      await Promise.all(connections.values());
      clearTimeout(timer);
    },
  };
}

async function listen({ listen: address, tls }: CtlServerOptions, opened: (channel: FrameChannel) => void) {
  try {
    if (tls !== undefined) return await (await import("./tls.ts")).listenTls(address, tls, opened);
    return Bun.listen<FrameChannel>({
      hostname: address.host,
      port: address.port,
      allowHalfOpen: true,
      socket: {
        ...channelHandlers,
        open(socket) {
          socket.data = new FrameChannel(MAX_HANDSHAKE_BODY_BYTES);
          socket.data.opened(socket);
          opened(socket.data);
        },
      },
    });
  } catch (error) {
    throw new HabError(
      ctlErrors.notListening,
      `cannot listen for control commands on ${address.host}:${address.port}: ${describeError(error)}`,
      { cause: error },
    );
  }
}

async function serveConnection(
  channel: FrameChannel,
  options: CtlServerOptions,
  isSecret: (text: string) => boolean,
  told: { readonly known: () => void; readonly asks: () => void },
): Promise<void> {
  const handshake = await readWithin(channel, options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS);
  if (handshake?.message !== "Handshake" || handshake.transaction === undefined) return channel.terminate();
  const codec = await import("./codec.ts");
  const greeting = codec.decodeMessage(handshake.message, handshake.body);
  if (greeting?.message !== "Handshake") return channel.terminate();
  const send = (reply: CtlReply, transaction: Transaction) =>
    channel.write(encodeFrame({ message: reply.message, transaction, body: codec.encodeMessage(reply) }));
  const toHandshake = { id: handshake.transaction.id, response: true, complete: true };
  if (!isSecret(greeting.fields.secretKey ?? "")) {
    const fields = { code: ErrCode.Unauthorized, msg: "secret key mismatch" };
    await send({ message: "NetErr", fields }, toHandshake);
    return channel.end();
  }
  told.known();
  await send({ message: "NetOk", fields: {} }, toHandshake);

  channel.decoder.maxBodyBytes = MAX_BODY_BYTES;
  const frame = await readWithin(channel, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
  if (frame === undefined) return channel.terminate();
  // One request a connection: whatever follows is thrown away.
  channel.ignoreInput();
  const begin = performance.now();
  try {
    const request = isRequestName(frame.message) ? codec.decodeMessage(frame.message, frame.body) : undefined;
    if (request === undefined) return channel.end();
    told.asks();
    await answer(request as CtlRequest, frame, channel, options, send);
  } finally {
    options.observe?.(frame.message, (performance.now() - begin) / 1000);
  }
}

async function answer(
  request: CtlRequest,
  frame: Frame,
  channel: FrameChannel,
  options: CtlServerOptions,
  send: (reply: CtlReply, transaction: Transaction) => Promise<void>,
): Promise<void> {
  let finished = false;
  const reply = async (message: CtlReply, last: boolean) => {
    if (finished) return;
    // Compat: a request sent as complete gets its first reply as the last one (§12.2). A request without transaction
    // is carried out but cannot be answered; unlike the original we then close, so that nobody waits.
    const transaction = frame.transaction;
    const complete = last || transaction?.complete === true;
    finished = complete;
    if (transaction !== undefined) await send(message, { id: transaction.id, response: true, complete });
    if (complete) channel.end();
  };
  try {
    await options.handle(request, {
      partial: (message) => reply(message, false),
      complete: (message) => reply(message, true),
      gone: channel.gone,
    });
    if (!finished) await reply(netErr(`the Supervisor has no answer to ${request.message}`), true);
  } catch (error) {
    await reply(netErr(describeError(error)), true);
  }
}

function netErr(msg: string): CtlReply {
  return { message: "NetErr", fields: { code: ErrCode.Internal, msg } };
}

/** The next frame, or undefined when it is not there within `timeoutMs`. */
async function readWithin(channel: FrameChannel, timeoutMs: number): Promise<Frame | undefined> {
  const timer = setTimeout(() => channel.terminate(), timeoutMs);
  try {
    return await channel.read();
  } finally {
    clearTimeout(timer);
  }
}
