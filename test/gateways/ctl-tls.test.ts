import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSignedCertificate } from "../../src/crypto/index.ts";
import { type CtlRequestOptions, ctlRequest } from "../../src/ctl/client.ts";
import { decodeMessage } from "../../src/ctl/codec.ts";
import { FrameDecoder } from "../../src/ctl/frame.ts";
import { ErrCode } from "../../src/ctl/messages.ts";
import { type CtlServer, type CtlServerOptions, serveCtl } from "../../src/ctl/server.ts";
import { type CtlServerTls, readClientTls, readServerTls } from "../../src/ctl/tls-files.ts";
import { HabError } from "../../src/error/index.ts";

const secret = "s3cret";
const status = { message: "SvcStatus", fields: {} } as const;
const ok = { message: "NetOk", fields: {} } as const;

function identity(name: string, notAfter = "2096-01-01T00:00:00Z") {
  return selfSignedCertificate({
    organization: "Habitat Supervisor Control Gateway",
    dnsNames: [name, "localhost"],
    notBefore: new Date("1975-01-01T00:00:00Z"),
    notAfter: new Date(notAfter),
  });
}
const own = identity("sup.example.com");
const client = identity("client.example.com");
const stranger = identity("stranger.example.com");
const old = identity("sup.example.com", "1999-01-01T00:00:00Z");

let server: CtlServer | undefined;
/** Requests that reached the Supervisor: nobody who fails may add to them. */
let answered = 0;
afterEach(async () => {
  await server?.stop(0);
  server = undefined;
  answered = 0;
});

async function serve(tls: CtlServerTls | (() => CtlServerTls), options: Partial<CtlServerOptions> = {}) {
  server = await serveCtl({
    listen: { host: "127.0.0.1", port: 0 },
    secret,
    tls: typeof tls === "function" ? tls : () => tls,
    async handle(_, reply) {
      answered += 1;
      await reply.complete(ok);
    },
    ...options,
  });
  return server;
}

const trust = { serverCa: own.certificate, serverName: "localhost" };
const mutual: CtlServerTls = { ...own, clientCa: client.certificate };

function ask(options: Partial<CtlRequestOptions> = {}) {
  const address = server?.address ?? { host: "127.0.0.1", port: 1 };
  return Array.fromAsync(ctlRequest({ address, secret, request: status, tls: trust, ...options }));
}

async function failure(work: Promise<unknown>): Promise<HabError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HabError) return error;
  throw error ?? new Error("it succeeded");
}

describe("TLS", () => {
  test("carries requests and their replies", async () => {
    await serve(own);
    expect(await ask()).toEqual([ok]);
  });

  test("carries replies larger than any buffer, in order", async () => {
    const lines = Array.from({ length: 20 }, (_, at) => `${at}:${"x".repeat(100_000)}\n`);
    await serve(own, {
      async handle(_, reply) {
        for (const line of lines)
          await reply.partial({ message: "ConsoleLine", fields: { line, bold: false } });
        await reply.complete(ok);
      },
    });
    const replies = await ask();
    expect(replies.map((reply) => (reply.message === "ConsoleLine" ? reply.fields.line : ""))).toEqual([
      ...lines,
      "",
    ]);
  });

  test("does not stand for the secret", async () => {
    await serve(own);
    expect((await failure(ask({ secret: "guess" }))).code).toBe("HAB-CTL-002");
    expect(answered).toBe(0);
  });

  test("the name in the address must be in the certificate, unless another is named", async () => {
    await serve(own);
    const error = await failure(ask({ tls: { serverCa: own.certificate } }));
    expect(error.code).toBe("HAB-CTL-013");
    expect(error.message).toContain("is not for 127.0.0.1");
    expect(error.next).toContain("ctl_server_name_indication");
    expect(await ask({ tls: { ...trust, serverName: "sup.example.com" } })).toEqual([ok]);
  });

  test("a server of another signer is not sent the secret", async () => {
    await serve(stranger);
    const error = await failure(ask());
    expect(error.code).toBe("HAB-CTL-013");
    expect(error.message).toContain("signed by nobody in ctl_server_ca_certificate");
    expect(answered).toBe(0);
  });

  test("an expired server is refused", async () => {
    await serve(old);
    const error = await failure(ask({ tls: { ...trust, serverCa: old.certificate } }));
    expect(error.code).toBe("HAB-CTL-013");
    expect(error.message).toContain("has expired");
  });

  test("a client without TLS is told so", async () => {
    await serve(own);
    const error = await failure(ask({ tls: undefined as never }));
    expect(error.code).toBe("HAB-CTL-014");
    expect(error.next).toContain("ctl_server_ca_certificate");
    expect(answered).toBe(0);
  });

  test("the telling is a frame in clear, without transaction, then the end", async () => {
    const { address } = await serve(own);
    const socket = connect(address.port, "127.0.0.1");
    socket.write(Buffer.from("809000050000000048616e647368616b650a03616263", "hex"));
    const decoder = new FrameDecoder(4096);
    for await (const chunk of socket) decoder.push(chunk);
    const frame = decoder.next();
    expect(frame?.transaction).toBeUndefined();
    const message = decodeMessage(frame?.message ?? "", frame?.body ?? new Uint8Array());
    expect(message).toMatchObject({ message: "NetErr", fields: { code: ErrCode.TlsHandshakeFailed } });
  });

  test("a client with TLS at a gateway without is told so at once", async () => {
    server = await serveCtl({
      listen: { host: "127.0.0.1", port: 0 },
      secret,
      handle: (_, reply) => reply.complete(ok),
    });
    const error = await failure(ask());
    expect(error.code).toBe("HAB-CTL-013");
    expect(error.next).toContain("--ctl-server-key");
  });

  test("nobody listening is said as ever", async () => {
    expect((await failure(ask())).message).toBe("Unable to contact the Supervisor.");
  });

  test("who begins no handshake is closed in time, and holds up nobody", async () => {
    const { address } = await serve(own, { handshakeTimeoutMs: 200 });
    const silent = connect(address.port, "127.0.0.1");
    const stalled = connect(address.port, "127.0.0.1");
    stalled.write(Buffer.from("1603010200", "hex"));
    expect(await ask()).toEqual([ok]);
    for (const socket of [silent, stalled])
      await new Promise((resolve) => {
        socket.on("error", () => {});
        socket.on("close", resolve);
      });
  });

  test("a changed certificate counts from the next connection on", async () => {
    let current: CtlServerTls = own;
    await serve(() => current);
    await ask();
    current = stranger;
    expect((await failure(ask())).code).toBe("HAB-CTL-013");
    expect(await ask({ tls: { ...trust, serverCa: stranger.certificate } })).toEqual([ok]);
  });

  test("no more than so many strangers: the longest waiting makes room", async () => {
    const { address } = await serve(own);
    const idle = Array.from({ length: 256 }, () => connect(address.port, "127.0.0.1").on("error", () => {}));
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    expect(await ask()).toEqual([ok]);
    for (const socket of idle) socket.destroy();
  });
});

