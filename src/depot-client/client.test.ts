import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../crypto/index.ts";
import { describeError, HabError } from "../error/index.ts";
import { type DownloadCheck, parseFullIdent } from "../package/index.ts";
import { clientErrors, createDepotClient, DepotFailure, depotPackageSource } from "./index.ts";

const IDENT = parseFullIdent("core/redis/7.0.15/20260101000000");
const FILE = "core-redis-7.0.15-20260101000000-x86_64-linux.hart";
const CONTENT = new Uint8Array(300_000).map((_, index) => (index * 7) % 251);
const TOKEN = "_a-token-nobody-may-see";
const AT_ONCE = { delaysMs: [0, 0, 0, 0, 0] };
const NEVER = { delaysMs: [] };

type Handler = (request: Request) => Response | Promise<Response>;

let directory: string;
const servers: Bun.Server<unknown>[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-client-"));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
  rmSync(directory, { recursive: true, force: true });
});

/** A client of a server that answers as the test says, and what it was asked. */
function clientOf(handler: Handler, retries = AT_ONCE) {
  const requests: { url: string; headers: Headers }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      requests.push({ url: request.url, headers: new Headers(request.headers) });
      return handler(request);
    },
  });
  servers.push(server);
  const client = createDepotClient({
    url: `http://127.0.0.1:${server.port}`,
    token: new Secret(TOKEN),
    retries: { questions: retries, transfers: retries, uploads: retries },
  });
  return { client, requests, server };
}

