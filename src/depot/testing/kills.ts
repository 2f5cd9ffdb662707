// Kills depots at random moments of uploads (whole ones, ones in pieces, deletions), again and again, and looks afterwards
// whether they kept their word: `bun kills.ts directory|servers UPLOADS [SEED]`, by script/test-depot-servers kills. The
// moments come from a seed; what a process was doing then also depends on the machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ANNOUNCEMENT_LIFETIME_MS } from "../blobs/s3-blobs.ts";
import { checkDepotAt, createAccount, createToken, type DepotPlaceWords } from "../index.ts";
import { openPlace } from "../place.ts";
import { makeHart, type TestHart } from "./harts.ts";

export interface KillOptions {
  /** One process on a data directory of its own, or several that share a database and a bucket. */
  readonly place: DepotPlaceWords;
  readonly processes: 1 | 2;
  /** How many uploads are begun in all. */
  readonly uploads: number;
  readonly seed: number;
}

export interface KillResult {
  readonly begun: number;
  readonly acknowledged: number;
  /** Not acknowledged, but there: whole. */
  readonly unheard: number;
  readonly deleted: number;
  readonly kills: number;
  /** What is not as promised; empty when all is well. */
  readonly faults: readonly string[];
}

const UPLOADS_A_ROUND = 16;
const PARALLEL_UPLOADS = 8;
/** The longest wait between the beginning of the upload that draws the kill, and the kill. In milliseconds. */
const LONGEST_FUSE_MS = 60;

/** Uniform in [0, 1), the same again for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Process {
  readonly url: string;
  kill(): Promise<void>;
}

async function startProcess(place: DepotPlaceWords): Promise<Process> {
  const words = [place.dataDirectory, place.database ?? "", place.blobs ?? "", place.keysDirectory ?? ""];
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, "run-depot.ts"), ...words], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env },
  });
  const complaints = child.stderr.text();
  let line = "";
  for await (const chunk of child.stdout) {
    line += new TextDecoder().decode(chunk);
    if (line.includes("\n")) break;
  }
  if (!line.includes("\n")) throw new Error(`the depot did not start: ${await complaints}`);
  return {
    url: line.trim(),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Everything that was asked for, with what was said about it. */
interface Ledger {
  readonly harts: TestHart[];
  readonly acknowledged: Set<string>;
  /** Deletions that were asked for; those that were heard are no longer acknowledged. */
  readonly deleting: Set<string>;
  readonly deleted: Set<string>;
}

/** Runs it all. Nothing is left behind but the place. */
export async function killDepots({ place, processes, uploads, seed }: KillOptions): Promise<KillResult> {
  const random = randomFrom(seed);
  await createAccount(place, "bobo");
  const headers = {
    Authorization: `Bearer ${(await createToken(place, "bobo")).token.reveal()}`,
  };
  const placeOf = (index: number): DepotPlaceWords =>
    processes === 1 ? place : { ...place, dataDirectory: join(place.dataDirectory, `process${index}`) };
  const running = await Promise.all(
    Array.from({ length: processes }, (_, index) => startProcess(placeOf(index))),
  );
  const said: Ledger = { harts: [], acknowledged: new Set(), deleting: new Set(), deleted: new Set() };
  let kills = 0;
  try {
    await fetch(`${running[0]?.url}/v1/depot/origins`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: '{"name":"acme"}',
    });
    while (said.harts.length < uploads) {
      const round = Math.min(UPLOADS_A_ROUND, uploads - said.harts.length);
      const harts = [];
      for (let index = 0; index < round; index++)
        harts.push(
          await makeHart(`acme/app/${said.harts.length + index}/20260101000000`, {
            MANIFEST: `${said.harts.length + index}\n${"x".repeat(Math.floor(random() * 20_000))}`,
          }),
        );
      said.harts.push(...harts);
      const victim = Math.floor(random() * processes);
      const drawnBy = Math.floor(random() * round);
      const fuse = random() * LONGEST_FUSE_MS;
      const queue = harts.map((hart) => ({ hart, way: random(), to: Math.floor(random() * processes) }));
      let begun = 0;
      let drawn: Promise<void> | undefined;
      let restarting: Promise<void> | undefined;
      const killAndRestart = async (): Promise<void> => {
        await running[victim]?.kill();
        kills++;
        running[victim] = await startProcess(placeOf(victim));
      };
      await Promise.all(
        Array.from({ length: PARALLEL_UPLOADS }, async () => {
          for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            if (begun++ === drawnBy)
              drawn = Bun.sleep(fuse).then(() => {
                restarting = killAndRestart();
                return restarting;
              });
            // What goes to the other process goes on meanwhile.
            if (next.to === victim) await restarting;
            await send(running[next.to]?.url ?? "", headers, next.hart, next.way, said);
          }
        }),
      );
      await drawn;
    }
  } finally {
    for (const each of running) await each.kill();
  }
  const found = await faultsOf(place, processes, said);
  return {
    begun: said.harts.length,
    acknowledged: said.acknowledged.size,
    deleted: said.deleted.size,
    kills,
    ...found,
  };
}

