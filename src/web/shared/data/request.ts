// Requests to the server of the page. Every one can be aborted, ends in time, and fails with a Problem.
import { ProblemError, problemOf, problemOfResponse } from "./problem.ts";

/** An answer that has not begun by then will not be waited for. */
const ANSWER_MS = 20_000;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Becomes the body. */
  readonly json?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends a request; gives the answer if it is a success. Throws ProblemError, or the signal's reason when aborted. Writes
 * say that a page of this server sends them: without that the session's cookie is not enough.
 */
export async function send(url: string, options: RequestOptions = {}): Promise<Response> {
  const { method = "GET", json, signal, headers } = options;
  const deadline = AbortSignal.timeout(ANSWER_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      // What a page shows is as it is now; and what only somebody may see is left in no cache.
      cache: "no-store",
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-Hab-Request": "1" }),
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ProblemError(problemOf(deadline.aborted ? "timeout" : "offline"));
  }
  if (!response.ok) throw new ProblemError(await problemOfResponse(response));
  return response;
}

/** The JSON a GET answers with. Throws as `send`. */
export async function fetchJson<Result>(url: string, signal?: AbortSignal): Promise<Result> {
  const response = await send(url, { signal });
  try {
    return (await response.json()) as Result;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ProblemError(
      problemOf(navigator.onLine ? "unreadable" : "offline", { status: response.status }),
    );
  }
}

/** Whether what was caught is only that nobody wants the answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The problem in what was caught; a mistake of ours is one too, so that no page stays empty. */
export function problemIn(error: unknown): ReturnType<typeof problemOf> {
  if (error instanceof ProblemError) return error.problem;
  return problemOf("failed", {
    title: "This page has failed",
    detail: error instanceof Error ? error.message : String(error),
  });
}
