// How far one depot goes: with 10,000 packages × 10 releases the latest of a package in a channel, beside a bare SELECT
// of the same row through the same driver and beside nginx with a static file of the same bytes; downloads of 100 MB
// beside nginx, alone and 16 at a time; uploads of 1 MB; with 100,000 packages search, start and memory. SQLite, and
// PostgreSQL where it is installed. The servers have one core to themselves, the client another. Ratios are of processor
// time, which other work on the machine spoils least; rates by the clock stand beside them. HAB_BENCH_SMALL=1 divides all
// numbers by ten; HAB_BENCH_PARTS=metadata,transfers,many chooses, HAB_BENCH_KINDS=sqlite,postgres too. HAB_BENCH_KEEP=DIR
// keeps what was filled in that directory, and takes it from there the next time.
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { blake2b256Hex } from "../src/crypto/index.ts";
import { createAccount, createToken, type DepotPlaceWords } from "../src/depot/index.ts";
import { makeHart, type TestHart } from "../src/depot/testing/harts.ts";
import { postgresPrograms, startPostgres } from "../src/depot/testing/postgres.ts";
import { fillDepot, nameOf } from "./depot-fill.ts";
import {
  moveToLastCore,
  type Server,
  startDepotServer,
  startNginx,
  startScript,
  stopServers,
} from "./depot-servers.ts";
import { cpuTimeOf, memoryOf } from "./host.ts";
import {
  type Cost,
  compareCosts,
  inTurn,
  loadNow,
  loadServer,
  processorMsSince,
  processorTimes,
  withDescendants,
} from "./http-load.ts";
import { figure, report } from "./measure.ts";

const SMALL = process.env["HAB_BENCH_SMALL"] === "1" ? 10 : 1;
const PACKAGES = 10_000 / SMALL;
const RELEASES = 10;
const MANY_PACKAGES = 100_000 / SMALL;
const DOWNLOAD_BYTES = 100_000_000 / SMALL;
const UPLOADS = 200 / SMALL;
const CONNECTIONS = 16;
const parts = process.env["HAB_BENCH_PARTS"]?.split(",");
const kindsWanted = process.env["HAB_BENCH_KINDS"]?.split(",");

const root = mkdtempSync(join(tmpdir(), "hab-bench-scale-"));
const site = join(root, "site");
const keep = process.env["HAB_BENCH_KEEP"];
/** Where filled depots are; the numbers in their names are what they were filled with. */
const filled = keep === undefined ? root : resolve(keep);

/** Fills a depot, unless that was done in an earlier run. */
async function fillOnce(
  kind: Kind,
  place: DepotPlaceWords,
  packages: number,
  releases: number,
): Promise<void> {
  const done = `${place.dataDirectory}.filled`;
  if (existsSync(done)) return;
  await fillDepot(place, packages, releases);
  await kind.settle(place);
  writeFileSync(done, "");
}

interface Kind {
  readonly name: string;
  /** Processes of the database, which work for the depot's answers too. */
  databasePids(): number[];
  /** A place of this name, new unless an earlier run made it in the same directory. */
  place(name: string, directory: string): Promise<DepotPlaceWords>;
  /** Does what the database does by itself a minute after so many rows came in. */
  settle(place: DepotPlaceWords): Promise<void>;
}

/** A bare server that answers each request with one SELECT of the row by the same driver. */
async function startBareSelect(place: DepotPlaceWords): Promise<Server> {
  const script = join(root, "bare.ts");
  const ask =
    place.database === undefined
      ? `import { Database } from "bun:sqlite";
         const db = new Database(${JSON.stringify(join(place.dataDirectory, "depot.sqlite"))}, { readonly: true });
         const ask = db.query("select * from packages where ident = ?1 and target = 'x86_64-linux'");
         const answer = async (ident) => ask.get(ident);`
      : `const sql = new Bun.SQL(${JSON.stringify(place.database)}, { max: 10 });
         const answer = async (ident) =>
           (await sql.unsafe("select * from packages where ident = $1 and target = 'x86_64-linux'", [ident]))[0];`;
  writeFileSync(
    script,
    `${ask}
     const server = Bun.serve({ hostname: "127.0.0.1", port: 0, development: false, async fetch(request) {
       return Response.json((await answer(new URL(request.url).pathname.slice(1))) ?? null);
     } });
     console.log(server.url.href);`,
  );
  return await startScript(script);
}

