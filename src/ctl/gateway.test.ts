import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError, isKind } from "../error/index.ts";
import { findCtlSecret, formatCtlAddress, parseCtlAddress } from "./address.ts";
import { type CtlAnswer, type CtlRequestOptions, ctlRequest, refusalCode } from "./client.ts";
import { ctlErrors } from "./errors.ts";
import { encodeFrame } from "./frame.ts";
import { type CtlReplyStream, type CtlServer, type CtlServerOptions, serveCtl } from "./server.ts";

const secret = "s3cret";
const status = { message: "SvcStatus", fields: {} } as const;
const ok = { message: "NetOk", fields: {} } as const;

let server: CtlServer | undefined;
afterEach(async () => {
  await server?.stop(0);
  server = undefined;
});

async function serve(
  handle: CtlServerOptions["handle"],
  options: Partial<CtlServerOptions> = {},
): Promise<CtlServer> {
  server = await serveCtl({ listen: { host: "127.0.0.1", port: 0 }, secret, handle, ...options });
  return server;
}

function ask(options: Partial<CtlRequestOptions> = {}): AsyncGenerator<CtlAnswer, void, undefined> {
  const address = server?.address ?? { host: "127.0.0.1", port: 1 };
  return ctlRequest({ address, secret, request: status, ...options });
}

async function failure(work: Promise<unknown>): Promise<HabError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HabError) return error;
    throw error;
  }
  throw new Error("it succeeded");
}

describe("a request", () => {
  test("is answered by a stream that ends with the complete reply", async () => {
    const seen: unknown[] = [];
    await serve(async (request, reply) => {
      seen.push(request);
      await reply.partial({ message: "ConsoleLine", fields: { line: "one\n", bold: false } });
      await reply.partial({ message: "NetProgress", fields: { total: 10n, position: 5n } });
      await reply.complete(ok);
      await reply.complete(ok);
    });
    const request = {
      message: "SvcLoad",
      fields: { ident: { origin: "core", name: "redis" }, binds: { binds: [] }, updateStrategy: 9 },
    } as const;
    const answers = await Array.fromAsync(ask({ request: structuredClone(request) as never }));
    expect(seen).toEqual([request]);
    expect(answers).toEqual([
      { message: "ConsoleLine", fields: { line: "one\n", bold: false } },
      { message: "NetProgress", fields: { total: 10n, position: 5n } },
      { message: "NetOk", fields: {} },
    ]);
  });

  test("refused: the error tells number and text", async () => {
    await serve((_, reply) =>
      reply.complete({ message: "NetErr", fields: { code: 2, msg: "Service not loaded, core/redis" } }),
    );
    const error = await failure(Array.fromAsync(ask()));
    expect(isKind(error, ctlErrors.refused)).toBe(true);
    expect(error.message).toBe("[Err: 2] Service not loaded, core/redis");
    expect(refusalCode(error)).toBe(2);
  });

  test("whose handler throws or forgets to answer is answered all the same", async () => {
    await serve(async () => {
      throw new Error("the disk is full");
    });
    expect((await failure(Array.fromAsync(ask()))).message).toBe("[Err: 0] the disk is full");
    await server?.stop();
    await serve(async () => {});
    expect((await failure(Array.fromAsync(ask()))).message).toContain("no answer to SvcStatus");
  });

  test("that the server drops is an error, unless an end was expected", async () => {
    let current: CtlServer | undefined;
    const stopServer = async () => {
      void current?.stop(0);
      await new Promise(() => {});
    };
    current = await serve(stopServer);
    expect(isKind(await failure(Array.fromAsync(ask())), ctlErrors.connectionLost)).toBe(true);
    current = await serve(stopServer);
    const request = { message: "SupRestart", fields: {} } as const;
    expect(await Array.fromAsync(ask({ request, endWithoutReply: "accept" }))).toEqual([]);
    server = undefined;
  });

  test("large replies reach a slow reader whole, and hold the server back", async () => {
    const line = "x".repeat(500_000);
    let sent = 0;
    await serve(async (_, reply) => {
      for (let index = 0; index < 20; index++) {
        await reply.partial({ message: "ConsoleLine", fields: { line, bold: false } });
        sent++;
      }
      await reply.complete(ok);
    });
    let count = 0;
    let behind = 0;
    for await (const answer of ask()) {
      if (answer.message !== "ConsoleLine") break;
      expect(answer.fields.line.length).toBe(line.length);
      count++;
      if (count === 1) await Bun.sleep(0);
      behind = Math.max(behind, sent - count);
    }
    expect(count).toBe(20);
    expect(behind).toBeLessThan(20);
  });

  test("is told when its client has gone", async () => {
    const { promise, resolve } = Promise.withResolvers<CtlReplyStream>();
    await serve(async (_, reply) => {
      await reply.partial({ message: "ConsoleLine", fields: { line: "", bold: false } });
      resolve(reply);
      await new Promise<void>((gone) => reply.gone.addEventListener("abort", () => gone()));
    });
    for await (const _ of ask()) break;
    const reply = await promise;
    if (!reply.gone.aborted) await new Promise((gone) => reply.gone.addEventListener("abort", gone));
    await reply.partial(ok);
  });

  test("can be called off", async () => {
    await serve(() => new Promise(() => {}));
    const caller = new AbortController();
    const asking = Array.fromAsync(ask({ signal: caller.signal }));
    caller.abort(new HabError(ctlErrors.noAnswer, "enough"));
    expect((await failure(asking)).message).toBe("enough");
  });

  test("is counted, whatever its name", async () => {
    const counted: string[] = [];
    await serve((_, reply) => reply.complete(ok), { observe: (message) => counted.push(message) });
    await Array.fromAsync(ask());
    expect(counted).toEqual(["SvcStatus"]);
  });
});