async function failure(work: Promise<unknown>): Promise<DepotFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DepotFailure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("requests", () => {
  test("go below /v1, say who asks, and carry the token", async () => {
    const { client, requests } = clientOf(() =>
      Response.json({ data: [], range_start: 0, range_end: 0, total_count: 0 }),
    );
    await client.search("a b/c%", 10);
    const [request] = requests;
    expect(new URL(request?.url ?? "").pathname).toBe("/v1/depot/pkgs/search/a%20b%2Fc%25");
    expect(request?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(request?.headers.get("user-agent")).toMatch(/^hab\/2\.1\.78 \(x86_64-linux; [a-z0-9._+-]+\)$/);
  });

  test("for public keys and lists of channels carry none", async () => {
    const { client, requests } = clientOf((request) =>
      request.url.includes("/keys/") ? new Response("SIG-PUB-1\n") : Response.json([]),
    );
    await client.publicKey({ name: "core", revision: "20260101000000" });
    await client.originKeys("core");
    await client.channels("core");
    expect(requests.map((request) => request.headers.get("authorization"))).toEqual([null, null, null]);
  });

  test("keep a path other than / as it is", async () => {
    const { server } = clientOf((request) => Response.json([{ name: new URL(request.url).pathname }]));
    const client = createDepotClient({ url: `http://127.0.0.1:${server.port}/bldr/v1/` });
    expect(await client.channels("core")).toEqual(["/bldr/v1/depot/channels/core"]);
  });

  test.each(["no url", "ftp://127.0.0.1/", ""])("to %p are not made", (url) => {
    expect(() => createDepotClient({ url })).toThrow(HabError);
  });

  test("do not follow redirects, which could carry the token elsewhere", async () => {
    const elsewhere = clientOf(() => Response.json([]));
    const { client } = clientOf(() => Response.redirect(elsewhere.client.url));
    expect((await failure(client.origin("core"))).kind).toBe(clientErrors.refused);
    expect(elsewhere.requests).toHaveLength(0);
  });

  test("cannot climb out of their path", async () => {
    const { client, requests } = clientOf(() => Response.json({}));
    expect((await failure(client.origin("../../secret"))).kind).toBe(clientErrors.badAnswer);
    expect(new URL(requests[0]?.url ?? "").pathname).toBe("/v1/depot/origins/..%2F..%2Fsecret");
    await expect(client.origin("..")).rejects.toThrow("cannot be in a depot");
  });
});

describe("failures", () => {
  test.each([
    [401, clientErrors.unauthorized],
    [403, clientErrors.forbidden],
    [404, clientErrors.notFound],
    [409, clientErrors.conflict],
    [422, clientErrors.refused],
    [500, clientErrors.serverFailed],
    [503, clientErrors.serverFailed],
  ])("of status %p say what to do", async (status, kind) => {
    const { client } = clientOf(() => new Response("because", { status }), NEVER);
    const error = await failure(client.promotePackage(IDENT, "stable", "x86_64-linux"));
    expect(error.kind).toBe(kind);
    expect(error.status).toBe(status);
    expect(error.message).toStartWith(
      "cannot promote core/redis/7.0.15/20260101000000 to the channel stable: [",
    );
    // Compat: what a depot says with a 401 is not shown.
    expect(error.message.includes("because")).toBe(status !== 401);
    expect(error.next).not.toBe("");
  });

  test("show a depot's code and message as the original does", async () => {
    const { client } = clientOf(() => Response.json({ code: 31, msg: "no" }, { status: 400 }), NEVER);
    expect((await failure(client.createOrigin("core"))).message).toEndWith(" [err: 31, msg: no]");
  });

  test("never show the token", async () => {
    const { client, server } = clientOf(() => new Response("no", { status: 401 }), NEVER);
    const refused = await failure(client.createOrigin("core"));
    await server.stop(true);
    const unreachable = await failure(client.createOrigin("core"));
    for (const error of [refused, unreachable])
      for (const text of [describeError(error), error.stack ?? "", Bun.inspect(error), JSON.stringify(error)])
        expect(text).not.toContain(TOKEN);
    expect(Bun.inspect(client)).not.toContain(TOKEN);
  });

  test("to reach a depot name it", async () => {
    const { client, server } = clientOf(() => new Response());
    await server.stop(true);
    const error = await failure(client.origin("core"));
    expect(error.kind).toBe(clientErrors.unreachable);
    expect(error.message).toContain(`127.0.0.1:${new URL(client.url).port}`);
  });

  test("of TLS are told apart", async () => {
    const { server } = clientOf(() => new Response());
    const client = createDepotClient({ url: `https://127.0.0.1:${server.port}` });
    expect((await failure(client.origin("core"))).kind).toBe(clientErrors.tlsFailed);
  });

  test.each(["", "<html>", "[]", '{"name":5}'])("are answers like %p", async (body) => {
    const { client } = clientOf(() => new Response(body));
    expect((await failure(client.origin("core"))).kind).toBe(clientErrors.badAnswer);
  });
});

describe("another try", () => {
  test("is made for what broke, not for what was refused", async () => {
    const statuses = [503, 429, 200];
    const { client, requests } = clientOf(() => {
      const status = statuses.shift() ?? 200;
      return status === 200 ? Response.json([]) : new Response(null, { status });
    });
    expect(await client.channels("core")).toEqual([]);
    expect(requests).toHaveLength(3);
    const refusing = clientOf(() => new Response(null, { status: 403 }));
    await failure(refusing.client.channels("core"));
    expect(refusing.requests).toHaveLength(1);
  });

  test("ends with the signal", async () => {
    const stop = new AbortController();
    const { client } = clientOf(() => {
      stop.abort(new Error("enough"));
      return new Response(null, { status: 503 });
    });
    await expect(client.channels("core", { signal: stop.signal })).rejects.toThrow();
  });
});

describe("a download", () => {
  const etag = '"e"';
  const whole = (): Response => new Response(CONTENT, { headers: { ETag: etag } });
  const download = (client: ReturnType<typeof createDepotClient>): Promise<string> =>
    client.downloadPackage(IDENT, "x86_64-linux", directory);

  test("appears whole, readable, under its artifact name, whatever the depot calls it", async () => {
    const { client } = clientOf(
      () => new Response(CONTENT, { headers: { ETag: etag, "X-Filename": "../../evil" } }),
    );
    const steps: [number, number | undefined][] = [];
    const source = depotPackageSource(client);
    const path = await source.download(IDENT, "x86_64-linux", directory, {
      onProgress: (received, total) => steps.push([received, total]),
    });
    expect(path).toBe(join(directory, FILE));
    expect(new Uint8Array(readFileSync(path))).toEqual(CONTENT);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(steps[0]).toEqual([0, CONTENT.length]);
    expect(steps.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
    expect(readdirSync(directory)).toEqual([FILE]);
  });

  /**
   * A server whose first connections break: each sends its part of the content, and ends once the client has it. What
   * comes after the last part is sent to the end.
   */
  function breakingServer(parts: readonly number[], head: (from: number) => string, ranges = true) {
    const asked: number[] = [];
    let socketOfNow: { end(): unknown } | undefined;
    let until = CONTENT.length;
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, data) {
          const from = Number(/range: bytes=(\d+)-/i.exec(data.toString())?.[1] ?? 0);
          until = parts[asked.length] ?? CONTENT.length;
          asked.push(from);
          socketOfNow = socket;
          socket.write(head(from));
          socket.write(CONTENT.slice(ranges ? from : 0, until));
        },
      },
    });
    const client = createDepotClient({
      url: `http://127.0.0.1:${listener.port}`,
      retries: { transfers: AT_ONCE },
    });
    const download = (check?: DownloadCheck): Promise<string> =>
      client.downloadPackage(IDENT, "x86_64-linux", directory, {
        check,
        onProgress(received) {
          if (received === until && received < CONTENT.length) socketOfNow?.end();
        },
      });
    return { asked, download, stop: () => listener.stop(true) };
  }

  const WHOLE = (tag: string): string =>
    `HTTP/1.1 200 OK\r\nETag: ${tag}\r\nContent-Length: ${CONTENT.length}\r\n\r\n`;
  const REST = (tag: string, from: number): string =>
    `HTTP/1.1 206 Partial Content\r\nETag: ${tag}\r\nContent-Length: ${CONTENT.length - from}\r\n` +
    `Content-Range: bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}\r\n\r\n`;

  test("that breaks off goes on where it stopped", async () => {
    const server = breakingServer([1000, 50_000], (from) => (from === 0 ? WHOLE(etag) : REST(etag, from)));
    expect(new Uint8Array(readFileSync(await server.download()))).toEqual(CONTENT);
    expect(server.asked).toEqual([0, 1000, 50_000]);
    server.stop();
  });

  test("starts again when the content has changed in between", async () => {
    let turn = 0;
    const server = breakingServer([1000], (from) => {
      const tag = `"${turn++}"`;
      return from === 0 ? WHOLE(tag) : REST(tag, from);
    });
    expect(new Uint8Array(readFileSync(await server.download()))).toEqual(CONTENT);
    expect(server.asked).toEqual([0, 1000, 0]);
    server.stop();
  });

  test("starts again where the depot knows no ranges", async () => {
    const server = breakingServer([1000], () => WHOLE(etag), false);
    expect(new Uint8Array(readFileSync(await server.download()))).toEqual(CONTENT);
    expect(server.asked).toEqual([0, 1000]);
    server.stop();
  });

  test("that fails for good leaves nothing, and an older file as it was", async () => {
    await Bun.write(join(directory, FILE), "older");
    const { client } = clientOf(() => new Response(null, { status: 404 }));
    expect((await failure(download(client))).kind).toBe(clientErrors.notFound);
    expect(readdirSync(directory)).toEqual([FILE]);
    expect(readFileSync(join(directory, FILE), "utf8")).toBe("older");
  });

  test("into a directory that is not there says so", async () => {
    const { client } = clientOf(whole);
    const error = await failure(client.downloadPackage(IDENT, "x86_64-linux", join(directory, "nowhere")));
    expect(error.kind).toBe(clientErrors.cannotStore);
  });

  /** Says whether the bytes since the last restart are the content; refuses the first `refusals` times. */
  function contentCheck(refusals: number) {
    let received = 0;
    const seen: number[] = [];
    const check: DownloadCheck = {
      restart: () => {
        received = 0;
      },
      push: (piece) => {
        received += piece.length;
      },
      finish: async () => {
        seen.push(received);
        if (seen.length <= refusals) throw new Error("not what was signed");
      },
    };
    return { check, seen };
  }

  test("what does not pass its check never gets its name", async () => {
    const { client, requests } = clientOf(whole);
    const { check } = contentCheck(1);
    await expect(client.downloadPackage(IDENT, "x86_64-linux", directory, { check })).rejects.toThrow(
      "not what was signed",
    );
    expect(readdirSync(directory)).toEqual([]);
    expect(requests.length).toBe(1);
  });

  test("pieces that do not fit together are fetched once more, in one", async () => {
    const server = breakingServer([1000], (from) => (from === 0 ? WHOLE(etag) : REST(etag, from)));
    try {
      const { check, seen } = contentCheck(1);
      await server.download(check);
      expect(server.asked).toEqual([0, 1000, 0]);
      expect(seen).toEqual([CONTENT.length, CONTENT.length]);
      expect(new Uint8Array(readFileSync(join(directory, FILE)))).toEqual(CONTENT);
    } finally {
      server.stop();
    }
  });

  test("is given up by the signal", async () => {
    const stop = new AbortController();
    const { client } = clientOf(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new Uint8Array(1000));
              stop.abort(new Error("enough"));
              return new Promise(() => undefined);
            },
          }),
        ),
    );
    const work = client.downloadPackage(IDENT, "x86_64-linux", directory, { signal: stop.signal });
    await expect(work).rejects.toThrow("enough");
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("a search", () => {
  test("asks for more pages until there are enough", async () => {
    const all = Array.from({ length: 120 }, (_, index) => ({
      origin: "core",
      name: `p${index}`,
      version: null,
      release: null,
    }));
    const { client, requests } = clientOf((request) => {
      const start = Number(new URL(request.url).searchParams.get("range"));
      const data = all.slice(start, start + 50);
      return Response.json(
        { range_start: start, range_end: start + data.length - 1, total_count: 120, data },
        { status: start + data.length < 120 ? 206 : 200 },
      );
    });
    expect(await client.search("p", 60)).toMatchObject({ total: 120, idents: { length: 60 } });
    expect(requests).toHaveLength(2);
    expect((await client.search("p", 1000)).idents).toHaveLength(120);
  });
});
