// The HTTP gateway against what the original's answered: status, headers that matter, and bodies with key order
// (reference/supervisor.md §14). The routes with a stand-in for the Supervisor, the bodies with a real one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { EventLog } from "../../../src/supervisor/events/event-log.ts";
import { answer, isAuthorized, rawPath, startHttpGateway } from "../../../src/supervisor/http/gateway.ts";
import { Metrics } from "../../../src/supervisor/http/metrics.ts";
import { TestSupervisor } from "../../supervisor/harness.ts";
import auth from "./auth.json";
import authEmpty from "./auth-empty.json";
import methods from "./methods.json";
import org from "./org.json";
import redact from "./redact.json";
import none from "./services-0.json";
import one from "./services-1.json";

interface Case {
  readonly name: string;
  readonly request: {
    readonly method?: string;
    readonly path?: string;
    readonly http_version?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly raw?: string;
  };
  readonly expect: {
    readonly status_line?: string;
    readonly headers?: readonly (readonly string[])[];
    readonly body?: string;
    readonly raw?: string;
  };
}

/** What is answered otherwise on purpose. */
const DEPARTURES = [
  // A request without a Host is refused (RFC 9112 §3.2); the original takes it.
  { name: "raw: no host header", status: { original: 200, ours: 400 } },
  // Bun closes a connection on which a method in lower case comes, without an answer.
  { name: "raw: lower case method", status: { original: 404, ours: Number.NaN } },
  // Bun resolves dot segments before anyone sees the path; what they lead to is public anyway.
  { name: "dot segments", status: { original: 404, ours: 200 } },
] as const;

/** Answers of a Supervisor with the services of the vectors. */
function view(groups: readonly string[]) {
  const known = (group: string) => groups.includes(group);
  return {
    servicesJson: () => "[]",
    serviceJson: (group: string) => (known(group) ? "{}" : undefined),
    configJson: (group: string) => (known(group) ? '{"n":1}' : undefined),
    health: async (group: string) =>
      known(group) ? ({ result: "Ok", stdout: "health one1\n", stderr: "err one1\n" } as const) : undefined,
    butterflyJson: () => "{}",
    censusJson: () => "{}",
    ringJson: () => "{}",
    readiness: () => ({ ready: true, reasons: [], services: [] }),
    events: new EventLog("run", Date.now),
    measure() {},
  };
}

/** Sends bytes and reads until the other side closes. */
async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.write(request);
  await new Promise((resolve) => {
    socket.on("close", resolve);
    socket.on("error", resolve);
  });
  return text;
}

