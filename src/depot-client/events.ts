// A depot's events as they happen: server-sent events (WHATWG HTML §9.2) read from one connection, with bounds on what one
// event may hold. Who calls it connects again; what was heard last says where to go on.
import type { DepotConnection } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";

/** One event; `reset` says that what was missed is not known any more. */
export interface DepotEvent {
  readonly kind: string;
  /** The parsed JSON of its data. */
  readonly data: unknown;
}

export interface ListenOptions {
  readonly origins?: readonly string[];
  readonly channels?: readonly string[];
  readonly kinds?: readonly string[];
  /** Where to go on, as `onPlace` gave it. */
  readonly after?: string | undefined;
  /** Called when connected, and whenever what was heard so far has a new name. */
  readonly onPlace: (place: string) => void;
  readonly onEvent: (event: DepotEvent) => void;
  readonly signal: AbortSignal;
}

/** The depot sends a sign of life more often than that; a connection without one is dead. */
const SILENCE_MS = 75_000;

/** Characters of one event. */
const MAX_EVENT_LENGTH = 1024 * 1024;

/**
 * Listens until the depot ends the connection (then it resolves), it breaks (DepotFailure), or the signal aborts. Throws
 * DepotFailure with status 404 where the depot has no events.
 */
export async function listenToDepot(connection: DepotConnection, options: ListenOptions): Promise<void> {
  const { origins, channels, kinds, after, signal } = options;
  const what = `cannot listen to the depot ${connection.url}`;
  const silence = new AbortController();
  const life = AbortSignal.any([signal, silence.signal]);
  const broken = (why: string, cause?: unknown): DepotFailure =>
    new DepotFailure(clientErrors.incomplete, `${what}: ${why}`, { cause });
  const response = await connection.send({
    what,
    path: ["depot", "stream"],
    query: {
      ...(origins !== undefined && { origin: origins.join(",") }),
      ...(channels !== undefined && { channel: channels.join(",") }),
      ...(kinds !== undefined && { event: kinds.join(",") }),
    },
    headers: { Accept: "text/event-stream", ...(after !== undefined && { "Last-Event-ID": after }) },
    accept: [200],
    signal: life,
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
    await response.body?.cancel();
    throw new DepotFailure(clientErrors.badAnswer, `${what}: the answer is no stream of events`, {
      status: 404,
    });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listening = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  const reader = eventReader(options);
  listening();
  try {
    for await (const chunk of response.body ?? []) {
      listening();
      if (!reader(chunk)) throw broken("an event is too long");
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof DepotFailure) throw cause;
    throw broken(silence.signal.aborted ? "it has fallen silent" : "the connection broke", cause);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Takes pieces of a stream and tells what they hold; gives false when an event is too long. */
export function eventReader({
  onPlace,
  onEvent,
}: Pick<ListenOptions, "onPlace" | "onEvent">): (chunk: Uint8Array) => boolean {
  const decoder = new TextDecoder();
  let rest = "";
  let place: string | undefined;
  let kind = "message";
  let data: string | undefined;
  let length = 0;

  const dispatch = (): void => {
    const [event, content] = [kind, data];
    kind = "message";
    data = undefined;
    length = 0;
    if (content !== undefined) {
      let value: unknown;
      try {
        value = JSON.parse(content);
      } catch {
        // What we cannot read is not for us; its place counts all the same.
        value = undefined;
      }
      if (value !== undefined) onEvent({ kind: event, data: value });
    }
    if (place !== undefined) onPlace(place);
  };

  const line = (text: string): void => {
    if (text === "") {
      dispatch();
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? "" : text.slice(colon + 1).replace(/^ /, "");
    length += value.length;
    if (name === "id") place = value;
    else if (name === "event") kind = value;
    else if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
  };

  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const each of lines) line(each);
    return length + rest.length <= MAX_EVENT_LENGTH;
  };
}
