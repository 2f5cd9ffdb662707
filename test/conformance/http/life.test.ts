// Bodies and codes of the HTTP gateway in what the vectors of one service alone do not show: three services of different
// health, a stopped and an unloaded one, and a ring with applied configuration, a file and a departure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestSupervisor } from "../../supervisor/harness.ts";
import gossipData from "./gossip-data.json";
import org from "./org.json";
import redact from "./redact.json";
import three from "./services-3.json";
import startup from "./startup.json";
import stopped from "./stopped.json";

interface Case {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string };
  readonly expect: { readonly status_line: string; readonly body: string };
}

let supervisor: TestSupervisor;
let places: readonly (readonly [string, string])[] = [];

async function start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<void> {
  supervisor = await TestSupervisor.create({
    env: { HAB_BLDR_URL: "http://127.0.0.1:24999", ...env },
    args,
  });
  for (const [at, exit] of [0, 1, 2].entries()) {
    const n = at + 1;
    supervisor.addPackage(`one${n}`, {
      toml: `n = ${n}\n`,
      hooks: { "health-check": `#!/bin/sh\necho health one${n}\necho err one${n} >&2\nexit ${exit}\n` },
    });
  }
  const busybox = "hab/pkgs/core/busybox-static/1.0.0/20260101000000";
  supervisor.write(`${busybox}/TARGET`, "x86_64-linux\n");
  supervisor.write(`${busybox}/IDENT`, "core/busybox-static/1.0.0/20260101000000\n");
  supervisor.write(`${busybox}/PATH`, `/${busybox}/bin\n`);
  await supervisor.start();
}

async function load(name: string, health: string): Promise<void> {
  await supervisor.load(name);
  await supervisor.until(
    async () => (await supervisor.service(name))?.health_check === health,
    `health ${health}`,
  );
  await remember();
}

/** What differs from run to run. */
async function remember(): Promise<void> {
  const id = supervisor.memberId;
  const { hostname } = JSON.parse((await supervisor.get("/services")).body)[0].sys;
  places = [
    [supervisor.root, "$ROOT"],
    [id, "$MEMBER_ID"],
    [`"hostname":"${hostname}"`, '"hostname":"$HOST"'],
    ["http://127.0.0.1:24999", "$BLDR"],
  ];
}

/** The body with places, pids, times, ports and what ended last replaced by what they are. */
function normal(body: string): string {
  return places
    .reduce((text, [place, name]) => text.replaceAll(place, name), body)
    .replace(/"(pid|state_entered|terminated_at)":\d+/g, '"$1":0')
    .replace(/"(\w+_port)":\d+/g, '"$1":0');
}

/** An array of services in the order of their names: the original's order is that of a hash map. */
function inOrder(path: string, body: string): string {
  if (!path.startsWith("/services") || !body.startsWith("[")) return body;
  const services = JSON.parse(body) as { service_group: string }[];
  return JSON.stringify(services.sort((a, b) => (a.service_group < b.service_group ? -1 : 1)));
}

function compare(cases: readonly Case[], wants: (one: Case) => boolean): void {
  for (const one of cases.filter(wants)) {
    test(one.name, async () => {
      const { status, body } = await supervisor.get(one.request.path);
      expect(status).toBe(Number(one.expect.status_line.split(" ")[1]));
      expect(inOrder(one.request.path, normal(body))).toBe(
        inOrder(one.request.path, normal(one.expect.body)),
      );
    });
  }
}

describe("three services", () => {
  beforeAll(async () => {
    await start();
    await load("one1", "Ok");
    await load("one2", "Warning");
    await load("one3", "Critical");
  });
  afterAll(() => supervisor.stop());
  compare(
    three as unknown as Case[],
    ({ name, request }) =>
      request.method === "GET" &&
      request.path.startsWith("/services") &&
      // Bun resolves dot segments before anyone sees the path.
      !name.endsWith("dot segments"),
  );
});