function requestText({ method, path, http_version, headers, raw }: Case["request"]): string {
  if (raw !== undefined) return raw;
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/${http_version}\r\n${lines.join("")}\r\n`;
}

function parseResponse(text: string) {
  const [head = "", ...body] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, body: body.join("\r\n\r\n") };
}

describe("routes", () => {
  const sets = [
    { title: "no service", cases: none, groups: [], options: {} },
    { title: "one service", cases: one, groups: ["one1.default"], options: {} },
    { title: "an organization", cases: org, groups: ["one1.default@acme"], options: {} },
    { title: "a token", cases: auth, groups: ["one1.default"], options: { authToken: "sekret" } },
    { title: "an empty token", cases: authEmpty, groups: ["one1.default"], options: {} },
    { title: "redacted", cases: redact, groups: ["one1.default"], options: { redact: true } },
    { title: "methods", cases: methods, groups: ["one1.default"], options: {} },
  ] as const;
  for (const { title, cases, groups, options } of sets) {
    describe(title, () => {
      const gateway = startHttpGateway(
        { host: "127.0.0.1", port: 0, redact: false, ...options },
        view(groups),
        new Metrics(),
      );
      afterAll(() => gateway.stop());
      for (const one of cases as unknown as readonly Case[]) {
        test(one.name, async () => {
          const text = await exchange(gateway.port, requestText(one.request));
          const seen = parseResponse(text);
          const departure = DEPARTURES.find(({ name }) => one.name.endsWith(name));
          const recorded = parseResponse(one.expect.raw ?? `${one.expect.status_line}\r\n`).status;
          if (departure !== undefined) {
            expect({ original: recorded, ours: seen.status }).toEqual(departure.status);
            return;
          }
          if (one.expect.raw !== undefined) {
            const statuses = (all: string) => all.match(/HTTP\/1\.1 \d+/g);
            expect(statuses(text)).toEqual(statuses(one.expect.raw));
            return;
          }
          const wanted = Object.fromEntries((one.expect.headers ?? []) as [string, string][]);
          expect(seen.status).toBe(Number(one.expect.status_line?.split(" ")[1]));
          expect(seen.headers["content-type"]).toBe(wanted["content-type"]);
          expect(seen.headers["allow"]).toBe(wanted["allow"]);
          if (wanted["content-length"] === "0") expect(seen.body).toBe("");
        });
      }
    });
  }

  test("several requests share a connection", async () => {
    const gateway = startHttpGateway(
      { host: "127.0.0.1", port: 0, redact: false },
      view(["one1.default"]),
      new Metrics(),
    );
    const text = await exchange(
      gateway.port,
      "GET /services HTTP/1.1\r\nHost: x\r\n\r\nGET /nothere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(text).toContain("200 OK");
    expect(text).toContain("404 Not Found");
    await gateway.stop();
  });

  test("the token is compared as one word after the scheme", () => {
    expect(isAuthorized("Bearer sekret", "sekret")).toBe(true);
    expect(isAuthorized("Bearer \t sekret", "sekret")).toBe(true);
    for (const header of [null, "bearer sekret", "Bearer", "Bearer a b", "Bearer sekre", "Basic sekret"])
      expect(isAuthorized(header, "sekret")).toBe(false);
  });

  test("paths are taken as they are", () => {
    expect(rawPath("http://x/services?a=b")).toBe("/services");
    expect(rawPath("/services")).toBe("/services");
    expect(rawPath("http://x//services")).toBe("//services");
    expect(rawPath("http://x")).toBe("/");
  });
});

describe("bodies", () => {
  let supervisor: TestSupervisor;
  let places: readonly (readonly [string, string])[] = [];

  beforeAll(async () => {
    supervisor = await TestSupervisor.create({ env: { HAB_BLDR_URL: "http://127.0.0.1:24999" } });
    supervisor.addPackage("one1", {
      toml: "n = 1\n",
      hooks: { "health-check": "#!/bin/sh\necho health one1\necho err one1 >&2\nexit 0\n" },
    });
    const busybox = "hab/pkgs/core/busybox-static/1.0.0/20260101000000";
    supervisor.write(`${busybox}/TARGET`, "x86_64-linux\n");
    supervisor.write(`${busybox}/IDENT`, "core/busybox-static/1.0.0/20260101000000\n");
    supervisor.write(`${busybox}/PATH`, `/${busybox}/bin\n`);
    await supervisor.start();
    await supervisor.load("one1");
    await supervisor.until(async () => (await supervisor.service("one1"))?.health_check === "Ok", "health");
    const { local_member_id: id } = JSON.parse((await supervisor.get("/census")).body);
    const { hostname } = JSON.parse((await supervisor.get("/services")).body)[0].sys;
    places = [
      [supervisor.root, "$ROOT"],
      [id, "$MEMBER_ID"],
      [`"hostname":"${hostname}"`, '"hostname":"$HOST"'],
      ["http://127.0.0.1:24999", "$BLDR"],
    ];
  });
  afterAll(async () => {
    await supervisor.stop();
  });

  /** The body with places, pids, times and ports replaced by what they are. */
  function normal(body: string): string {
    return places
      .reduce((text, [place, name]) => text.replaceAll(place, name), body)
      .replace(/"(pid|state_entered)":\d+/g, '"$1":0')
      .replace(/"(\w+_port)":\d+/g, '"$1":0');
  }

  for (const path of [
    "/services",
    "/services/one1/default",
    "/services/one1/default/config",
    "/census",
    "/butterfly",
  ]) {
    test(`${path}, to the byte`, async () => {
      const wanted = (one as unknown as readonly Case[]).find(
        (each) => each.request.path === path && each.request.method === "GET",
      );
      expect(normal((await supervisor.get(path)).body)).toBe(normal(wanted?.expect.body ?? ""));
    });
  }

  test("/metrics has the original's names, types and labels", async () => {
    const wanted = (one as unknown as readonly Case[]).find(
      (each) => each.request.path === "/metrics" && each.request.method === "GET",
    );
    const declared = (text: string) => text.split("\n").filter((line) => line.startsWith("# TYPE hab_sup_"));
    const ours = declared((await supervisor.get("/metrics")).body);
    for (const line of declared(wanted?.expect.body ?? "")) expect(ours).toContain(line);
  });
});

test("answers need no server", async () => {
  const response = await answer(
    "GET",
    "/services/one1/default/health",
    view(["one1.default"]),
    new Metrics(),
    false,
  );
  expect(await response.json()).toEqual({ status: "OK", stdout: "health one1\n", stderr: "err one1\n" });
});
