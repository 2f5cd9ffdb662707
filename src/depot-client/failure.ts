// From an answer or a broken connection to an error that says what to do (reference/cli.md §11.3).
import { describeError, type ErrorKind, HabError, type HabErrorOptions } from "../error/index.ts";
import { boundedText, LARGEST_ANSWER_BYTES } from "./body.ts";
import { clientErrors } from "./errors.ts";

/** A failure of a call to a depot; `status` is the HTTP status when there was an answer. */
export class DepotFailure extends HabError {
  readonly status: number | undefined;
  /** Nothing listens at the address, or there is no such host: asking again at once is no use. */
  readonly isDown: boolean;
  /** Seconds the depot asked to wait (Retry-After), if it did. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: HabErrorOptions & {
      readonly status?: number;
      readonly retryAfterSeconds?: number;
      readonly isDown?: boolean;
    } = {},
  ) {
    super(kind, message, options);
    this.status = options.status;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isDown = options.isDown ?? false;
  }
}

/** Longest text of an answer that is shown. */
const MAX_SHOWN_CHARACTERS = 2000;

/** Statuses with a meaning of their own; the rest goes by their hundreds. */
const KINDS: Readonly<Record<number, ErrorKind>> = {
  401: clientErrors.unauthorized,
  403: clientErrors.forbidden,
  404: clientErrors.notFound,
  408: clientErrors.timedOut,
  409: clientErrors.conflict,
  424: clientErrors.circularDependency,
  501: clientErrors.unsupportedTarget,
};

/** The failure an answer stands for. `what` says what was tried, in the words of a user. Reads the body. */
export async function failureOf(what: string, response: Response): Promise<DepotFailure> {
  const { status, statusText } = response;
  const kind = KINDS[status] ?? (status >= 500 ? clientErrors.serverFailed : clientErrors.refused);
  // Compat: the body of a 401 is not shown, a fixed advice takes its place.
  const body = status === 401 ? await drained(response) : await bodyText(response);
  const label = statusText === "" ? `[${status}]` : `[${status} ${statusText}]`;
  const retryAfter = Number(response.headers.get("retry-after") ?? "");
  return new DepotFailure(kind, `${what}: ${label}${body === "" ? "" : ` ${body}`}`, {
    status,
    ...(retryAfter > 0 && { retryAfterSeconds: retryAfter }),
  });
}

async function drained(response: Response): Promise<string> {
  await response.body?.cancel();
  return "";
}

/** The body as one line: `{code,msg}` as the original shows it, anything else as it is. */
async function bodyText(response: Response): Promise<string> {
  let text: string;
  try {
    text = ((await boundedText(response, LARGEST_ANSWER_BYTES)) ?? "").trim().slice(0, MAX_SHOWN_CHARACTERS);
  } catch {
    // The status is known; a body that breaks off adds nothing.
    return "";
  }
  try {
    const { code, msg } = JSON.parse(text) as { code?: unknown; msg?: unknown };
    if (typeof code === "number" && typeof msg === "string") return `[err: ${code}, msg: ${msg}]`;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  return text;
}

const TLS_CODES = /^(?:EPROTO|ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|ERR_SSL)/;

const DOWN_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ConnectionRefused: "nothing listens there",
  ENOTFOUND: "no such host",
};

/** The failure a thrown error of `fetch` stands for. */
export function connectionFailure(what: string, host: string, cause: unknown): DepotFailure {
  if (cause instanceof DepotFailure) return cause;
  const name = cause instanceof Error ? cause.name : "";
  const code = String((cause as { code?: unknown } | null)?.code ?? "");
  if (name === "TimeoutError")
    return new DepotFailure(clientErrors.timedOut, `${what}: ${host} did not answer in time`, { cause });
  if (TLS_CODES.test(code))
    return new DepotFailure(clientErrors.tlsFailed, `${what}: no secure connection to ${host}`, { cause });
  const down = DOWN_REASONS[code];
  const reason = down ?? describeError(cause);
  return new DepotFailure(clientErrors.unreachable, `${what}: cannot reach ${host}: ${reason}`, {
    cause,
    isDown: down !== undefined,
  });
}
