import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { answered, startTestDepot, type TestDepot } from "./testing/depot.ts";
import { makeHart } from "./testing/harts.ts";

let depot: TestDepot;
let bobo: string;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
});

afterAll(() => depot.stop());

/** Sends bytes as they are and gives what comes back until the server closes or has answered. */
async function raw(text: string): Promise<string> {
  const { port } = new URL(depot.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(port),
    socket: {
      data(_socket, data) {
        received += data.toString("latin1");
        if (received.includes("\r\n\r\n")) resolve(received);
      },
      close: () => resolve(received),
      error: () => resolve(received),
    },
  });
  socket.write(text);
  const answer = await promise;
  socket.end();
  return answer.split("\r\n")[0] ?? "";
}

describe("requests (reference/depot-api.md §2)", () => {
  test("status answers GET and HEAD with nothing, and alone says 405 to the rest", async () => {
    expect(await answered(await depot.call("GET", "/status"))).toEqual({ status: 200, body: "" });
    expect((await depot.call("HEAD", "/status")).status).toBe(200);
    expect((await depot.call("POST", "/status")).status).toBe(405);
  });

  test.each([
    ["GET", "/nothing"],
    ["POST", "/depot/pkgs/acme/tiny/latest"],
    ["DELETE", "/depot/origins"],
    ["POST", "/depot/pkgs/schedule/rcpd/testapp"],
    ["GET", "/jobs/1"],
    ["GET", "/projects/x"],
  ])("%s %s, unknown or gone, answers 404 with nothing", async (method, path) => {
    expect(await answered(await depot.call(method, path, { token: bobo }))).toEqual({
      status: 404,
      body: "",
    });
  });

  test("of HTTP/1.0 without a host, and in absolute form, are understood; two hosts are not", async () => {
    expect(await raw("GET /v1/status HTTP/1.0\r\n\r\n")).toContain(" 200 ");
    expect(await raw("GET http://elsewhere/v1/status HTTP/1.1\r\nHost: x\r\n\r\n")).toContain(" 200 ");
    expect(await raw("GET /v1/status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")).toContain(" 400 ");
    expect(await raw("GET /v1/status HTTP/1.1\r\n\r\n")).toContain(" 400 ");
    expect(await raw(`GET /v1/status HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(40_000)}\r\n\r\n`)).toContain(
      " 431 ",
    );
  });

  test("with large bodies are refused before the body is read", async () => {
    const big = new Uint8Array(20_000_000);
    const post = (path: string, token?: string): Promise<Response> =>
      depot.call("POST", path, {
        body: big,
        headers: { "Content-Type": "application/json" },
        ...(token !== undefined && { token }),
      });
    expect((await post("/depot/pkgs/acme/x/1/1?checksum=0")).status).toBe(401);
    expect((await post("/depot/origins", bobo)).status).toBe(413);
    expect((await post("/depot/origins/acme/keys/20200101000000", bobo)).status).toBe(413);
  });
});

/** What a path part may try to be. */
const TRICKS = [
  "..",
  ".",
  "%2e%2e",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "..%2f..%2f..%2fetc",
  "%2Fetc%2Fpasswd",
  "a%00b",
  "a%0d%0aX-Injected:%20yes",
  "%3Cscript%3E",
  "'%20or%20'1'='1",
  "a%22b",
  "%ff%fe",
  "%",
  "%zz",
  "a%5c..%5cb",
  "*",
  "x".repeat(3000),
  "%F0%9F%92%A9",
];

describe("path tricks in every parameter", () => {
  const reads = [
    (trick: string) => `/depot/origins/${trick}`,
    (trick: string) => `/depot/origins/${trick}/keys/latest`,
    (trick: string) => `/depot/origins/acme/keys/${trick}`,
    (trick: string) => `/depot/pkgs/${trick}/app/latest`,
    (trick: string) => `/depot/pkgs/acme/${trick}/latest`,
    (trick: string) => `/depot/pkgs/acme/app/${trick}/latest`,
    (trick: string) => `/depot/pkgs/${trick}/app/1/2/download`,
    (trick: string) => `/depot/pkgs/acme/${trick}/1/2/download`,
    (trick: string) => `/depot/pkgs/acme/app/${trick}/2/download`,
    (trick: string) => `/depot/pkgs/acme/app/1/${trick}/download`,
    (trick: string) => `/depot/pkgs/acme/app/1/2/download?target=${trick}`,
    (trick: string) => `/depot/channels/acme/${trick}/pkgs/app/latest`,
    (trick: string) => `/depot/channels/acme/unstable/pkgs/${trick}/latest`,
  ];

  test.each(TRICKS)("reading %p finds nothing", async (trick) => {
    for (const path of reads) {
      const response = await depot.call("GET", path(trick));
      // An empty list is what some of these paths mean once `..` is resolved; nothing else may come of them.
      const body = await response.text();
      expect([path(trick), response.status < 500]).toEqual([path(trick), true]);
      if (response.status === 200 || response.status === 206)
        expect(body).toMatch(/^(?:\[\]|\{"range_start".*"data":\[.*\]\}|\{"owner_id".*"name":"acme".*\})$/);
      expect(response.headers.get("x-injected")).toBeNull();
    }
  });

  const writes: readonly [string, (trick: string) => string][] = [
    ["POST", (trick) => `/depot/channels/acme/${trick}`],
    ["PUT", (trick) => `/depot/channels/acme/stable/pkgs/promote?channel=${trick}`],
    ["PUT", (trick) => `/depot/channels/acme/${trick}/pkgs/app/1/2/promote`],
    ["POST", (trick) => `/depot/origins/acme/keys/${trick}`],
    ["POST", (trick) => `/depot/origins/${trick}/keys/20200101000000`],
    ["PATCH", (trick) => `/depot/pkgs/acme/app/1/2/${trick}`],
  ];

  test.each(TRICKS)("writing with %p changes nothing", async (trick) => {
    const channels = async (): Promise<string> =>
      await (await depot.call("GET", "/depot/channels/acme")).text();
    const before = await channels();
    for (const [method, path] of writes) {
      const response = await depot.call(method, path(trick), { token: bobo });
      expect([path(trick), response.status >= 400 && response.status < 500]).toEqual([path(trick), true]);
    }
    expect(await channels()).toBe(before);
  });

  test.each(TRICKS)("uploading to %p leaves no file", async (trick) => {
    const { bytes, checksum } = await makeHart("acme/app/1/2");
    const files = (): string[] =>
      readdirSync(depot.directory, { recursive: true })
        .map(String)
        .filter((name) => !name.includes("sqlite"))
        .sort();
    const before = files();
    for (const ident of [
      `${trick}/app/1/2`,
      `acme/${trick}/1/2`,
      `acme/app/${trick}/2`,
      `acme/app/1/${trick}`,
    ]) {
      const response = await depot.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}`, {
        token: bobo,
        body: bytes,
      });
      expect([ident, response.status >= 400 && response.status < 500]).toEqual([ident, true]);
    }
    expect(files()).toEqual(before);
    expect(readdirSync(join(depot.directory, "uploads"))).toEqual([]);
  });
});
