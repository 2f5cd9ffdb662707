// The servers of the depot's benchmarks: a depot of the compiled program, nginx, and whatever else answers on a port. All
// on the first core; the measuring process moves to the last.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DepotPlaceWords } from "../src/depot/index.ts";
import { freePort } from "../src/depot/testing/free-port.ts";
import { waitUntil } from "../src/depot/testing/postgres.ts";

export interface Server {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first answer. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

const running = new Set<Server>();

/** The compiled program where it has been built, else the sources. */
async function habCommand(): Promise<string[]> {
  const compiled = resolve("dist/hab");
  return (await Bun.file(compiled).exists()) ? [compiled] : [process.execPath, resolve("src/main.ts")];
}

/** Leaves the first core to the servers. */
export function moveToLastCore(): void {
  const last = String(navigator.hardwareConcurrency - 1);
  Bun.spawnSync(["taskset", "-a", "-p", "-c", last, String(process.pid)], { stdout: "ignore" });
}

export async function stopServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

/** Starts a depot and waits for its first answer. */
export async function startDepotServer(place: DepotPlaceWords): Promise<Server> {
  const where = place.database === undefined ? [] : ["--database", place.database];
  const words = ["depot", "run", "--data", place.dataDirectory, ...where];
  const command = [...(await habCommand()), ...words, "--listen", "127.0.0.1:0", "--json"];
  return await start(command, (line) => (JSON.parse(line) as { url: string }).url, "/v1/status");
}

/** Runs a script that prints its address. */
export async function startScript(script: string): Promise<Server> {
  return await start([process.execPath, script], (line) => line, "/");
}

/** nginx with one worker on the files of `site`, or undefined where it is not installed. */
export async function startNginx(root: string, site: string): Promise<Server | undefined> {
  const nginx = Bun.which("nginx");
  if (nginx === null) return undefined;
  const port = freePort();
  const configuration = join(root, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; master_process off; pid ${root}/nginx.pid; error_log ${root}/nginx.log; user root;
     events { worker_connections 256; }
     http { access_log off; sendfile on; keepalive_requests 100000000;
       types { application/json json; } default_type application/octet-stream;
       server { listen 127.0.0.1:${port}; root ${site}; } }`,
  );
  const url = `http://127.0.0.1:${port}`;
  return await start([nginx, "-c", configuration, "-e", join(root, "nginx.log")], () => url, "/", url);
}

async function start(
  command: readonly string[],
  urlOf: (line: string) => string,
  path: string,
  known?: string,
): Promise<Server> {
  const from = performance.now();
  const child = Bun.spawn(["taskset", "-c", "0", ...command], {
    stdin: "ignore",
    stdout: known === undefined ? "pipe" : "ignore",
    stderr: "ignore",
    env: process.env,
  });
  const url = (known ?? urlOf(await firstLine(child.stdout))).replace(/\/$/, "");
  await waitUntil(
    async () => {
      if (child.exitCode !== null) throw new Error(`${command.join(" ")} ended`);
      return await fetch(`${url}${path}`).then(
        async (answer) => (await answer.arrayBuffer()) !== undefined,
        () => false,
      );
    },
    () => `${command[0]} does not answer`,
  );
  const server: Server = {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    readyMs: performance.now() - from,
    async stop() {
      running.delete(server);
      child.kill();
      await child.exited;
    },
  };
  running.add(server);
  return server;
}

async function firstLine(stream: ReadableStream<Uint8Array> | undefined): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
