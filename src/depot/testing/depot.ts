// For tests: a real depot on a free loopback port with a data directory of its own, and people to talk to it.
import { rmSync } from "node:fs";
import { createAccount, createToken, type DepotOptions, type RunningDepot, startDepot } from "../index.ts";
import { temporaryDirectory } from "./directory.ts";

export interface TestDepot {
  readonly url: string;
  readonly directory: string;
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

export async function startTestDepot(
  more: Pick<DepotOptions, "accountsFile" | "requestsPerSecond" | "registries"> = {},
): Promise<TestDepot> {
  const directory = temporaryDirectory("hab-depot-");
  const log: string[] = [];
  const start = (): Promise<RunningDepot> =>
    startDepot({
      ...more,
      dataDirectory: directory,
      listen: { host: "127.0.0.1", port: 0 },
      log: (line) => log.push(line),
    });
  let running = await start().catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    get url() {
      return running.url;
    },
    directory,
    log,
    async account(name) {
      await createAccount(directory, name, `${name}@example.com`);
      return (await createToken(directory, name)).token.reveal();
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
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Status and body of an answer, for comparing both at once. */
export async function answered(response: Response): Promise<{ status: number; body: string }> {
  return { status: response.status, body: await response.text() };
}