describe("a service", () => {
  beforeAll(async () => {
    await start();
    await load("one1", "Ok");
    await supervisor.hab("svc", "stop", "vec/one1");
    // It is down a little before its stop is over.
    await supervisor.until(
      async () => (await supervisor.service("one1"))?.initialized === false,
      "one1 to be stopped",
    );
  });
  afterAll(() => supervisor.stop());

  describe("that is stopped", () =>
    compare(
      stopped as unknown as Case[],
      ({ name, request }) => name.startsWith("stopped") && request.path.startsWith("/services"),
    ));

  describe("that is unloaded", () => {
    beforeAll(async () => {
      await supervisor.hab("svc", "unload", "vec/one1");
      await supervisor.until(async () => (await supervisor.get("/services")).body === "[]", "unloading");
    });
    compare(
      stopped as unknown as Case[],
      ({ name, request }) => name.startsWith("unloaded") && request.path.startsWith("/services"),
    );
  });
});

describe("an organization", () => {
  beforeAll(async () => {
    await start(["--org", "acme"]);
    await supervisor.typed("svc", "load", "vec/one1");
    await supervisor.until(async () => {
      const { status, body } = await supervisor.get("/services/one1/default/acme");
      return status === 200 && JSON.parse(body).health_check === "Ok";
    }, "health");
    await remember();
  });
  afterAll(() => supervisor.stop());
  compare(org as unknown as Case[], ({ request }) => request.path.startsWith("/services"));
});

describe("redacted", () => {
  beforeAll(async () => {
    await start([], { HAB_FEAT_REDACT_HTTP: "1" });
    await load("one1", "Ok");
  });
  afterAll(() => supervisor.stop());
  compare(redact as unknown as Case[], ({ request }) => request.path !== "/metrics" && request.path !== "/");
});

describe("starting", () => {
  const [disabled, taken] = startup;

  test(disabled?.name ?? "", async () => {
    supervisor = await TestSupervisor.create({ args: ["--http-disable"] });
    supervisor.launch();
    await supervisor.until(() => supervisor.said("Starting ctl-gateway on ") > 0, "the control gateway");
    await supervisor.until(async () => (await supervisor.typed("svc", "status")).exit === 0, "an answer");
    expect((await supervisor.get("/services")).status).toBe(0);
    expect(disabled?.expect.port_open).toBe(false);
    expect(supervisor.said("Starting http-gateway")).toBe(0);
    await supervisor.stop();
  });

  test(taken?.name ?? "", async () => {
    supervisor = await TestSupervisor.create();
    const port = Number(new URL(supervisor.httpUrl("/")).port);
    const squatter = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response("no") });
    supervisor.launch();
    expect(await supervisor.exited).toBe(taken?.expect.launcher_exit as number);
    await squatter.stop(true);
    await supervisor.stop();
  });
});

describe("a ring with something in it", () => {
  beforeAll(async () => {
    await start(["--permanent-peer"]);
    await load("one1", "Ok");
    await supervisor.apply("one1.default", 7, 'n = 5\n[x]\ny = "z"\n');
    supervisor.write("upload/u.txt", "data\n");
    await supervisor.hab("file", "upload", "one1.default", "3", `${supervisor.root}/upload/u.txt`);
    await supervisor.hab("sup", "depart", "0123456789abcdef0123456789abcdef");
    await supervisor.until(
      async () => (await supervisor.get("/services/one1/default/config")).body.includes('"y"'),
      "the configuration",
    );
  });
  afterAll(() => supervisor.stop());
  compare(gossipData as unknown as Case[], ({ request }) => request.path.startsWith("/services"));

  test("what the ring holds is shown as the original shows it", async () => {
    const wanted = JSON.parse((gossipData as unknown as Case[])[1]?.expect.body ?? "{}");
    const seen = JSON.parse(normal((await supervisor.get("/butterfly")).body));
    expect(Object.keys(seen)).toEqual(Object.keys(wanted));
    for (const key of ["latest_service_config", "service_files", "departed_members"])
      expect(seen[key]).toEqual(wanted[key]);
  });
});