async function measureMetadata(kind: Kind, nginx: Server | undefined): Promise<void> {
  const place = await kind.place(`metadata_${PACKAGES}`, filled);
  await fillOnce(kind, place, PACKAGES, RELEASES);
  const depot = await startDepotServer(place);
  const idle = memoryOf([depot.pid]);
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
  const ask = (server: Server, pathOf: (index: number) => string, requests = PACKAGES): Promise<Cost> =>
    loadServer({
      port: server.port,
      pathOf,
      connections: CONNECTIONS,
      requests,
      pids: [...withDescendants(server.pid), ...(server === nginx ? [] : kind.databasePids())],
    });
  const first = await ask(depot, latest);
  const costs = await inTurn({
    depot: () => ask(depot, latest),
    bare: () => ask(bare, row),
    nginx: nginx === undefined ? undefined : () => ask(nginx, () => "/answer.json"),
  });
  const ours = { name: `${kind.name}: latest of ${PACKAGES} packages in a channel`, costs: costs.depot };
  compareCosts(
    ours,
    { name: `${kind.name}: bare SELECT`, costs: costs.bare },
    undefined,
    `asked for the first time ${first.processorUs.toFixed(0)} µs`,
  );
  compareCosts(ours, { name: "nginx, static", costs: costs.nginx });
  const perSecond = costs.depot.map(({ processorUs }) => 1e6 / processorUs);
  report({
    subject: figure(`${kind.name}: answers for a second of one core, its database included`, "", perSecond),
    aim: { value: 20_000, atLeast: true },
  });
  report({
    subject: figure(`${kind.name}: memory after that load (PSS)`, "MB", [memoryOf([depot.pid])]),
    aim: { value: 80 },
    note: `idle ${idle.toFixed(0)} MB`,
  });
  await bare.stop();
  await depot.stop();
}

/** A hart of this size that costs nothing to make: what follows the archive in the file is read by nobody. */
async function hartOf(ident: string, size: number): Promise<TestHart> {
  const { bytes: archive } = await makeHart(ident);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  bytes.set(archive);
  return { ident, bytes, checksum: blake2b256Hex(bytes) };
}

async function measureTransfers(kind: Kind, nginx: Server | undefined): Promise<void> {
  const place = await kind.place("transfers", root);
  await createAccount(place, "bench");
  const token = (await createToken(place, "bench")).token.reveal();
  const headers = { Authorization: `Bearer ${token}` };
  const depot = await startDepotServer(place);
  await fetch(`${depot.url}/v1/depot/origins`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: '{"name":"acme"}',
  });
  const upload = async (hart: TestHart): Promise<void> => {
    const path = `${depot.url}/v1/depot/pkgs/${hart.ident}?checksum=${hart.checksum}`;
    const answer = await fetch(path, { method: "POST", headers, body: hart.bytes });
    if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  };
  const queue: TestHart[] = [];
  for (let index = 0; index < UPLOADS; index++)
    queue.push(await hartOf(`acme/up${index}/1.0/20260101000000`, 1_000_000));
  const from = performance.now();
  const used = cpuTimeOf([depot.pid]);
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let hart = queue.shift(); hart !== undefined; hart = queue.shift()) await upload(hart);
    }),
  );
  const rate = (UPLOADS * 1000) / (performance.now() - from);
  report({
    subject: figure(`${kind.name}: uploads of 1 MB, synced`, "uploads/s", [rate]),
    note: `${((cpuTimeOf([depot.pid]) - used) / UPLOADS).toFixed(1)} ms of processor time each at load ${loadNow()}`,
  });

  const big = await hartOf("acme/big/1.0/20260101000000", DOWNLOAD_BYTES);
  await upload(big);
  // The very file of the depot: how a file came into the system's cache makes a third of what it costs to send.
  rmSync(join(site, "big.hart"), { force: true });
  linkSync(
    join(place.dataDirectory, "blobs", big.checksum.slice(0, 2), big.checksum),
    join(site, "big.hart"),
  );
  for (const connections of [1, CONNECTIONS]) {
    const download = (server: Server, path: string): Promise<Cost> =>
      loadServer({
        port: server.port,
        pathOf: () => path,
        connections,
        requests: connections,
        pids: withDescendants(server.pid),
      });
    const costs = await inTurn(
      {
        depot: () => download(depot, `/v1/depot/pkgs/${big.ident}/download`),
        nginx: nginx === undefined ? undefined : () => download(nginx, "/big.hart"),
      },
      connections === 1 ? 9 : 3,
    );
    const megabytes = Math.round(DOWNLOAD_BYTES / 1e6);
    compareCosts(
      {
        name: `${kind.name}: download of ${megabytes} MB, ${connections} at a time`,
        costs: costs.depot,
      },
      { name: "nginx sendfile", costs: costs.nginx },
      { value: 0.9, atLeast: true },
    );
  }
  await depot.stop();
}

