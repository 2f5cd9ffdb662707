// Frames of the control gateway in the words of the vectors.
import { type CtlMessage, decodeCtlMessage, type Frame, FrameDecoder } from "../../../src/ctl/index.ts";

/** The only frame in these bytes. */
export function decodeOne(bytes: Uint8Array): Frame {
  const [frame, ...others] = decodeAll(bytes);
  if (frame === undefined || others.length > 0) throw new Error("not exactly one frame");
  return frame;
}

/** All frames in these bytes. */
export function decodeAll(bytes: Uint8Array): Frame[] {
  const decoder = new FrameDecoder();
  decoder.push(bytes);
  const frames: Frame[] = [];
  for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) frames.push(frame);
  if (decoder.pendingBytes > 0) throw new Error("not only whole frames");
  return frames;
}

/** Message and fields of a frame as the vectors show them. */
export async function shown(frame: Frame): Promise<{ readonly message: string; readonly fields: unknown }> {
  const message = (await decodeCtlMessage(frame.message, frame.body)) as CtlMessage;
  return { message: frame.message, fields: vectorFields(message.fields) };
}

/** What stands in the bytes of the vectors for the id of the recorded Supervisor. */
const ANONYMOUS_MEMBER = "\0".repeat(32);

/** Our fields in the words of the vectors: snake_case, bytes as `{hex}`, 64-bit numbers as numbers, no empty lists. */
export function vectorFields(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value === ANONYMOUS_MEMBER) return "$MEMBER_ID";
  if (value instanceof Uint8Array) return { hex: value.toHex() };
  if (Array.isArray(value)) return value.map(vectorFields);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => !(Array.isArray(field) && field.length === 0))
      .map(([name, field]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        vectorFields(field),
      ]),
  );
}
