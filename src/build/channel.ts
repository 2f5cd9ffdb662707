// Requests of the bash program and our replies, over one socket pair. A request is its number of fields, then the
// fields; a reply is a status, its number of fields, then the fields. Each ends with a NUL, which no bash value can hold.

/** A reply: the status bash sees, and fields. */
export interface Reply {
  readonly status: number;
  readonly fields: readonly string[];
}

/** Splits the byte stream into requests. */
export class RequestDecoder {
  #pending = Buffer.alloc(0);

  /** Takes what arrived and returns the requests that are complete with it. */
  push(data: Uint8Array): string[][] {
    this.#pending = Buffer.concat([this.#pending, data]);
    const requests: string[][] = [];
    for (;;) {
      const request = this.#next();
      if (request === undefined) return requests;
      requests.push(request);
    }
  }

  #next(): string[] | undefined {
    let start = 0;
    const field = (): string | undefined => {
      const end = this.#pending.indexOf(0, start);
      if (end < 0) return undefined;
      const text = this.#pending.toString("utf8", start, end);
      start = end + 1;
      return text;
    };
    const count = field();
    if (count === undefined) return undefined;
    const fields: string[] = [];
    for (let index = 0; index < Number(count); index++) {
      const text = field();
      if (text === undefined) return undefined;
      fields.push(text);
    }
    this.#pending = this.#pending.subarray(start);
    return fields;
  }
}

/** The bytes of a reply. */
export function encodeReply({ status, fields }: Reply): Buffer {
  return Buffer.from([String(status), String(fields.length), ...fields].map((text) => `${text}\0`).join(""));
}

/** What a process needs to serve requests on its end of the socket pair. */
export interface Channel {
  /** Resolves when the other end is gone. */
  readonly closed: Promise<void>;
}

interface Sending {
  write(data: Uint8Array): number;
}

/** Serves requests from `fd`, one at a time, in order. `handle` never rejects. */
export async function serveRequests(
  fd: number,
  handle: (request: readonly string[]) => Promise<Reply>,
): Promise<Channel> {
  const decoder = new RequestDecoder();
  let queue = Promise.resolve();
  const end = Promise.withResolvers<void>();
  let unsent = Buffer.alloc(0);
  const flush = (socket: Sending) => {
    if (unsent.length === 0) return;
    const written = socket.write(unsent);
    if (written > 0) unsent = unsent.subarray(written);
  };
  await Bun.connect({
    fd,
    socket: {
      data(socket: Sending, data: Uint8Array) {
        for (const request of decoder.push(data)) {
          queue = queue.then(async () => {
            unsent = Buffer.concat([unsent, encodeReply(await handle(request))]);
            flush(socket);
          });
        }
      },
      drain: flush,
      close: () => end.resolve(),
      error: () => end.resolve(),
    },
  } as unknown as Parameters<typeof Bun.connect>[0]);
  return { closed: end.promise };
}
