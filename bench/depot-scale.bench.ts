// How far one depot goes: with 10,000 packages × 10 releases the latest of a package in a channel, beside a bare SELECT
// of the same row through the same driver and beside nginx with a static file of the same bytes; downloads of 100 MB
// beside nginx; uploads of 1 MB; with 100,000 packages search, start and memory. SQLite, and PostgreSQL where it is
// installed. The server has one core to itself, the client another. HAB_BENCH_SMALL=1 divides all numbers by ten.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { blake2b256Hex } from "../src/crypto/index.ts";
import { createAccount, createToken, type DepotPlaceWords } from "../src/depot/index.ts";
import { freePort } from "../src/depot/testing/free-port.ts";
import { makeHart, type TestHart } from "../src/depot/testing/harts.ts";
import { postgresPrograms, startPostgres, waitUntil } from "../src/depot/testing/postgres.ts";
import { fillDepot, nameOf } from "./depot-fill.ts";
import { answersPerSecond, processorMs } from "./http-load.ts";
import { figure, report } from "./measure.ts";

const SMALL = process.env["HAB_BENCH_SMALL"] === "1" ? 10 : 1;
const PACKAGES = 10_000 / SMALL;
const RELEASES = 10;
const MANY_PACKAGES = 100_000 / SMALL;
const DOWNLOAD_BYTES = 100_000_000 / SMALL;
const UPLOADS = 200 / SMALL;
const CONNECTIONS = 16;
const SECONDS_A_RUN = SMALL === 1 ? 2 : 0.5;
const RUNS = 3;

const root = mkdtempSync(join(tmpdir(), "hab-bench-scale-"));
const children: Bun.Subprocess[] = [];
const compiled = resolve("dist/hab");
const hab = (await Bun.file(compiled).exists()) ? [compiled] : [process.execPath, resolve("src/main.ts")];

/** A server on the first core; the client, this process, is moved to the last. */
function spawnServer(
  command: readonly string[],
  env: Record<string, string> = {},
): Bun.Subprocess<"ignore", "pipe"> {
  const child = Bun.spawn(["taskset", "-c", "0", ...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: { ...process.env, ...env },
  });
  children.push(child);
  return child;
}

async function firstLine(child: Bun.Subprocess<"ignore", "pipe">): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text;
}

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly readyMs: number;
}

async function startDepot(place: DepotPlaceWords): Promise<Server> {
  const from = performance.now();
  const where = place.database === undefined ? [] : ["--database", place.database];
  const words = [
    "depot",
    "run",
    "--data",
    place.dataDirectory,
    ...where,
    "--listen",
    "127.0.0.1:0",
    "--json",
  ];
  const child = spawnServer([...hab, ...words]);
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  await fetch(`${url}/v1/status`);
  return { url, pid: child.pid, readyMs: performance.now() - from };
}

