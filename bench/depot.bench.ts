// The depot's answers a second against a static answer of the same bytes: nginx serving a file where it is installed,
// else a bare Bun.serve. One client process, 16 connections kept alive, the two in turn; then ready time and memory.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createAccount, createToken } from "../src/depot/index.ts";
import { makeHart } from "../src/depot/testing/harts.ts";
import { type Comparison, figure, report } from "./measure.ts";

const CONNECTIONS = 16;
const SECONDS_A_RUN = 1.5;
const RUNS = 3;
const PACKAGES = 20;
const RELEASES = 3;

const root = mkdtempSync(join(tmpdir(), "hab-bench-depot-"));
const children: Bun.Subprocess[] = [];

/** Requests a second: each connection sends the next request when it has the whole answer. */
async function requestsPerSecond(port: number, path: string, seconds: number): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const until = performance.now() + seconds * 1000;
  let answers = 0;
  const done: Promise<void>[] = [];
  for (let index = 0; index < CONNECTIONS; index++) {
    const { promise, resolve: end, reject } = Promise.withResolvers<void>();
    done.push(promise);
    let wanted = -1;
    let received = 0;
    await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void socket.write(request),
        data(socket, data) {
          if (wanted < 0) {
            const head = data.toString("latin1");
            const bodyAt = head.indexOf("\r\n\r\n") + 4;
            const length = /content-length: (\d+)/i.exec(head)?.[1];
            if (!head.startsWith("HTTP/1.1 200") || length === undefined || bodyAt < 4) {
              reject(new Error(`unexpected answer: ${head.slice(0, 200)}`));
              socket.end();
              return;
            }
            wanted = bodyAt + Number(length);
          }
          received += data.length;
          if (received < wanted) return;
          answers++;
          received = 0;
          wanted = -1;
          if (performance.now() < until) socket.write(request);
          else {
            socket.end();
            end();
          }
        },
        error: (_socket, error) => reject(error),
      },
    });
  }
  const start = performance.now();
  await Promise.all(done);
  return (answers * 1000) / (performance.now() - start);
}

async function firstLine(child: Bun.Subprocess<"ignore", "pipe", "ignore">): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text;
}

interface Server {
  readonly port: number;
  readonly pid: number;
}

async function start(command: readonly string[]): Promise<Server> {
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: process.env,
  });
  children.push(child);
  const line = await firstLine(child);
  return { port: Number(/:(\d+)/.exec(line)?.[1] ?? line), pid: child.pid };
}

const compiled = resolve("dist/hab");
const hab = (await Bun.file(compiled).exists()) ? [compiled] : [process.execPath, resolve("src/main.ts")];

async function startDepot(data: string): Promise<Server & { readyMs: number }> {
  const from = performance.now();
  const words = ["depot", "run", "--data", data, "--listen", "127.0.0.1:0", "--json"];
  const server = await start([...hab, ...words]);
  await fetch(`http://127.0.0.1:${server.port}/v1/status`);
  return { ...server, readyMs: performance.now() - from };
}

/** Serves `body` at `/`: the least that an answer of these bytes costs. */
async function startReference(body: string): Promise<Server & { name: string }> {
  const site = join(root, "site");
  mkdirSync(site, { recursive: true });
  writeFileSync(join(site, "answer"), body);
  const nginx = Bun.which("nginx");
  if (nginx === null) {
    const script = `const body = await Bun.file(${JSON.stringify(join(site, "answer"))}).text();
      const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () =>
        new Response(body, { headers: { "Content-Type": "application/json" } }) });
      console.log(server.port);`;
    return { ...(await start([process.execPath, "-e", script])), name: "bare Bun.serve" };
  }
  const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = free;
  free.stop(true);
  const configuration = join(root, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; pid ${root}/nginx.pid; error_log ${root}/nginx.log;
     events { worker_connections 64; }
     http { access_log off; keepalive_requests 100000000;
       server { listen 127.0.0.1:${port}; root ${site}; } }`,
  );
  const child = Bun.spawn([nginx, "-c", configuration, "-e", join(root, "nginx.log")], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  children.push(child);
  for (let tries = 0; tries < 200; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/answer`);
      break;
    } catch {
      await Bun.sleep(10);
    }
  }
  return { port, pid: child.pid, name: "nginx, one worker" };
}

async function fill(url: string, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  await fetch(`${url}/v1/depot/origins`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: '{"name":"acme"}',
  });
  for (let index = 0; index < PACKAGES * RELEASES; index++) {
    const ident = `acme/app${index % PACKAGES}/1.${Math.floor(index / PACKAGES)}.0/20260101000000`;
    const { bytes, checksum } = await makeHart(ident, { MANIFEST: `# ${ident}\n${"x".repeat(400)}\n` });
    const path = `${url}/v1/depot/pkgs/${ident}?checksum=${checksum}`;
    const answer = await fetch(path, { method: "POST", headers, body: bytes });
    if (answer.status !== 201) throw new Error(`upload answered ${answer.status}`);
  }
}

/** Proportional share of memory, in MB. */
function pssOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}

try {
  const data = join(root, "data");
  await createAccount(data, "bench");
  const token = (await createToken(data, "bench")).token.reveal();
  const depot = await startDepot(data);
  const idle = pssOf(depot.pid);
  await fill(`http://127.0.0.1:${depot.port}`, token);

  const questions: readonly { name: string; path: string; aim: number }[] = [
    {
      name: "latest of a package in a channel",
      path: "/v1/depot/channels/acme/unstable/pkgs/app7/latest?target=x86_64-linux",
      aim: 20_000,
    },
    { name: "latest of a package", path: "/v1/depot/pkgs/acme/app7/latest?target=x86_64-linux", aim: 20_000 },
    { name: "one origin", path: "/v1/depot/origins/acme", aim: 20_000 },
    { name: "search", path: "/v1/depot/pkgs/search/app?distinct=true", aim: 10_000 },
  ];
  const [{ path: first }] = questions as [(typeof questions)[number]];
  const body = await (await fetch(`http://127.0.0.1:${depot.port}${first}`)).text();
  const reference = await startReference(body);

  for (const { name, path, aim } of questions) {
    await requestsPerSecond(depot.port, path, 0.5);
    await requestsPerSecond(reference.port, "/answer", 0.5);
    const samples: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      samples[0].push(await requestsPerSecond(depot.port, path, SECONDS_A_RUN));
      samples[1].push(await requestsPerSecond(reference.port, "/answer", SECONDS_A_RUN));
    }
    const subject = figure(`depot: ${name}`, "requests/s", samples[0]);
    const comparison: Comparison = {
      subject,
      reference: figure(`${reference.name}, ${body.length} bytes`, "requests/s", samples[1]),
      note: `aim ≥ ${aim} requests/s: ${subject.median >= aim ? "met" : "NOT met"}`,
    };
    report({
      ...comparison,
      ratio: subject.median / (comparison.reference?.median ?? Number.NaN),
    });
  }

  const ready: number[] = [];
  for (let run = 0; run < 5; run++) {
    const fresh = await startDepot(join(root, `fresh${run}`));
    ready.push(fresh.readyMs);
    process.kill(fresh.pid);
  }
  report({ subject: figure("depot: first start to first answer", "ms", ready), aim: { value: 2000 } });
  report({
    subject: figure("depot: memory idle (PSS)", "MB", [idle]),
    aim: { value: 80 },
    note: `after the load above ${pssOf(depot.pid).toFixed(0)} MB`,
  });
} finally {
  for (const child of children) child.kill();
  rmSync(root, { recursive: true, force: true });
}