describe("mutual TLS", () => {
  const asClient = (who: typeof client) => ask({ tls: { ...trust, ...who } });

  test("lets in who shows a certificate of the named signer", async () => {
    await serve(mutual);
    expect(await asClient(client)).toEqual([ok]);
  });

  test.each([
    { who: "no certificate", given: undefined },
    { who: "one of another signer", given: stranger },
    { who: "an expired one", given: identity("client.example.com", "1999-01-01T00:00:00Z") },
  ])("lets in nobody with $who, secret or not", async ({ given }) => {
    await serve(mutual);
    const error = await failure(given === undefined ? ask() : asClient(given));
    expect(error.code).toBe("HAB-CTL-013");
    expect(error.message).toContain("this client's certificate");
    expect(error.next).toContain("ctl_client_certificate");
    expect(answered).toBe(0);
  });

  test("an expired certificate is refused though it is the very one that is named", async () => {
    await serve({ ...own, clientCa: old.certificate });
    expect((await failure(asClient(old))).code).toBe("HAB-CTL-013");
    expect(answered).toBe(0);
  });
});

describe("the files", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "hab-ctl-tls-"));
    mkdirSync(join(directory, "empty"));
    for (const [revision, who] of [
      ["20260101000000", stranger],
      ["20260102000000", own],
    ] as const) {
      writeFileSync(join(directory, `ctl-gateway-${revision}.crt.pem`), who.certificate);
      writeFileSync(join(directory, `ctl-gateway-${revision}.key.pem`), who.key);
    }
    writeFileSync(join(directory, "zzz.crt.pem"), client.certificate);
    writeFileSync(join(directory, "two.key.pem"), `${stranger.key}\n${own.key}`);
    writeFileSync(join(directory, "none.pem"), "nothing\n");
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const at = (name: string) => join(directory, name);

  test("of a directory, the last of the generated ones", () => {
    const files = { certificate: directory, key: directory, clientCa: at("zzz.crt.pem") };
    const read = readServerTls(files);
    expect(read.certificate.trim()).toBe(own.certificate.trim());
    expect(read.key.trim()).toBe(own.key.trim());
    expect(read.clientCa?.trim()).toBe(client.certificate.trim());
  });

  test("of several keys, the last", () => {
    const read = readServerTls({ certificate: directory, key: at("two.key.pem") });
    expect(read.key.trim()).toBe(own.key.trim());
  });

  test("a client's key alone is no error, and shows no certificate", () => {
    expect(readClientTls({ serverCa: directory, key: directory }, "sup")).toEqual({
      serverCa: `${own.certificate.trim()}\n`,
      serverName: "sup",
    });
  });

  test.each([
    {
      what: "a missing file",
      files: { certificate: "missing.pem", key: "two.key.pem" },
      says: "cannot read",
    },
    {
      what: "an empty directory",
      files: { certificate: "empty", key: "." },
      says: "no ctl-gateway-*.crt.pem",
    },
    {
      what: "a key in the place of a certificate",
      files: { certificate: "two.key.pem", key: "." },
      says: "holds no certificate",
    },
    { what: "no key", files: { certificate: ".", key: "none.pem" }, says: "holds no private key" },
    { what: "another's key", files: { certificate: "zzz.crt.pem", key: "." }, says: "is not that of" },
  ])("$what is said", async ({ files, says }) => {
    const read = async () => readServerTls({ certificate: at(files.certificate), key: at(files.key) });
    const error = await failure(read());
    expect(error.code).toBe("HAB-CTL-012");
    expect(error.message).toContain(says);
  });
});
