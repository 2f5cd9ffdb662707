// The HTTP gateway beyond the original: probes, events, TLS. With a stand-in for the Supervisor and real sockets.
import { afterEach, describe, expect, test } from "bun:test";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";
import { selfSignedCertificate } from "../../src/crypto/index.ts";
import { EventLog, MAX_BEHIND, MAX_FOLLOWERS } from "../../src/supervisor/events/event-log.ts";
import {
  type GatewayOptions,
  type HttpGateway,
  startHttpGateway,
} from "../../src/supervisor/http/gateway.ts";
import { Metrics } from "../../src/supervisor/http/metrics.ts";
import { PageFeed } from "../../src/supervisor/pages/feed.ts";
import { Timeline } from "../../src/supervisor/pages/timeline.ts";
import type { Readiness } from "../../src/supervisor/readiness.ts";

let gateway: HttpGateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const READY: Readiness = { ready: true, reasons: [], services: [] };
const NOT_READY: Readiness = {
  ready: false,
  reasons: [],
  services: [{ service_group: "web.default", ready: false, reasons: ["its process is down"] }],
};

function start(options: Partial<GatewayOptions> = {}, report: Readiness = READY) {
  const events = new EventLog("run", () => 0);
  const view = {
    servicesJson: () => "[]",
    serviceJson: () => undefined,
    configJson: () => undefined,
    health: async () => undefined,
    butterflyJson: () => "{}",
    censusJson: () => "{}",
    ringJson: () => "{}",
    readiness: () => report,
    events,
    measure() {},
  };
  const files = { answer: async () => new Response("a page") };
  gateway = startHttpGateway(
    { host: "127.0.0.1", port: 0, redact: false, pages: { files, feed: pageFeed() }, ...options },
    view,
    new Metrics(),
  );
  return { events, url: `http://127.0.0.1:${gateway.port}`, port: gateway.port };
}

/** Of documents that never change. */
function pageFeed(): PageFeed {
  return new PageFeed({
    run: "run",
    redact: false,
    now: () => 0,
    failed: () => {},
    timeline: new Timeline(10, () => 0),
    documents: {
      make(source, put) {
        put(source, { is: source });
        return new Set([source]);
      },
      forget() {},
    },
  });
}

const tell = (events: EventLog, name: string) =>
  events.tell({ kind: "config", data: { service_group: name, incarnation: "1" } });

describe("probes", () => {
  test("/livez answers who asks, token or not", async () => {
    const { url } = start({ authToken: "sekret" });
    const response = await fetch(`${url}/livez`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ alive: true });
  });

  test.each([
    { report: READY, status: 200 },
    { report: NOT_READY, status: 503 },
  ])("/readyz says $status and why", async ({ report, status }) => {
    const { url } = start({}, report);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(report);
  });

  test("/readyz tells services only to who has the token", async () => {
    const { url } = start({ authToken: "sekret" }, NOT_READY);
    const blind = await fetch(`${url}/readyz`);
    expect(blind.status).toBe(503);
    expect(await blind.json()).toEqual({ ready: false });
    const seeing = await fetch(`${url}/readyz`, { headers: { authorization: "Bearer sekret" } });
    expect(await seeing.json()).toEqual(NOT_READY);
  });

  test("HEAD is answered, other methods are not", async () => {
    const { url } = start({}, NOT_READY);
    expect((await fetch(`${url}/readyz`, { method: "HEAD" })).status).toBe(503);
    const refused = await fetch(`${url}/livez`, { method: "POST" });
    expect(refused.status).toBe(405);
    expect(refused.headers.get("allow")).toBe("GET, HEAD");
  });
});

/** Reads server-sent events until there are `count`. */
async function read(response: Response, count: number): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  const found = () => text.split("\n\n").filter((part) => part.startsWith("id:"));
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (found().length >= count) break;
  }
  return found().slice(0, count);
}

describe("pages", () => {
  test("come without the token, what they show does not", async () => {
    const { url } = start({ authToken: "sekret" });
    for (const path of ["/ui", "/ui/ring", "/ui/assets/main.js"])
      expect(await (await fetch(`${url}${path}`)).text()).toBe("a page");
    for (const path of ["/ui/data/stream", "/ui/data/else", "/uix", "/"])
      expect((await fetch(`${url}${path}`)).status).toBe(401);
  });

  test("are told what they ask for, and refused what is no question", async () => {
    const { url } = start();
    const response = await fetch(`${url}/ui/data/stream?topics=self`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await read(response, 3)).toEqual([
      'id: run-0-0\nevent: hello\ndata: {"now":0,"since":0,"fresh":true}',
      'id: run-1-0\nevent: documents\ndata: {"self":{"is":"self"}}',
      "id: run-1-0\nevent: synced\ndata: {}",
    ]);
    expect((await fetch(`${url}/ui/data/stream?topics=what`)).status).toBe(400);
    expect((await fetch(`${url}/ui/data/stream`, { method: "POST" })).status).toBe(405);
  });

  test("that cannot be opened say why", async () => {
    const answer = () => Promise.reject(new Error("no pages in here"));
    const { url } = start({ pages: { files: { answer }, feed: pageFeed() } });
    const response = await fetch(`${url}/ui`);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe("no pages in here\n");
  });
});

