// Requests to the providers of sign-in: to the addresses the operator gave or their discovery names, with bounds on time and
// size, and no redirections, which a client of OAuth has no use for.
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";

/** A person waits at a browser. */
const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 512 * 1024;

export interface ProviderRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | undefined;
}

/** The whole answer. Throws HabError `providerFailed` when there is none in time, or one that is too large. */
export async function askProvider(url: string, request: ProviderRequest): Promise<Response> {
  const { method, headers, body } = request;
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, {
      method,
      headers: { "User-Agent": "hab-depot", ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body !== undefined && { body }),
    });
    const bytes = await boundedBytes(answer);
    return new Response(answer.status === 204 || answer.status === 304 ? null : bytes, {
      status: answer.status,
      headers: answer.headers,
    });
  } catch (cause) {
    throw new HabError(depotErrors.providerFailed, `${host} does not answer`, { cause });
  }
}

async function boundedBytes(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
