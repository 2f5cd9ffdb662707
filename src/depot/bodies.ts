// Small request bodies (key files, JSON), read with a bound on size and time.
import type { z } from "zod";
import { Refusal } from "./answers.ts";
import { MAX_JSON_BODY_BYTES, MAX_TEXT_BODY_BYTES, SMALL_BODY_MS } from "./limits.ts";

/** Chunks of a body until its end; stops with the signal's reason when that aborts, even while nothing arrives. */
export async function* bodyChunks(request: Request, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  const stop = (): void => {
    reader.cancel(signal.reason).catch(() => undefined);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A small body as bytes. Refuses with 413 when it is larger, 408 when it takes too long. */
async function smallBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw new Refusal(413);
  const deadline = AbortSignal.timeout(SMALL_BODY_MS);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of bodyChunks(request, deadline)) {
      size += chunk.length;
      if (size > maxBytes) throw new Refusal(413);
      chunks.push(chunk);
    }
  } catch (error) {
    if (deadline.aborted) throw new Refusal(408);
    throw error;
  }
  return Buffer.concat(chunks);
}

/** A text body; undefined when it is not UTF-8. */
export async function textBody(request: Request): Promise<string | undefined> {
  const bytes = await smallBody(request, MAX_TEXT_BODY_BYTES);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A JSON body by its schema. Refuses with 400 and a text when it is missing, no JSON or of another shape. */
export async function jsonBody<Value>(request: Request, schema: z.ZodType<Value>): Promise<Value> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new Refusal(400, "Content type error");
  const bytes = await smallBody(request, MAX_JSON_BODY_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, "Json deserialize error");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal(400, `Json deserialize error: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}