describe("/events", () => {
  test("tells what happens as it happens", async () => {
    const { url, events } = start();
    const response = await fetch(`${url}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    tell(events, "web.default");
    expect(await read(response, 1)).toEqual([
      'id: run-1\nevent: config\ndata: {"at":"1970-01-01T00:00:00.000Z","service_group":"web.default","incarnation":"1"}',
    ]);
  });

  test("goes on after Last-Event-ID", async () => {
    const { url, events } = start();
    for (const name of ["a.b", "c.d", "e.f"]) tell(events, name);
    const response = await fetch(`${url}/events`, { headers: { "last-event-id": "run-1" } });
    expect((await read(response, 2)).map((event) => event.split("\n")[0])).toEqual([
      "id: run-2",
      "id: run-3",
    ]);
  });

  test("needs the token, is hidden with ring data, and takes GET only", async () => {
    const guarded = start({ authToken: "sekret" });
    expect((await fetch(`${guarded.url}/events`)).status).toBe(401);
    await gateway?.stop();
    const redacted = start({ redact: true });
    expect((await fetch(`${redacted.url}/events`)).status).toBe(404);
    expect((await fetch(`${redacted.url}/events`, { method: "POST" })).status).toBe(405);
  });

  test("a client that leaves makes room; one too many is asked to come back later", async () => {
    const { url } = start();
    const leave = new AbortController();
    const all = await Promise.all(
      Array.from({ length: MAX_FOLLOWERS }, () => fetch(`${url}/events`, { signal: leave.signal })),
    );
    expect(all.every(({ status }) => status === 200)).toBe(true);
    const late = await fetch(`${url}/events`);
    expect(late.status).toBe(503);
    expect(late.headers.get("retry-after")).toBe("10");
    leave.abort();
    for (let status = 503; status !== 200; await Bun.sleep(5)) {
      const again = await fetch(`${url}/events`);
      status = again.status;
      await again.body?.cancel();
    }
  });

  test("a client that does not read is let go and holds up nobody", async () => {
    const { events, port } = start();
    const slow = connectPlain(port, "127.0.0.1");
    slow.write("GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => slow.once("readable", resolve));
    slow.pause();
    const closed = new Promise((resolve) => slow.once("close", resolve));
    const long = "x".repeat(10_000);
    // More than sockets hold, in turns of the event loop so that what can be sent is.
    for (let at = 0; at < 5 * MAX_BEHIND; at++) {
      tell(events, long);
      if (at % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    slow.on("error", () => {});
    slow.resume();
    slow.on("data", () => {});
    await closed;
  });
});

function identity(name: string) {
  return selfSignedCertificate({
    organization: "test",
    dnsNames: [name, "localhost"],
    notBefore: new Date("1975-01-01T00:00:00Z"),
    notAfter: new Date("2096-01-01T00:00:00Z"),
  });
}

describe("TLS", () => {
  const first = identity("first.example.com");
  const second = identity("second.example.com");
  const client = identity("client.example.com");

  /** Status and certificate of one request on a connection of its own. */
  async function ask(
    port: number,
    ca: string,
    own?: typeof client,
  ): Promise<{ status: string; name: string }> {
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername: "localhost",
      ca,
      ...(own === undefined ? {} : { key: own.key, cert: own.certificate }),
    });
    let text = "";
    let name = "";
    socket.on("secureConnect", () => {
      name = socket.getPeerCertificate().subjectaltname ?? "";
      socket.write("GET /services HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    });
    socket.on("data", (chunk) => {
      text += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
    return { status: text.split("\r\n")[0] ?? "", name };
  }

  test("serves its certificate, and another one after an exchange, on the same port", async () => {
    const { port } = start({ tls: first });
    expect(await ask(port, first.certificate)).toMatchObject({ status: "HTTP/1.1 200 OK" });
    gateway?.exchangeTls(second);
    const { status, name } = await ask(port, second.certificate);
    expect(status).toBe("HTTP/1.1 200 OK");
    expect(name).toContain("second.example.com");
    await expect(ask(port, first.certificate)).rejects.toThrow();
  });

  test("a connection that stands lives through an exchange", async () => {
    const { port, events } = start({ tls: first });
    const response = await fetch(`https://127.0.0.1:${port}/events`, {
      tls: { ca: first.certificate, checkServerIdentity: () => undefined },
    });
    gateway?.exchangeTls(second);
    tell(events, "web.default");
    expect(await read(response, 1)).toHaveLength(1);
  });

  test("a client certificate is asked for where signers are named", async () => {
    const { port } = start({ tls: { ...first, clientCa: client.certificate } });
    expect(await ask(port, first.certificate, client)).toMatchObject({ status: "HTTP/1.1 200 OK" });
    for (const stranger of [undefined, second]) {
      const answer = await ask(port, first.certificate, stranger).catch(() => ({ status: "" }));
      expect(answer.status).toBe("");
    }
  });

  test("the port is not shared with another gateway", () => {
    const { port } = start({ tls: first });
    const view = {} as Parameters<typeof startHttpGateway>[1];
    for (const tls of [{}, { tls: second }])
      expect(() =>
        startHttpGateway({ host: "127.0.0.1", port, redact: false, ...tls }, view, new Metrics()),
      ).toThrow("Unable to bind");
  });
});
