// For tests: a real depot on a free loopback port with a data directory of its own, and people to talk to it. Where
// HAB_TEST_DATABASE and HAB_TEST_BLOBS say so, on PostgreSQL and an object store instead: so every test of the API runs
// on both kinds (scale.test.ts).
import { rmSync } from "node:fs";
import {
  createAccount,
  createToken,
  type DepotOptions,
  type DepotPlaceWords,
  type RunningDepot,
  startDepot,
} from "../index.ts";
import { type OpenPlace, openPlace } from "../place.ts";
import type { Queries, Writing } from "../store/database.ts";
import { temporaryDirectory } from "./directory.ts";

export interface TestDepot {
  readonly url: string;
  readonly directory: string;
  /** Where it keeps everything, for functions that act on a depot beside its server. */
  readonly place: DepotPlaceWords;
  /** Digests of all blobs. */
  blobs(): Promise<string[]>;
  /** Looks into its database. */
  rows<Result>(read: (db: Queries) => Promise<Result>): Promise<Result>;
  /** Changes its database, as another process would. */
  change(write: (db: Queries) => Promise<unknown>): Promise<void>;
  /** Changes its database behind its back. */
  write(work: (writing: Writing) => Promise<void>): Promise<void>;
  /** Lines the depot has logged. */
  readonly log: string[];
  /** Creates an account and gives its token. */
  account(name: string): Promise<string>;
  /** Sends a request below `/v1`, as the holder of a token or as nobody. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** Stops it and starts another on the same directory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: string | Blob | Uint8Array<ArrayBuffer> | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

let schemas = 0;

/** A place nobody has used: the data directory, or a schema of a database and a prefix in a bucket. */
export async function newPlace(dataDirectory: string): Promise<DepotPlaceWords> {
  const { HAB_TEST_DATABASE: database, HAB_TEST_BLOBS: blobs } = process.env;
  if (database === undefined || blobs === undefined) return { dataDirectory };
  const schema = `test${process.pid}_${schemas++}`;
  const sql = new Bun.SQL(database, { max: 1 });
  await sql.unsafe(`create schema ${schema}`);
  await sql.close();
  return {
    dataDirectory,
    database: `${database}?schema=${schema}`,
    blobs: blobs.replace("/packages?", `/${schema}?`),
  };
}

/** Starts one in a new directory, or in the one given. */
export async function startTestDepot({
  directory = temporaryDirectory("hab-depot-"),
  ...more
}: Pick<
  DepotOptions,
  "accountsFile" | "signInFile" | "requestsPerSecond" | "registries" | "webhookTargets"
> & {
  readonly directory?: string;
} = {}): Promise<TestDepot> {
  const log: string[] = [];
  const place = await newPlace(directory);
  const start = (): Promise<RunningDepot> =>
    startDepot({
      ...more,
      ...place,
      listen: { host: "127.0.0.1", port: 0 },
      log: (line) => log.push(line),
    });
  // Opened once: to PostgreSQL a connection costs as much as many questions.
  let looking: Promise<OpenPlace> | undefined;
  const opened = (): Promise<OpenPlace> => {
    looking ??= openPlace(place);
    return looking;
  };
  let running = await start().catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    get url() {
      return running.url;
    },
    directory,
    place,
    log,
    async blobs() {
      const digests: string[] = [];
      for await (const { digest } of (await opened()).blobs.list()) digests.push(digest);
      return digests.sort();
    },
    write: async (work) => await (await opened()).database.write(work),
    rows: async (read) => await read((await opened()).database.db),
    change: async (work) =>
      await (await opened()).database.write(async ({ db }) => {
        await work(db);
      }),
    async account(name) {
      await createAccount(place, name, `${name}@example.com`);
      return (await createToken(place, name)).token.reveal();
    },
    async call(method, path, { token, json, body, headers = {}, signal } = {}) {
      return await fetch(`${running.url}/v1${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(json !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    },
    async restart() {
      await running.stop();
      running = await start();
    },
    async stop() {
      await (await looking)?.database.close();
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Status and body of an answer, for comparing both at once. */
export async function answered(response: Response): Promise<{ status: number; body: string }> {
  return { status: response.status, body: await response.text() };
}