/** One upload, in one of the ways there are; a connection that breaks is an answer that was not heard. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  hart: TestHart,
  way: number,
  said: Ledger,
): Promise<void> {
  const path = `${url}/v1/depot/pkgs/${hart.ident}`;
  const query = `?checksum=${hart.checksum}`;
  try {
    if (way < 0.3) {
      const piece = await fetch(`${path}/upload${query}&offset=0`, {
        method: "PUT",
        headers,
        body: hart.bytes,
      });
      if (piece.status !== 200) return;
      const made = await fetch(`${path}/upload${query}`, { method: "POST", headers });
      if (made.status === 201) said.acknowledged.add(hart.ident);
      return;
    }
    const answer = await fetch(`${path}${query}`, { method: "POST", headers, body: hart.bytes });
    if (answer.status !== 201) return;
    said.acknowledged.add(hart.ident);
    if (way < 0.85) return;
    said.deleting.add(hart.ident);
    const gone = await fetch(path, { method: "DELETE", headers });
    if (gone.status === 204) said.deleted.add(hart.ident);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

async function faultsOf(
  place: DepotPlaceWords,
  processes: number,
  said: Ledger,
): Promise<{ unheard: number; faults: string[] }> {
  const faults: string[] = [];
  // As if the time had passed after which others tidy up for a process that died.
  const later = Date.now() + ANNOUNCEMENT_LIFETIME_MS + 60_000;
  const open = await openPlace(place, { now: () => (processes === 1 ? Date.now() : later) });
  let unheard = 0;
  try {
    await open.blobs.sweep();
    const { db } = open.database;
    const stored = new Set<string>();
    for await (const { digest } of open.blobs.list()) stored.add(digest);
    const rows = new Map(
      (await db.selectFrom("packages").select(["ident", "checksum"]).execute()).map((row) => [
        row.ident,
        row.checksum,
      ]),
    );
    const pieces = await db.selectFrom("upload_pieces").select("digest").execute();
    const named = new Set([...rows.values(), ...pieces.map((piece) => piece.digest)]);
    for (const digest of stored) if (!named.has(digest)) faults.push(`no row names the blob ${digest}`);
    for (const digest of named) if (!stored.has(digest)) faults.push(`the blob ${digest} is missing`);
    for (const { ident, checksum } of said.harts) {
      const row = rows.get(ident);
      if (said.deleted.has(ident)) {
        if (row !== undefined) faults.push(`${ident} is back after its deletion`);
      } else if (row !== undefined) {
        if (row !== checksum) faults.push(`${ident} has other bytes`);
        if (!said.acknowledged.has(ident)) unheard++;
      } else if (said.acknowledged.has(ident) && !said.deleting.has(ident)) faults.push(`${ident} is lost`);
    }
    const intents = await db.selectFrom("blob_intents").select("digest").execute();
    if (intents.length > 0) faults.push(`${intents.length} announcements have stayed`);
  } finally {
    await open.database.close();
  }
  const { signal } = new AbortController();
  const { problems } = await checkDepotAt(place, { quick: false, repair: false, signal });
  return { unheard, faults: [...faults, ...problems.map(({ kind, subject }) => `${kind}: ${subject}`)] };
}

if (import.meta.main) {
  const [, , kind = "", uploads = "", seedText] = process.argv;
  const seed = Number(seedText ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}`);
  const directory = mkdtempSync(join(tmpdir(), "hab-kills-"));
  const servers =
    kind === "servers" ? await (await import("./servers.ts")).startServers("servers") : undefined;
  Object.assign(process.env, servers?.env);
  try {
    const { HAB_TEST_DATABASE: database, HAB_TEST_BLOBS: blobs } = servers?.env ?? {};
    const place = { dataDirectory: directory, database, blobs, keysDirectory: join(directory, "keys") };
    const result = await killDepots({
      place,
      processes: servers === undefined ? 1 : 2,
      uploads: Number(uploads),
      seed,
    });
    console.log(JSON.stringify(result, undefined, 2));
    process.exitCode = result.faults.length === 0 ? 0 : 1;
  } finally {
    await servers?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
