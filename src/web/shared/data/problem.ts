// What can go wrong between a page and its server, in words of the reader: what happened, and what to do next.

export type ProblemKind =
  | "offline"
  | "timeout"
  | "signed-out"
  | "forbidden"
  | "missing"
  | "conflict"
  | "refused"
  | "too-many"
  | "failed"
  | "unreadable";

export interface Problem {
  readonly kind: ProblemKind;
  readonly title: string;
  readonly advice: string;
  /** What the server said, where it said something. */
  readonly detail?: string;
  /** Whether the same request may succeed later. */
  readonly mayPass: boolean;
  /** HTTP status, 0 without an answer. */
  readonly status: number;
  /** Milliseconds the server asks to wait. */
  readonly retryAfterMs?: number;
}

/** Thrown by requests; carries the problem. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

type Words = Pick<Problem, "title" | "advice" | "mayPass">;

const WORDS: Readonly<Record<ProblemKind, Words>> = {
  offline: {
    title: "The server cannot be reached",
    advice: "Check the connection. This page tries again by itself when it is back.",
    mayPass: true,
  },
  timeout: {
    title: "The server took too long to answer",
    advice: "It may have too much to do. Try again in a moment.",
    mayPass: true,
  },
  "signed-out": {
    title: "You are not signed in, or your sign-in has ended",
    advice: "Sign in, and you will come back to this page.",
    mayPass: false,
  },
  forbidden: {
    title: "You may not do this",
    advice: "Ask an owner or administrator of the origin for a role that may.",
    mayPass: false,
  },
  missing: {
    title: "There is nothing here",
    advice: "It may have been removed or renamed, or only members may see it.",
    mayPass: false,
  },
  conflict: {
    title: "Something is in the way",
    advice: "Somebody may have changed the same a moment ago. Look at the current state, then decide again.",
    mayPass: false,
  },
  refused: { title: "The server does not accept this", advice: "Correct it and try again.", mayPass: false },
  "too-many": {
    title: "Too many requests from this address",
    advice: "Wait a moment, then try again.",
    mayPass: true,
  },
  failed: {
    title: "The server has failed",
    advice: "Try again; if it keeps failing, its log says why.",
    mayPass: true,
  },
  unreadable: {
    title: "The answer makes no sense",
    advice:
      "Something between you and the server may have answered instead of it, such as a proxy's sign-in page.",
    mayPass: true,
  },
};

/** The problem of a kind, with what is known more precisely. */
export function problemOf(kind: ProblemKind, more: Partial<Omit<Problem, "kind">> = {}): Problem {
  return { kind, status: 0, ...WORDS[kind], ...more };
}

/** The kind of an HTTP status that is no success. */
export function kindOfStatus(status: number): ProblemKind {
  switch (status) {
    case 401:
      return "signed-out";
    case 403:
      return "forbidden";
    case 404:
    case 410:
      return "missing";
    case 409:
    case 424:
      return "conflict";
    case 429:
      return "too-many";
    case 408:
    case 504:
      return "timeout";
    default:
      return status >= 500 ? "failed" : "refused";
  }
}

/** Longest text of a server that is shown. */
const MAX_DETAIL_LENGTH = 500;

/** The problem an answer tells of; its text becomes the detail where it is plain text or the API's `msg`. */
export async function problemOfResponse(response: Response): Promise<Problem> {
  const detail = await detailOf(response);
  const seconds = Number(response.headers.get("retry-after") ?? "");
  return problemOf(kindOfStatus(response.status), {
    status: response.status,
    ...(detail === "" ? {} : { detail }),
    ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, 60) * 1000 } : {}),
  });
}

async function detailOf(response: Response): Promise<string> {
  const type = response.headers.get("content-type") ?? "text/plain";
  if (!/^(text\/plain|application\/json)/.test(type)) return "";
  const text = (await response.text().catch(() => "")).trim();
  if (!type.startsWith("application/json")) return text.slice(0, MAX_DETAIL_LENGTH);
  try {
    const { msg, message } = JSON.parse(text) as { msg?: unknown; message?: unknown };
    return (
      [msg, message]
        .find((each) => typeof each === "string")
        ?.toString()
        .slice(0, MAX_DETAIL_LENGTH) ?? ""
    );
  } catch {
    return "";
  }
}