async function startNginx(site: string): Promise<string | undefined> {
  const nginx = Bun.which("nginx");
  if (nginx === null) return undefined;
  const port = freePort();
  const configuration = join(root, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; pid ${root}/nginx.pid; error_log ${root}/nginx.log; user root;
     events { worker_connections 256; }
     http { access_log off; sendfile on; keepalive_requests 100000000;
       server { listen 127.0.0.1:${port}; root ${site}; } }`,
  );
  spawnServer([nginx, "-c", configuration, "-e", join(root, "nginx.log")]);
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(
    () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    () => "nginx does not start",
  );
  return url;
}

/** A bare server that answers each request with one SELECT of the row by the same driver. */
async function startBareSelect(place: DepotPlaceWords): Promise<string> {
  const script = join(root, "bare.ts");
  writeFileSync(
    script,
    place.database === undefined
      ? `import { Database } from "bun:sqlite";
         const db = new Database(${JSON.stringify(join(place.dataDirectory, "depot.sqlite"))}, { readonly: true });
         const ask = db.query("select * from packages where ident = ?1 and target = 'x86_64-linux'");
         const answer = async (ident) => ask.get(ident);`
      : `const sql = new Bun.SQL(${JSON.stringify(place.database)}, { max: 10 });
         const answer = async (ident) =>
           (await sql.unsafe("select * from packages where ident = $1 and target = 'x86_64-linux'", [ident]))[0];`,
  );
  writeFileSync(
    script,
    `${readFileSync(script, "utf8")}
     const server = Bun.serve({ hostname: "127.0.0.1", port: 0, async fetch(request) {
       return Response.json(await answer(new URL(request.url).pathname.slice(1)));
     } });
     console.log(server.url.href);`,
  );
  return (await firstLine(spawnServer([process.execPath, script]))).trim().replace(/\/$/, "");
}

function pssOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}

async function measureMetadata(
  kind: string,
  place: DepotPlaceWords,
  nginxUrl: string | undefined,
  site: string,
): Promise<void> {
  await fillDepot(place, PACKAGES, RELEASES);
  const depot = await startDepot(place);
  const idle = pssOf(depot.pid);
  const bare = await startBareSelect(place);
  const latest = (index: number): string => {
    const { origin, name } = nameOf(index % PACKAGES);
    return `/v1/depot/channels/${origin}/stable/pkgs/${name}/latest?target=x86_64-linux`;
  };
  const row = (index: number): string => {
    const { origin, name } = nameOf(index % PACKAGES);
    return `/${origin}/${name}/1.${RELEASES - 1}.0/20260101000000`;
  };
  // nginx gives the very bytes of one answer.
  writeFileSync(join(site, "answer.json"), await (await fetch(`${depot.url}${latest(7)}`)).bytes());
  const rate = (url: string, pathOf: (index: number) => string): Promise<number> =>
    answersPerSecond({
      port: Number(new URL(url).port),
      pathOf,
      connections: CONNECTIONS,
      seconds: SECONDS_A_RUN,
    });
  let depotRequests = 0;
  let depotMs = 0;
  const samples: Record<"depot" | "bare" | "nginx", number[]> = { depot: [], bare: [], nginx: [] };
  // Not counted: what a program does slowly only at first.
  await rate(depot.url, latest);
  await rate(bare, row);
  for (let run = 0; run < RUNS; run++) {
    const usedBefore = processorMs(depot.pid);
    const answered = await rate(depot.url, latest);
    depotMs += processorMs(depot.pid) - usedBefore;
    depotRequests += answered * SECONDS_A_RUN;
    samples.depot.push(answered);
    samples.bare.push(await rate(bare, row));
    if (nginxUrl !== undefined) samples.nginx.push(await rate(nginxUrl, () => "/answer.json"));
  }
  const subject = figure(`${kind}: latest of ${PACKAGES} packages in a channel`, "requests/s", samples.depot);
  for (const [name, rates] of [
    ["bare SELECT", samples.bare],
    ["nginx, static", samples.nginx],
  ] as const) {
    if (rates.length === 0) continue;
    const reference = figure(`${kind}: ${name}`, "requests/s", rates);
    const used = `${((depotMs * 1000) / depotRequests).toFixed(0)} µs of processor time an answer`;
    report({ subject, reference, ratio: subject.median / reference.median, note: used });
  }
  report({
    subject: figure(`${kind}: memory idle (PSS)`, "MB", [idle]),
    note: `after the load above ${pssOf(depot.pid).toFixed(0)} MB`,
  });
  process.kill(depot.pid);
}

/** A hart of this size that costs nothing to make: what follows the archive in the file is read by nobody. */
async function hartOf(ident: string, size: number): Promise<TestHart> {
  const { bytes: archive } = await makeHart(ident);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  bytes.set(archive);
  return { ident, bytes, checksum: blake2b256Hex(bytes) };
}

async function measureTransfers(
  kind: string,
  place: DepotPlaceWords,
  nginxUrl: string | undefined,
  site: string,
) {
  await createAccount(place, "bench");
  const token = (await createToken(place, "bench")).token.reveal();
  const headers = { Authorization: `Bearer ${token}` };
  const depot = await startDepot(place);
  await fetch(`${depot.url}/v1/depot/origins`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: '{"name":"acme"}',
  });
  const upload = async (hart: Awaited<ReturnType<typeof makeHart>>): Promise<void> => {
    const path = `${depot.url}/v1/depot/pkgs/${hart.ident}?checksum=${hart.checksum}`;
    const answer = await fetch(path, { method: "POST", headers, body: hart.bytes });
    if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  };
  const harts = [];
  for (let index = 0; index < UPLOADS; index++)
    harts.push(await hartOf(`acme/up${index}/1.0/20260101000000`, 1_000_000));
  const from = performance.now();
  const queue = [...harts];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let hart = queue.shift(); hart !== undefined; hart = queue.shift()) await upload(hart);
    }),
  );
  const rate = (UPLOADS * 1000) / (performance.now() - from);
  report({ subject: figure(`${kind}: uploads of 1 MB, synced`, "uploads/s", [rate]) });

  const big = await hartOf("acme/big/1.0/20260101000000", DOWNLOAD_BYTES);
  await upload(big);
  writeFileSync(join(site, "big.hart"), big.bytes);
  const seconds = async (url: string): Promise<number> => {
    const begin = performance.now();
    for await (const chunk of (await fetch(url)).body ?? []) void chunk;
    return big.bytes.length / 1e6 / ((performance.now() - begin) / 1000);
  };
  const own: number[] = [];
  const other: number[] = [];
  for (let run = 0; run < 5; run++) {
    own.push(await seconds(`${depot.url}/v1/depot/pkgs/${big.ident}/download`));
    if (nginxUrl !== undefined) other.push(await seconds(`${nginxUrl}/big.hart`));
  }
  const subject = figure(`${kind}: download of ${Math.round(big.bytes.length / 1e6)} MB`, "MB/s", own);
  if (other.length === 0) report({ subject });
  else {
    const reference = figure("nginx sendfile", "MB/s", other);
    report({
      subject,
      reference,
      ratio: subject.median / reference.median,
      aim: { value: 0.9, atLeast: true },
    });
  }
  process.kill(depot.pid);
}

async function measureMany(kind: string, place: DepotPlaceWords): Promise<void> {
  await fillDepot(place, MANY_PACKAGES, 1);
  const starts: number[] = [];
  let depot = await startDepot(place);
  starts.push(depot.readyMs);
  for (let run = 0; run < 2; run++) {
    process.kill(depot.pid);
    await waitUntil(
      () => Promise.resolve(!isRunning(depot.pid)),
      () => "the depot does not end",
    );
    depot = await startDepot(place);
    starts.push(depot.readyMs);
  }
  report({
    subject: figure(`${kind}: start with ${MANY_PACKAGES} packages`, "ms", starts),
    aim: { value: 2000 },
    note: `memory ${pssOf(depot.pid).toFixed(0)} MB`,
  });
  const times: number[] = [];
  for (let index = 0; index < 60; index++) {
    const words = [`tool${(index * 997) % MANY_PACKAGES}`, "origin3/tool4", "server", `tool${index}`, "data"];
    const query = encodeURIComponent(words[index % words.length] ?? "");
    const begin = performance.now();
    // A range of its own, so that no answer is one that was kept.
    await (await fetch(`${depot.url}/v1/depot/pkgs/search/${query}?range=${index * 50}`)).text();
    times.push(performance.now() - begin);
  }
  report({
    subject: figure(`${kind}: search over ${MANY_PACKAGES} packages`, "ms", times),
    aim: { value: 20 },
  });
  process.kill(depot.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

const cores = navigator.hardwareConcurrency;
Bun.spawnSync(["taskset", "-a", "-p", "-c", String(cores - 1), String(process.pid)], { stdout: "ignore" });
let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
try {
  const site = join(root, "site");
  mkdirSync(site);
  const nginxUrl = await startNginx(site);
  postgres = postgresPrograms() === undefined ? undefined : await startPostgres();
  const kinds: [string, (name: string) => Promise<DepotPlaceWords>][] = [
    ["SQLite", async (name) => ({ dataDirectory: join(root, `sqlite-${name}`) })],
  ];
  if (postgres !== undefined) {
    const server = postgres;
    kinds.push([
      "PostgreSQL",
      async (name) => ({ dataDirectory: join(root, `postgres-${name}`), database: await server.database() }),
    ]);
  }
  for (const [kind, place] of kinds) {
    await measureMetadata(kind, await place("metadata"), nginxUrl, site);
    await measureTransfers(kind, await place("transfers"), nginxUrl, site);
    await measureMany(kind, await place("many"));
  }
} finally {
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => child.exited));
  await postgres?.stop();
  rmSync(root, { recursive: true, force: true });
}