describe("who may ask", () => {
  test.each(["", "S3cret", "s3cret ", "s3cre", "s3crets"])("not with the secret %j", async (wrong) => {
    let asked = false;
    await serve(async () => {
      asked = true;
    });
    const error = await failure(Array.fromAsync(ask({ secret: wrong })));
    expect(isKind(error, ctlErrors.unauthorized)).toBe(true);
    expect(error.message).toBe("[Err: 4] secret key mismatch");
    expect(asked).toBe(false);
  });

  test("a frame larger than any handshake is refused before it is there", async () => {
    await serve(async () => {});
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: server?.address.port ?? 0,
      socket: { data() {}, close: () => resolve() },
    });
    socket.write(encodeFrame({ message: "Handshake", body: new Uint8Array(5000) }).subarray(0, 4));
    await promise;
  });

  test("nobody without a handshake in time, nobody without a request in time", async () => {
    await serve(async () => {}, { handshakeTimeoutMs: 20, requestTimeoutMs: 20 });
    const { promise, resolve } = Promise.withResolvers<void>();
    await Bun.connect({
      hostname: "127.0.0.1",
      port: server?.address.port ?? 0,
      socket: { data() {}, close: () => resolve() },
    });
    await promise;
  });
});

describe("a Supervisor that cannot be reached", () => {
  test("nothing listens", async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const address = { host: "127.0.0.1", port: listener.port };
    listener.stop(true);
    const error = await failure(Array.fromAsync(ask({ address })));
    expect(isKind(error, ctlErrors.notReachable)).toBe(true);
    expect(error.message).toBe("Unable to contact the Supervisor.");
    expect(error.next).toContain("hab sup run");
  });

  test("something else listens", async () => {
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"), data() {} },
    });
    const address = { host: "127.0.0.1", port: listener.port };
    const caller = AbortSignal.timeout(2000);
    const error = await failure(
      Array.fromAsync(ask({ address, signal: caller })).catch((cause) => {
        throw cause instanceof HabError ? cause : new HabError(ctlErrors.noAnswer, "", { cause });
      }),
    );
    expect([ctlErrors.badFrame.code, ctlErrors.noAnswer.code]).toContain(error.code);
    listener.stop(true);
  });

  test("the port of the gateway is taken", async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const listen = { host: "127.0.0.1", port: listener.port };
    const error = await failure(serveCtl({ listen, secret, handle: async () => {} }));
    expect(isKind(error, ctlErrors.notListening)).toBe(true);
    expect(error.exitCode).toBe(86);
    listener.stop(true);
  });
});

describe("addresses", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1", 9632],
    ["1.2.3.4:1500", "1.2.3.4", 1500],
    ["localhost", "localhost", 9632],
    ["[::1]:80", "::1", 80],
  ])("%s", (text, host, port) => {
    expect(parseCtlAddress(text)).toEqual({ host, port });
  });

  test.each(["", ":80", "a:b", "a:0", "a:65536", "a:1:2", "a b"])("not %j", (text) => {
    expect(() => parseCtlAddress(text)).toThrow("no Supervisor address");
  });

  test("are written so that they can be read", () => {
    expect(formatCtlAddress({ host: "::1", port: 1 })).toBe("[::1]:1");
  });
});

describe("the secret of a client", () => {
  const value = "w9TuoqTk4Ixaht8ZpJpHQlmPRbvpgz13GaGnvxunJy8iOhZcS7qGqEA7jogq/Itfu4HOdQGmLRY9G5fRUcuw/w==";
  const saved = process.env["HAB_CTL_SECRET"];
  afterEach(() => {
    if (saved === undefined) delete process.env["HAB_CTL_SECRET"];
    else process.env["HAB_CTL_SECRET"] = saved;
  });

  test("environment, then cli.toml, then the file, then none", () => {
    const directory = mkdtempSync(join(tmpdir(), "hab-ctl-"));
    const secretFile = join(directory, "CTL_SECRET");
    delete process.env["HAB_CTL_SECRET"];
    expect(findCtlSecret({ secretFile })).toBe("");
    for (const end of ["", "\n", "\r\n"]) {
      writeFileSync(secretFile, `${value}${end}`);
      expect(findCtlSecret({ secretFile })).toBe(value);
    }
    expect(findCtlSecret({ configured: "c", secretFile })).toBe("c");
    process.env["HAB_CTL_SECRET"] = "";
    expect(findCtlSecret({ configured: "c", secretFile })).toBe("c");
    process.env["HAB_CTL_SECRET"] = "e";
    expect(findCtlSecret({ configured: "c", secretFile })).toBe("e");
    delete process.env["HAB_CTL_SECRET"];
    expect(() => findCtlSecret({ secretFile: directory })).toThrow("cannot read");
    rmSync(directory, { recursive: true });
  });
});