const SEARCHES: Readonly<Record<string, (index: number) => string>> = {
  "a name": (index) => `tool${(index * 997) % MANY_PACKAGES}`,
  "a part of names": (index) => `tool${index % 10}`,
  "two words": (index) => `origin${index % 20}/tool${index % 10}`,
  "two words, none rare": (index) => `tool/${["server", "client", "lib", "data"][index % 4]}`,
  "an origin and a common word": (index) =>
    `origin${index % 20}/${["server", "client", "lib", "data"][index % 4]}`,
  "an origin": (index) => `origin${index % 20}`,
  nothing: (index) => `zebra${index}`,
  "a word that every fourth has": (index) => ["server", "client", "lib", "data"][index % 4] ?? "",
  "one letter": (index) => ["t", "o", "s"][index % 3] ?? "",
};

async function measureMany(kind: Kind): Promise<void> {
  const place = await kind.place(`many_${MANY_PACKAGES}`, filled);
  await fillOnce(kind, place, MANY_PACKAGES, 1);
  const starts: number[] = [];
  let depot = await startDepotServer(place);
  starts.push(depot.readyMs);
  for (let run = 0; run < 2; run++) {
    await depot.stop();
    depot = await startDepotServer(place);
    starts.push(depot.readyMs);
  }
  report({
    subject: figure(`${kind.name}: start with ${MANY_PACKAGES} packages`, "ms", starts),
    aim: { value: 2000 },
    note: `memory ${memoryOf([depot.pid]).toFixed(0)} MB, processor time ${cpuTimeOf([depot.pid]).toFixed(0)} ms, at load ${loadNow()}`,
  });
  const all: number[] = [];
  for (const [name, wordOf] of Object.entries(SEARCHES)) {
    const clock: number[] = [];
    const processor: number[] = [];
    for (let index = 0; index < 15; index++) {
      const used = processorTimes([depot.pid, ...kind.databasePids()]);
      const begin = performance.now();
      // A range of its own, so that no answer is one that was kept.
      const path = `/v1/depot/pkgs/search/${encodeURIComponent(wordOf(index))}?range=${index * 50}`;
      await (await fetch(`${depot.url}${path}`)).text();
      clock.push(performance.now() - begin);
      processor.push(processorMsSince(used));
    }
    all.push(...processor);
    report({
      subject: figure(`${kind.name}: search for ${name}`, "ms of processor time", processor),
      note: `by the clock ${figure("", "", clock).median.toFixed(1)} ms`,
    });
  }
  report({
    subject: figure(`${kind.name}: search over ${MANY_PACKAGES} packages`, "ms of processor time", all),
    aim: { value: 20 },
    note: `at load ${loadNow()}`,
  });
  await depot.stop();
}

moveToLastCore();
let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
try {
  mkdirSync(site);
  const nginx = await startNginx(root, site);
  const kinds: Kind[] = [];
  if (kindsWanted?.includes("sqlite") !== false)
    kinds.push({
      name: "SQLite",
      databasePids: () => [],
      place: async (name, directory) => ({ dataDirectory: join(directory, `sqlite-${name}`) }),
      settle: async () => undefined,
    });
  if (kindsWanted?.includes("postgres") !== false && postgresPrograms() !== undefined) {
    const server = await startPostgres({}, keep === undefined ? undefined : join(filled, "postgres"));
    postgres = server;
    kinds.push({
      name: "PostgreSQL",
      databasePids: () => withDescendants(server.pid),
      async place(name, directory) {
        const dataDirectory = join(directory, `postgres-${name}`);
        if (!existsSync(`${dataDirectory}.filled`)) {
          // One that was not filled to its end.
          await server.admin(`drop database if exists ${name}`);
          await server.admin(`create database ${name}`);
        }
        return { dataDirectory, database: `postgres://postgres@127.0.0.1:${server.port}/${name}` };
      },
      async settle({ database }) {
        // Autovacuum: until then PostgreSQL knows nothing of its rows, and searches cost twice to thrice as much.
        await server.admin("vacuum analyze", database);
      },
    });
  }
  const wants = (part: string): boolean => parts?.includes(part) !== false;
  for (const kind of kinds) {
    if (wants("metadata")) await measureMetadata(kind, nginx);
    if (wants("transfers")) await measureTransfers(kind, nginx);
    if (wants("many")) await measureMany(kind);
  }
} finally {
  await stopServers();
  await postgres?.stop();
  rmSync(root, { recursive: true, force: true });
}
