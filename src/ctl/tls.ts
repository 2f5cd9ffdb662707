// TLS on the control gateway (reference/supervisor.md §13.1): a listener that tells clients without TLS so in clear, and
// a client that checks whom it talks to. Loaded only where TLS is asked for.
import { createServer, isIP, type Server, type Socket } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type PeerCertificate, TLSSocket } from "node:tls";
import { HabError } from "../error/index.ts";
import { type CtlAddress, formatCtlAddress } from "./address.ts";
import { FrameChannel, type Wire } from "./channel.ts";
import { ctlErrors } from "./errors.ts";
import { encodeFrame } from "./frame.ts";
import { MAX_HANDSHAKE_BODY_BYTES } from "./limits.ts";
import { ErrCode } from "./messages.ts";
import type { CtlClientTls, CtlServerTls } from "./tls-files.ts";

/** First byte of a TLS handshake record; no control frame begins so. */
const TLS_HANDSHAKE_RECORD = 0x16;

/** Bytes handed to the stream at once: what its buffer may hold beyond ours. */
const WRITE_CHUNK_BYTES = 64 * 1024;

/** A stream as a channel's way out. Before TLS stands, nothing goes out, and closing closes what is beneath. */
class StreamWire implements Wire {
  readonly #channel: FrameChannel;
  readonly #raw: Socket | undefined;
  #stream: TLSSocket | undefined;
  #writing = false;

  constructor(channel: FrameChannel, raw?: Socket) {
    this.#channel = channel;
    this.#raw = raw;
  }

