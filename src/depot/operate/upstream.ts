// What a mirror asks of another depot, the original's or ours (reference/depot-api.md §5–§12): small questions that are
// asked again when they fail, and downloads that go on where they broke off.
import { constants } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { z } from "zod";
import type { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import { MAX_UPLOAD_BYTES } from "../limits.ts";

const QUESTION_DEADLINE_MS = 30_000;
/** A download that gets nothing for this long is begun again where it stands. */
const STALL_MS = 60_000;
const RETRY_DELAYS_MS = [500, 2_000, 8_000, 30_000] as const;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Pages of one list; the public depot's largest channels have some hundred. */
const MAX_PAGES = 20_000;

const identPart = z.string().regex(/^[A-Za-z0-9._~+:@=-]{1,255}$/);
const ident = z.object({ origin: identPart, name: identPart, version: identPart, release: identPart });
const idents = z.object({ range_end: z.number(), total_count: z.number(), data: z.array(ident) });
const offered = z.object({
  ident,
  target: z.string().max(64),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  tdeps: z.array(ident),
});
const keyList = z.array(z.object({ origin: identPart, revision: z.string().regex(/^[0-9]{14}$/) }));

export interface UpstreamPackage {
  readonly ident: string;
  readonly target: string;
  readonly checksum: string;
  readonly tdeps: readonly string[];
}

export interface Upstream {
  /** Idents of a channel: all, or only the newest of each name for a target. */
  channelIdents(origin: string, channel: string, newestFor: string | undefined): Promise<string[]>;
  /** A release for a target; undefined when it is not there for it. */
  package(ident: string, target: string): Promise<UpstreamPackage | undefined>;
  /** Texts of the public keys of an origin that `wanted` says yes to. */
  publicKeys(origin: string, wanted: (named: string) => boolean): Promise<string[]>;
  /** Downloads into a file, after what is in it already. */
  download(offered: UpstreamPackage, path: string): Promise<void>;
}

export interface UpstreamOptions {
  readonly url: string;
  readonly token: Secret<string> | undefined;
  readonly signal: AbortSignal;
}

export function upstream({ url, token, signal }: UpstreamOptions): Upstream {
  const base = `${url.replace(/\/+$/, "").replace(/\/v1$/, "")}/v1`;

  async function send(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(new Error("no answer in time")), QUESTION_DEADLINE_MS);
    try {
      return await fetch(`${base}${path}`, {
        headers: {
          "User-Agent": "hab/depot-mirror",
          ...(token !== undefined && { Authorization: `Bearer ${token.reveal()}` }),
          ...headers,
        },
        signal: AbortSignal.any([signal, slow.signal]),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tries until it works, some times; what the depot refuses is not asked again. */
  async function trying<Result>(what: string, once: () => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted();
      try {
        return await once();
      } catch (cause) {
        signal.throwIfAborted();
        const delay = RETRY_DELAYS_MS[tries];
        if (delay === undefined || cause instanceof HabError)
          throw cause instanceof HabError
            ? cause
            : new HabError(depotErrors.upstreamFailed, `${what}: ${describeError(cause)}`, { cause });
        await Bun.sleep(delay * (0.5 + Math.random()));
      }
    }
  }

  async function answer(path: string, accept: readonly number[]): Promise<{ status: number; text: string }> {
    return await trying(`${base}${path}`, async () => {
      const response = await send(path, {});
      if (!accept.includes(response.status)) await refuse(response, path);
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of response.body ?? []) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) throw wrongAnswer(path, "it is too long");
        chunks.push(chunk);
      }
      return { status: response.status, text: Buffer.concat(chunks).toString("utf8") };
    });
  }

  async function refuse(response: Response, path: string): Promise<never> {
    await response.body?.cancel();
    const message = `${base}${path} answers ${response.status}`;
    // These pass; anything else stays as it is.
    if (response.status >= 500 || response.status === 429 || response.status === 408)
      throw new Error(message);
    throw new HabError(depotErrors.upstreamFailed, message);
  }

  function wrongAnswer(path: string, why: string): HabError {
    return new HabError(depotErrors.upstreamFailed, `the answer to ${base}${path} cannot be used: ${why}`);
  }

  function parsed<Shape>(schema: z.ZodType<Shape>, path: string, text: string): Shape {
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw wrongAnswer(path, describeError(error).slice(0, 200));
    }
  }

  return {
    async channelIdents(origin, channel, newestFor) {
      const list = `/depot/channels/${origin}/${channel}/pkgs`;
      if (newestFor !== undefined) {
        const path = `${list}/_latest?target=${newestFor}`;
        const { text } = await answer(path, [200]);
        return parsed(z.object({ data: z.array(ident) }), path, text).data.map(formatted);
      }
      const found = new Set<string>();
      for (let range = 0, page = 0; page < MAX_PAGES; page++) {
        const path = `${list}?range=${range}`;
        const { status, text } = await answer(path, [200, 206]);
        const { data, total_count } = parsed(idents, path, text);
        for (const each of data) found.add(formatted(each));
        range += data.length;
        if (status === 200 || data.length === 0 || range >= total_count) break;
      }
      return [...found];
    },

    async package(release, target) {
      const path = `/depot/pkgs/${release}?target=${target}`;
      const { status, text } = await answer(path, [200, 404]);
      if (status === 404) return undefined;
      const { tdeps, ...rest } = parsed(offered, path, text);
      // Compat: the original gives any target's row here.
      if (rest.target !== target) return undefined;
      return { ...rest, ident: formatted(rest.ident), tdeps: tdeps.map(formatted) };
    },

    async publicKeys(origin, wanted) {
      const path = `/depot/origins/${origin}/keys`;
      const { text } = await answer(path, [200]);
      const texts: string[] = [];
      for (const { origin: name, revision } of parsed(keyList, path, text))
        if (name === origin && wanted(`${name}-${revision}`))
          texts.push((await answer(`${path}/${revision}`, [200])).text);
      return texts;
    },

    async download({ ident: release, target }, path) {
      const from = `/depot/pkgs/${release}/download?target=${target}`;
      await trying(`${base}${from}`, async () => {
        const have = await sizeOf(path);
        const response = await send(from, have > 0 ? { Range: `bytes=${have}-` } : {});
        // Not even one byte is missing, or what is there is of something else: the checksum will tell.
        if (response.status === 416) {
          await response.body?.cancel();
          return;
        }
        if (response.status !== 200 && response.status !== 206) await refuse(response, from);
        // Compat: the original knows no ranges, and sends all of it.
        const append = response.status === 206 && isRangeFrom(response, have);
        const file = await open(
          path,
          append ? "a" : constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
          0o600,
        );
        try {
          let size = append ? have : 0;
          for await (const chunk of withoutStalls(response, signal)) {
            size += chunk.length;
            if (size > MAX_UPLOAD_BYTES) throw wrongAnswer(from, "the package is too large");
            await file.write(chunk);
          }
        } finally {
          await file.close();
        }
      });
    },
  };
}

function formatted({ origin, name, version, release }: z.infer<typeof ident>): string {
  return `${origin}/${name}/${version}/${release}`;
}

function isRangeFrom(response: Response, start: number): boolean {
  return response.headers.get("content-range")?.startsWith(`bytes ${start}-`) === true;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Forgets a download that turned out wrong. */
export async function forgetDownload(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

async function* withoutStalls(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      let stalled = false;
      timer = setTimeout(() => {
        stalled = true;
        stop();
      }, STALL_MS);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      signal.throwIfAborted();
      if (stalled) throw new Error("the download stands still");
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await reader.cancel().catch(() => undefined);
  }
}
