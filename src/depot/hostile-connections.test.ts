// Clients that want to use a depot up: thousands of connections that say nothing or almost nothing, bodies and headers that
// are too large or too many, and a process that may open too few files. Others must be answered all the while.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Socket } from "bun";
import { isOutOfFiles, lowFileLimit } from "./file-limit.ts";
import { createAccount, createToken } from "./index.ts";
import { MAX_JSON_BODY_BYTES } from "./limits.ts";
import { temporaryDirectory } from "./testing/directory.ts";

const IDLE = 2000;
const DRIPPING = 200;
/** What a connection may cost, with what the sockets of the kernel's side of it leave in our memory. */
const MEMORY_BYTES = 80 * 1024 * 1024;

const directory = temporaryDirectory("hab-hostile-");
const depots: Bun.Subprocess[] = [];
let url: URL;
let token: string;

async function startDepot(data: string, before = ""): Promise<URL> {
  const program = resolve(import.meta.dir, "testing/run-depot.ts");
  const child = Bun.spawn(["sh", "-c", `${before} exec "$0" "$@"`, process.execPath, program, data], {
    stdout: "pipe",
    stderr: Bun.file(`${data}.log`),
    env: { ...process.env },
  });
  depots.push(child);
  let line = "";
  for await (const chunk of child.stdout) {
    line += new TextDecoder().decode(chunk);
    if (line.includes("\n")) break;
  }
  return new URL(line.trim());
}

beforeAll(async () => {
  const data = `${directory}/depot`;
  await createAccount(data, "bobo");
  token = (await createToken(data, "bobo")).token.reveal();
  url = await startDepot(data);
});

afterAll(async () => {
  for (const depot of depots) depot.kill("SIGKILL");
  await Promise.all(depots.map((depot) => depot.exited));
  rmSync(directory, { recursive: true, force: true });
});

/** Connections that send these bytes and then nothing. Gives what closes them. */
async function connections(to: URL, count: number, first: string): Promise<() => void> {
  const open: Socket[] = [];
  for (let index = 0; index < count; index++)
    open.push(
      await Bun.connect({
        hostname: to.hostname,
        port: Number(to.port),
        socket: { open: (socket) => void (first !== "" && socket.write(first)), data() {}, error() {} },
      }),
    );
  return () => {
    for (const socket of open) socket.end();
  };
}

const memory = (): number => {
  const status = readFileSync(`/proc/${depots[0]?.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
};

const create = (body: string | ReadableStream): Promise<Response> =>
  fetch(new URL("/v1/depot/origins", url), {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body,
  });

describe("while many connections", () => {
  test.each([
    ["say nothing", IDLE, ""],
    ["never end their header", DRIPPING, "GET /v1/status HTTP/1.1\r\nHost: depot\r\nX-Slow: "],
    [
      "never end their body",
      DRIPPING,
      "POST /v1/depot/origins HTTP/1.1\r\nHost: depot\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ],
    [
      "never end their upload",
      DRIPPING,
      "POST /v1/depot/pkgs/a/b/1/2?checksum=x HTTP/1.1\r\nHost: depot\r\nContent-Length: 1000000\r\n\r\nHART-1",
    ],
  ])("%s, others are answered, and memory is bounded", async (_, count, first) => {
    const before = memory();
    const close = await connections(url, count, first);
    try {
      for (let round = 0; round < 3; round++)
        expect((await fetch(new URL("/v1/depot/origins/nobody", url))).status).toBe(404);
      expect(memory() - before).toBeLessThan(MEMORY_BYTES);
    } finally {
      close();
    }
  });
});

describe("what is too large is refused before it is read", () => {
  test("JSON, with its length said or not, and JSON that is deep", async () => {
    const large = `{"name":"${"x".repeat(MAX_JSON_BODY_BYTES)}"}`;
    expect((await create(large)).status).toBe(413);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
    expect((await create(chunked)).status).toBe(413);
    expect((await create("[".repeat(MAX_JSON_BODY_BYTES - 1))).status).toBe(400);
    // Of a body that is announced and never sent nothing is waited for.
    const { promise: answer, resolve: answered } = Promise.withResolvers<string>();
    const socket = await Bun.connect({
      hostname: url.hostname,
      port: Number(url.port),
      socket: { data: (_, data) => answered(data.toString()), error() {} },
    });
    socket.write(
      `POST /v1/depot/origins HTTP/1.1\r\nHost: depot\r\nAuthorization: Bearer ${token}\r\n` +
        "Content-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n",
    );
    expect(await answer).toStartWith("HTTP/1.1 413");
    socket.end();
  });

  test("headers, in bytes and in number", async () => {
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(new URL("/v1/status", url), { headers })).status;
    expect(await ask({ "X-Large": "x".repeat(20_000) })).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`X-${index}`, "x"]));
    expect(await ask(many)).toBe(431);
    const ranges = Array.from({ length: 1000 }, (_, index) => `${index * 2}-${index * 2}`).join(",");
    expect([200, 431]).toContain(await ask({ Range: `bytes=${ranges}` }));
  });
});

describe("a process that may open few files", () => {
  test("says so at its start, turns the rest away, and answers when they are gone", async () => {
    const data = `${directory}/few`;
    const few = await startDepot(data, "ulimit -n 100;");
    expect(readFileSync(`${data}.log`, "utf8")).toContain("this process may have 100 files open");
    const close = await connections(few, 300, "");
    close();
    const until = Date.now() + 60_000;
    const isAnswered = (): Promise<boolean> =>
      fetch(new URL("/v1/depot/origins/nobody", few)).then(
        (response) => response.status === 404,
        () => false,
      );
    while (!(await isAnswered())) {
      if (Date.now() > until) throw new Error("it does not answer");
      await Bun.sleep(50);
    }
  });

  test("is told from other failures", () => {
    expect(
      lowFileLimit("Max open files            1048576              1048576              files"),
    ).toBeUndefined();
    expect(isOutOfFiles({ code: "EMFILE" })).toBe(true);
    expect(isOutOfFiles(new Error("EMFILE"))).toBe(false);
  });
});
