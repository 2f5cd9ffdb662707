// Talks to the depot under test over plain HTTP, as one of the fixed accounts or as nobody. Every answer is checked against
// the API's own description (described.ts).
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startDepot } from "../../src/depot/index.ts";
import { newPlace } from "../../src/depot/testing/depot.ts";
import { temporaryDirectory } from "../../src/depot/testing/directory.ts";
import { type ApiDocument, describedBy } from "./described.ts";

export type Person = "bobo" | "mystique" | "hank" | "wesker" | "lkennedy";

export interface Sent {
  /** A fixed account, or any token. */
  readonly as?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Received {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface DepotUnderTest {
  readonly url: string;
  readonly document: ApiDocument;
  /** Answers so far. */
  readonly answers: () => number;
  call(method: string, path: string, sent?: Sent): Promise<Received>;
  stop(): Promise<void>;
}

/** The address of a depot that somebody else started, with accounts.toml and nothing else in it. */
export const SUITE_URL = process.env["HAB_DEPOT_SUITE_URL"];

/** The depot at `url`, or a new one of this process. */
export async function depotUnderTest(url: string | undefined): Promise<DepotUnderTest> {
  if (url !== undefined) return await connect(url.replace(/\/$/, ""), async () => undefined);
  const directory = temporaryDirectory("hab-depot-suite-");
  const accountsFile = join(directory, "accounts.toml");
  copyFileSync(join(import.meta.dir, "accounts.toml"), accountsFile);
  chmodSync(accountsFile, 0o600);
  const depot = await startDepot({
    ...(await newPlace(join(directory, "data"))),
    listen: { host: "127.0.0.1", port: 0 },
    accountsFile,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  return await connect(depot.url, async () => {
    await depot.stop();
    rmSync(directory, { recursive: true, force: true });
  });
}

async function connect(url: string, stop: () => Promise<void>): Promise<DepotUnderTest> {
  const document = (await (await fetch(`${url}/v1/openapi.json`)).json()) as ApiDocument;
  const faultOf = describedBy(document);
  let answers = 0;
  return {
    url,
    document,
    answers: () => answers,
    stop,
    async call(method, path, { as, json, body, headers = {} } = {}) {
      const response = await fetch(`${url}/v1${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(as !== undefined && { Authorization: `Bearer ${as}` }),
          ...(json !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
      });
      const text = await response.text();
      const type = response.headers.get("content-type");
      const fault = faultOf({ method, path, status: response.status, type, body: text });
      if (fault !== undefined) throw new Error(fault);
      answers++;
      const isJson = type?.startsWith("application/json") === true;
      return {
        status: response.status,
        text,
        headers: response.headers,
        json: isJson ? JSON.parse(text) : undefined,
      };
    },
  };
}
