// Requests of the bash program and our replies, over one socket pair. A request is its number of fields, then the
// fields; a reply is a status and its number of fields, then the fields. Each ends with a NUL, which no bash value can hold.
// bash reads a socket byte by byte, each by a system call: the fields of a long reply are in a file that both have open instead.

import { ftruncateSync, writeSync } from "node:fs";
import { systemErrorCode } from "../error/index.ts";

/** A reply: the status bash sees, and fields. */
export interface Reply {
  readonly status: number;
  /** Bytes where text could not hold them: names of files. */
  readonly fields: readonly (string | Uint8Array)[];
}

/** The longest request names every directory of a dependency closure. More than this comes from something else. */
const LARGEST_REQUEST_BYTES = 64 * 1024 * 1024;
const COUNT = /^\d{1,6}$/;

/** What arrived is no request: a plan has written to the connection. */
export class MalformedRequest extends Error {}

/** Splits the byte stream into requests. */
export class RequestDecoder {
  #pending = Buffer.alloc(0);

  /** Takes what arrived and returns the requests that are complete with it. Throws MalformedRequest. */
  push(data: Uint8Array): string[][] {
    this.#pending = this.#pending.length === 0 ? Buffer.from(data) : Buffer.concat([this.#pending, data]);
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
    if (count === undefined ? this.#pending.length > 6 : !COUNT.test(count)) throw new MalformedRequest();
    if (this.#pending.length > LARGEST_REQUEST_BYTES) throw new MalformedRequest();
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

/** Fields of no more bytes than this come by the socket. */
const SHORT_BYTES = 256;

const END = Buffer.of(0);

function encodeFields(fields: Reply["fields"]): Buffer {
  return Buffer.concat(fields.flatMap((field) => [Buffer.from(field as string), END]));
}

/** The bytes of a reply, all of it. */
export function encodeReply({ status, fields }: Reply): Buffer {
  return Buffer.concat([encodeFields([`${status} ${fields.length}`]), encodeFields(fields)]);
}

/**
 * The bytes of a reply; the fields of a long one are put into the file `replies`, in the place of what is there. Where that cannot
 * be written (a full disk) they go by the socket, too.
 */
export function encodeLongReply(reply: Reply, replies: number): Buffer {
  const fields = encodeFields(reply.fields);
  if (fields.length <= SHORT_BYTES) return encodeReply(reply);
  try {
    ftruncateSync(replies);
    for (let at = 0; at < fields.length; ) at += writeSync(replies, fields, at, fields.length - at, at);
  } catch {
    return encodeReply(reply);
  }
  return encodeFields([`${reply.status} ${reply.fields.length} file`]);
}

/**
 * Tells the program at the other end of `fd`, which waits for it, to begin, and with what. Answers what there was no room for,
 * to be handed to `serveRequests`. That the program has gone shows in its status.
 */
export function tellToBegin(fd: number, settings: readonly string[]): Buffer {
  let unsent = Buffer.concat([Buffer.of(0), encodeReply({ status: 0, fields: settings })]);
  try {
    while (unsent.length > 0) unsent = unsent.subarray(writeSync(fd, unsent));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "EAGAIN" && code !== "EPIPE") throw error;
  }
  return unsent;
}

/** What a process needs to serve requests on its end of the socket pair. */
export interface Channel {
  /** Resolves when what has been asked so far is done. */
  idle(): Promise<void>;
  /** Ends it from this side. */
  close(): void;
}

interface Sending {
  write(data: Uint8Array): number;
  terminate(): void;
}

/** The ends of a connection that are ours. */
export interface ChannelEnds {
  readonly socket: number;
  /** The file of long replies. Only one that is waited for may have any: the next takes its place. */
  readonly replies: number;
}

/**
 * Serves requests, one at a time, in order. `handle` never rejects. `onMalformed` is told when nothing more can be served.
 * `first` goes out first.
 */
export async function serveRequests(
  { socket: fd, replies }: ChannelEnds,
  handle: (request: readonly string[]) => Promise<Reply>,
  onMalformed: () => void,
  first: Buffer,
): Promise<Channel> {
  let unsent = first;
  const decoder = new RequestDecoder();
  let queue = Promise.resolve();
  const flush = (socket: Sending) => {
    if (unsent.length === 0) return;
    const written = socket.write(unsent);
    if (written > 0) unsent = unsent.subarray(written);
  };
  const send = (socket: Sending, bytes: Buffer) => {
    unsent = unsent.length === 0 ? bytes : Buffer.concat([unsent, bytes]);
    flush(socket);
  };
  const serve = async (socket: Sending, request: readonly string[]) => {
    send(socket, encodeLongReply(await handle(request), replies));
  };
  const socket = (await Bun.connect({
    fd,
    socket: {
      data(socket: Sending, data: Uint8Array) {
        try {
          for (const request of decoder.push(data)) queue = queue.then(() => serve(socket, request));
        } catch (error) {
          if (!(error instanceof MalformedRequest)) throw error;
          onMalformed();
          socket.terminate();
        }
      },
      drain: flush,
      close() {},
      error() {},
    },
  } as unknown as Parameters<typeof Bun.connect>[0])) as unknown as Sending;
  flush(socket);
  return {
    idle: () => queue,
    close: () => socket.terminate(),
  };
}
