// The client side of the control gateway (reference/supervisor.md §12.3): connect, show the secret, ask, read the
// stream of replies. TLS (§13.1) is a matter of `connect` alone.
import { type ErrorKind, HabError, systemErrorCode } from "../error/index.ts";
import { type CtlAddress, formatCtlAddress } from "./address.ts";
import { channelHandlers, FrameChannel, type Wire } from "./channel.ts";
import { ctlErrors } from "./errors.ts";
import { encodeFrame, nextTransactionId } from "./frame.ts";
import { CONNECT_TIMEOUT_MS, HANDSHAKE_TIMEOUT_MS, MAX_BODY_BYTES } from "./limits.ts";
import { type CtlMessage, type CtlReplies, type CtlReply, type CtlRequest, ErrCode } from "./messages.ts";
import type { CtlClientTls } from "./tls-files.ts";

export interface CtlRequestOptions {
  readonly address: CtlAddress;
  readonly secret: string;
  /** Absent: no TLS. */
  readonly tls?: CtlClientTls;
  readonly request: CtlRequest;
  /** Milliseconds for the TCP connection; 10 s when not given. */
  readonly connectTimeoutMs?: number;
  /**
   * What an end of the connection before the complete reply means. "error" (the default): the request may not have
   * been heard. "accept": it ends the stream; SupRestart is answered so by the original.
   */
  readonly endWithoutReply?: "error" | "accept";
  readonly signal?: AbortSignal;
}

/** A reply that is not an error: those are thrown. */
export type CtlAnswer = Exclude<CtlReply, { message: "NetErr" }>;

/**
 * Asks a Supervisor and yields its replies, the last being the complete one; leaving the loop closes the connection.
 * Throws HAB-CTL-001 (not reachable), -002 (secret), -003 (refused; `refusalCode` gives the number), -004 (ended too
 * early), -005 (no handshake in time), -013 (TLS failed), -014 (TLS is asked for).
 */
export async function* ctlRequest(options: CtlRequestOptions): AsyncGenerator<CtlAnswer, void, undefined> {
  const { decodeMessage, encodeMessage } = await import("./codec.ts");
  const where = formatCtlAddress(options.address);
  const channel = await connect(options);
  const giveUp = () => channel.terminate();
  options.signal?.addEventListener("abort", giveUp, { once: true });
  try {
    const send = (message: CtlMessage, id: number) =>
      channel.write(
        encodeFrame({
          message: message.message,
          transaction: { id, response: false, complete: false },
          body: encodeMessage(message),
        }),
      );
    const handshakeId = 0;
    await send({ message: "Handshake", fields: { secretKey: options.secret } }, handshakeId);
    const greeting = await within(HANDSHAKE_TIMEOUT_MS, channel, where);
    options.signal?.throwIfAborted();
    if (greeting === undefined) throw await notGreeted(where, options.tls);
    const answer = decodeMessage(greeting.message, greeting.body);
    if (answer?.message === "NetErr") throw refusal(answer.fields);
    if (answer?.message !== "NetOk")
      throw new HabError(ctlErrors.badFrame, `${where} greets with ${JSON.stringify(greeting.message)}`);

    await send(options.request, nextTransactionId(handshakeId));
    for (;;) {
      const frame = await channel.read();
      options.signal?.throwIfAborted();
      if (frame === undefined) {
        if (options.endWithoutReply === "accept") return;
        throw new HabError(
          ctlErrors.connectionLost,
          `${where} closed the connection before it had answered ${options.request.message}`,
        );
      }
      const reply = decodeMessage(frame.message, frame.body);
      if (reply?.message === "NetErr") throw refusal(reply.fields);
      // Compat: messages that are no replies are passed over, as the original's svc commands do.
      if (reply !== undefined && isAnswer(reply)) yield reply;
      if (frame.transaction?.complete === true) return;
    }
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
    channel.terminate();
  }
}

/** The ErrCode a Supervisor refused a request with, when `error` is such a refusal. */
export function refusalCode(error: unknown): number | undefined {
  return error instanceof HabError ? refusals.get(error) : undefined;
}

const refusals = new WeakMap<HabError, number>();