  /** TLS stands: bytes may go both ways. */
  secured(stream: TLSSocket): void {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => this.#channel.received(chunk));
    stream.on("end", () => this.#channel.peerEnded());
    this.#channel.writable();
  }

  write(bytes: Uint8Array): number {
    const stream = this.#stream;
    if (stream === undefined || this.#writing) return 0;
    if (stream.destroyed) return -1;
    const part = bytes.subarray(0, WRITE_CHUNK_BYTES);
    this.#writing = true;
    stream.write(part, () => {
      this.#writing = false;
      this.#channel.writable();
    });
    return part.length;
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  shutdown(): void {
    this.#stream?.end();
  }

  terminate(): void {
    this.#stream?.destroy();
    this.#raw?.destroy();
  }
}

/**
 * Listens for TLS. `accepted` gets each connection before its handshake, so that limits of time and number hold from
 * then on; bytes come only once the handshake has succeeded, with a valid client certificate where one is asked for.
 * `material` is asked for each connection: what it answers may change.
 */
export async function listenTls(
  address: CtlAddress,
  material: () => CtlServerTls,
  accepted: (channel: FrameChannel) => void,
): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((raw) => {
    const channel = new FrameChannel(MAX_HANDSHAKE_BODY_BYTES);
    const wire = new StreamWire(channel, raw);
    channel.opened(wire);
    raw.on("error", (error) => channel.failed(error));
    raw.on("close", () => channel.closed());
    raw.once("readable", () => beginTls(raw, channel, wire, material()));
    accepted(channel);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(address.port, address.host, resolve);
  await promise;
  server.on("error", () => {});
  return { port: portOf(server, address), stop: () => server.close() };
}

function portOf(server: Server, { port }: CtlAddress): number {
  const bound = server.address();
  return bound !== null && typeof bound === "object" ? bound.port : port;
}

function beginTls(raw: Socket, channel: FrameChannel, wire: StreamWire, material: CtlServerTls): void {
  const first: Uint8Array | null = raw.read();
  if (first === null) {
    channel.terminate();
    return;
  }
  if (first[0] !== TLS_HANDSHAKE_RECORD) {
    void refusePlain().then((frame) => raw.end(frame));
    // What else it sends is thrown away; the limit of the handshake's time closes what it leaves open.
    raw.resume();
    return;
  }
  raw.unshift(first);
  const { key, certificate, clientCa } = material;
  const secure = new TLSSocket(raw, {
    isServer: true,
    secureContext: createSecureContext({
      key,
      cert: certificate,
      minVersion: "TLSv1.2",
      ...(clientCa === undefined ? {} : { ca: clientCa }),
    }),
    ...(clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
  });
  secure.on("error", (error) => {
    channel.failed(error);
    raw.destroy();
  });
  secure.on("close", () => channel.closed());
  secure.once("secure", () => {
    if (clientCa !== undefined && !secure.authorized) return channel.terminate();
    wire.secured(secure);
  });
}

/** Compat: in clear and without transaction, as the original says it (§12.2). */
async function refusePlain(): Promise<Uint8Array> {
  const { encodeMessage } = await import("./codec.ts");
  const fields = {
    code: ErrCode.TlsHandshakeFailed,
    msg: "TLS handshake failed: this gateway speaks TLS only",
  };
  return encodeFrame({ message: "NetErr", body: encodeMessage({ message: "NetErr", fields }) });
}

/**
 * Connects with TLS and checks the server's certificate and name. Throws HAB-CTL-013; failures to connect at all come as
 * they are.
 */
export function connectTls(
  address: CtlAddress,
  { serverCa, key, certificate, serverName }: CtlClientTls,
  channel: FrameChannel,
): { readonly connected: Promise<Wire>; abandon(): void } {
  const name = serverName ?? address.host;
  const { promise, resolve, reject } = Promise.withResolvers<Wire>();
  const wire = new StreamWire(channel);
  const socket = connect({
    host: address.host,
    port: address.port,
    ca: serverCa,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    checkServerIdentity: (_, peer) => checkName(name, peer),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(key === undefined || certificate === undefined ? {} : { key, cert: certificate }),
  });
  const failed = (error: unknown) => {
    const told = tlsFailure(error, name, formatCtlAddress(address));
    reject(told);
    channel.failed(told);
  };
  socket.on("error", failed);
  socket.on("close", () => {
    failed(new Error("the connection was closed"));
    channel.closed();
  });
  socket.once("secureConnect", () => {
    if (!socket.authorized) {
      failed(socket.authorizationError);
      socket.destroy();
      return;
    }
    wire.secured(socket);
    resolve(wire);
  });
  return { connected: promise, abandon: () => socket.destroy() };
}

/** Names in the subject do not count, as for the original: only alternative names do. */
function checkName(name: string, peer: PeerCertificate): Error | undefined {
  if (peer.subjectaltname === undefined || peer.subjectaltname === "")
    return Object.assign(new Error("it holds no alternative name"), { code: NAME_MISMATCH });
  return checkServerIdentity(name, peer);
}

const NAME_MISMATCH = "ERR_TLS_CERT_ALTNAME_INVALID";

const UNKNOWN_SIGNER = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
]);

/** What a failure means, and what to do about it. A socket's own failures come back as they are. */
function tlsFailure(error: unknown, name: string, where: string): unknown {
  const given = (error as { code?: unknown } | null | undefined)?.code ?? error;
  const code = typeof given === "string" ? given : "";
  const failure = (message: string, next?: string) =>
    new HabError(ctlErrors.tlsFailed, message, { cause: error, ...(next === undefined ? {} : { next }) });
  if (code === NAME_MISMATCH)
    return failure(
      `the certificate of the Supervisor at ${where} is not for ${name}`,
      "Reach it under a name in its certificate, or name one with `ctl_server_name_indication` in cli.toml.",
    );
  if (UNKNOWN_SIGNER.has(code))
    return failure(
      `the certificate of the Supervisor at ${where} is signed by nobody in ctl_server_ca_certificate`,
      "Copy that Supervisor's certificate (or its signer's) here, and name it with `ctl_server_ca_certificate` in cli.toml.",
    );
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return failure(
      `the certificate of the Supervisor at ${where} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
      "Give that Supervisor a valid certificate, or set the clock of this machine.",
    );
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_EXPIRED/.test(code))
    return failure(
      `the Supervisor at ${where} refuses this client's certificate, or the lack of one`,
      CLIENT_CERTIFICATE_ADVICE,
    );
  if (code.startsWith("ERR_SSL") || code === "ECONNRESET" || code === "")
    return failure(`no TLS with the Supervisor at ${where}`);
  return error;
}

export const CLIENT_CERTIFICATE_ADVICE =
  "Name a certificate it accepts, and its key, with `ctl_client_certificate` and `ctl_client_key` in cli.toml.";
