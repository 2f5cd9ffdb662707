// Whole connections between two original members: the receiver reads what the sender wrote however it is cut, and both
// greetings and READYs are the recorded ones but for our property.
import { describe, expect, test } from "bun:test";
import { ZmtpDialer, ZmtpReader, zmtpFrame } from "../../../src/ring/index.ts";
import streams from "./zmtp-streams.json";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
/** Ours, in a READY, and its length there and not there. */
const OWN = "0a582d4861622d52696e670000000131";
const withoutOwn = (handshake: string) =>
  handshake.replace("042a0552454144", "041a0552454144").replace(OWN, "");

/** What a reader makes of a stream cut before each of these places. */
function read(stream: Uint8Array, cuts: readonly number[]): { messages: string[]; sent: string } {
  const reader = new ZmtpReader();
  const messages: string[] = [];
  let sent = hex(reader.greeting);
  for (const [index, start] of [0, ...cuts].entries()) {
    const output = reader.push(stream.subarray(start, cuts[index] ?? stream.length));
    expect(output.refused).toBeUndefined();
    messages.push(...output.messages.map(hex));
    sent += hex(output.reply);
  }
  return { messages, sent };
}

describe("connections between original members", () => {
  for (const c of streams) {
    const stream = bytes(c.push_bytes);
    const expected = c.messages.map(({ message }) => message);

    test(`${c.name}: cut anywhere`, () => {
      for (let cut = 0; cut <= stream.length; cut++) {
        const { messages, sent } = read(stream, [cut]);
        expect(messages).toEqual(expected);
        expect(withoutOwn(sent)).toBe(c.pull_bytes);
      }
    });

    test(`${c.name}: byte by byte`, () => {
      const everywhere = Array.from({ length: stream.length - 1 }, (_, index) => index + 1);
      expect(read(stream, everywhere).messages).toEqual(expected);
    });

    test(`${c.name}: the sender's side`, () => {
      const dialer = new ZmtpDialer();
      expect(dialer.ready).toBe(false);
      const { reply, refused, messages } = dialer.push(bytes(c.pull_bytes));
      expect({ reply, refused, messages }).toEqual({
        reply: new Uint8Array(),
        refused: undefined,
        messages: [],
      });
      expect(dialer.ready).toBe(true);
      expect(dialer.peer?.own).toBe(false);
      const frames = expected.map((message) => hex(zmtpFrame(bytes(message))));
      expect(withoutOwn(hex(dialer.greeting)) + frames.join("")).toBe(c.push_bytes);
    });
  }
});
