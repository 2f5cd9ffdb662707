// A thread for work that would hold up the program: one job after another. Entry point of its own: script/build.ts finds it by its name.
import { readSync } from "node:fs";
import { syncFileSystem } from "../../host/index.ts";
import { XzDecoder, XzEncoder } from "../xz/liblzma.ts";
import {
  type DecodeJob,
  type EncodeJob,
  type FromWorker,
  type Job,
  PIECE_SIZE_BYTES,
  READ_SIZE_BYTES,
  type ToWorker,
} from "./job.ts";

declare const self: Worker;

let credits = 0;
let wake: (() => void) | undefined;
/** Memory of pieces that were used, for the next ones. */
const returned: ArrayBuffer[] = [];
/** Kept from job to job: its memory is in place already. */
let decoder: XzDecoder | undefined;
/** The same; for `xz -6` it is some 94 MiB. */
let encoder: { readonly level: number; readonly xz: XzEncoder } | undefined;

function send(message: FromWorker): void {
  self.postMessage(message, message.kind === "data" ? [message.bytes.buffer] : []);
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "credit") {
    credits++;
    returned.push(data.buffer);
    wake?.();
  } else run(data).catch((error: unknown) => send({ kind: "failed", message: (error as Error).message }));
};

async function run(job: Job): Promise<void> {
  if (job.kind === "decode") await decode(job);
  else if (job.kind === "encode") encode(job);
  else syncFileSystem(job.directory);
  send({ kind: "end" });
}

async function decode({ part, before, after, piecesAhead, liblzma }: DecodeJob): Promise<void> {
  credits = piecesAhead;
  decoder?.restart();
  decoder ??= new XzDecoder(PIECE_SIZE_BYTES, liblzma);
  const pass = async (pieces: Iterable<Uint8Array>): Promise<void> => {
    for (const piece of pieces) {
      while (credits === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      credits--;
      const bytes = new Uint8Array(returned.pop() ?? new ArrayBuffer(PIECE_SIZE_BYTES), 0, piece.length);
      bytes.set(piece);
      send({ kind: "data", bytes });
    }
  };
  await pass(decoder.decode(before));
  const buffer = new Uint8Array(READ_SIZE_BYTES);
  for (let at = 0; at < part.length && !decoder.ended; ) {
    const wanted = Math.min(buffer.length, part.length - at);
    const read = readSync(part.fd, buffer, 0, wanted, part.offset + at);
    if (read === 0) break;
    at += read;
    await pass(decoder.decode(buffer.subarray(0, read)));
  }
  if (!decoder.ended) await pass(decoder.decode(after));
  await pass(decoder.finish());
}

function encode({ level, data, liblzma }: EncodeJob): void {
  if (encoder?.level === level) encoder.xz.restart();
  else encoder = { level, xz: new XzEncoder(level, PIECE_SIZE_BYTES, liblzma) };
  for (const piece of encoder.xz.encode(data)) send({ kind: "data", bytes: piece.slice() });
  for (const piece of encoder.xz.finish()) send({ kind: "data", bytes: piece.slice() });
}

send({ kind: "ready" });