/** Compat: shown as `[Err: <number>] <text>`. */
function refusal({ code, msg }: CtlReplies["NetErr"]): HabError {
  const kind = REFUSAL_KINDS.get(code) ?? ctlErrors.refused;
  const error = new HabError(kind, `[Err: ${code}] ${msg}`);
  refusals.set(error, code);
  return error;
}

const REFUSAL_KINDS = new Map<number, ErrorKind>([
  [ErrCode.Unauthorized, ctlErrors.unauthorized],
  [ErrCode.TlsHandshakeFailed, ctlErrors.tlsRequired],
]);

/** With TLS 1.3 a server refuses a client's certificate after the client took the handshake for done. */
async function notGreeted(where: string, tls: CtlClientTls | undefined): Promise<HabError> {
  if (tls === undefined)
    return new HabError(ctlErrors.connectionLost, `${where} closed the connection instead of greeting`);
  const { CLIENT_CERTIFICATE_ADVICE } = await import("./tls.ts");
  return new HabError(
    ctlErrors.tlsFailed,
    `${where} closed the connection right after the TLS handshake; it probably refuses this client's certificate, or the lack of one`,
    { next: CLIENT_CERTIFICATE_ADVICE },
  );
}

function isAnswer(message: CtlMessage): message is CtlAnswer {
  switch (message.message) {
    case "NetOk":
    case "NetProgress":
    case "ConsoleLine":
    case "ServiceCfg":
    case "ServiceStatus":
    case "LogLine":
      return true;
    default:
      return false;
  }
}

async function connect({
  address,
  tls,
  signal,
  connectTimeoutMs: timeoutMs = CONNECT_TIMEOUT_MS,
}: CtlRequestOptions): Promise<FrameChannel> {
  signal?.throwIfAborted();
  const channel = new FrameChannel(MAX_BODY_BYTES);
  const where = formatCtlAddress(address);
  const giveUp = Promise.withResolvers<never>();
  const abort = () => giveUp.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const what = tls === undefined ? "connection" : "TLS connection";
  const timer = setTimeout(
    () =>
      giveUp.reject(new HabError(ctlErrors.notReachable, `no ${what} to ${where} within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const connecting =
    tls === undefined ? connectPlain(address, channel) : await connectWithTls(address, tls, channel);
  try {
    channel.opened(await Promise.race([connecting.connected, giveUp.promise]));
    return channel;
  } catch (error) {
    connecting.connected.then(
      (late) => late.terminate(),
      () => {},
    );
    connecting.abandon();
    if (error instanceof HabError || signal?.aborted) throw error;
    throw unreachable(where, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

interface Connecting {
  readonly connected: Promise<Wire>;
  /** Ends an attempt that nobody waits for any more. */
  abandon(): void;
}

function connectPlain({ host, port }: CtlAddress, channel: FrameChannel): Connecting {
  const connected = Bun.connect({
    hostname: host,
    port,
    allowHalfOpen: true,
    data: channel,
    socket: channelHandlers,
  });
  return { connected, abandon: () => {} };
}

async function connectWithTls(
  address: CtlAddress,
  tls: CtlClientTls,
  channel: FrameChannel,
): Promise<Connecting> {
  return (await import("./tls.ts")).connectTls(address, tls, channel);
}

function unreachable(where: string, error: unknown): HabError {
  const reason = systemErrorCode(error);
  if (reason !== "ECONNREFUSED")
    return new HabError(ctlErrors.notReachable, `cannot connect to the Supervisor at ${where}`, {
      cause: error,
    });
  // Compat: the text of the original for the commonest case; scripts and people know it.
  return new HabError(ctlErrors.notReachable, "Unable to contact the Supervisor.", {
    cause: new Error(`nothing listens on ${where} (ECONNREFUSED)`),
    next: "If the Supervisor you are contacting is local, this probably means it is not running. You can run a Supervisor in the foreground with:\n\nhab sup run\n\nOr try restarting the Supervisor through your operating system's init process or Windows service.",
  });
}

/** The next frame, for which the peer has `timeoutMs`. Throws HAB-CTL-005. */
async function within(timeoutMs: number, channel: FrameChannel, where: string) {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new HabError(ctlErrors.noAnswer, `no greeting from ${where} within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([channel.read(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
