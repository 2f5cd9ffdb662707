// What libzmq 4.3.4 was seen to tolerate and to refuse (reference/butterfly.md §7.2), case by case; where we differ it says so.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { COMMAND_LIMIT_BYTES, MESSAGE_LIMIT_BYTES, PASSED_OVER_LIMIT_BYTES } from "../limits.ts";
import { ZmtpDialer, ZmtpReader, zmtpFrame } from "./zmtp.ts";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const SIGNATURE = "\xff\0\0\0\0\0\0\0\x01\x7f";
/** A greeting with another byte at one place. */
function greeting(changes: Record<number, string> = {}): string {
  let text = `${SIGNATURE}\x03\x01NULL${"\0".repeat(48)}`;
  for (const [at, value] of Object.entries(changes))
    text = text.slice(0, Number(at)) + value + text.slice(Number(at) + value.length);
  return text;
}
const short = (body: string, flags = 0) => String.fromCharCode(flags, body.length) + body;
const long = (body: string, flags = 0, length = body.length) => {
  const header = Buffer.alloc(9);
  header[0] = flags | 2;
  header.writeBigUInt64BE(BigInt(length), 1);
  return latin1(header) + body;
};
const property = (name: string, value: string) =>
  `${String.fromCharCode(name.length)}${name}\0\0${String.fromCharCode(value.length >> 8, value.length & 255)}${value}`;
const ready = (...properties: string[]) => `\x05READY${properties.join("")}`;
const PUSH = property("Socket-Type", "PUSH");
const READY = short(ready(PUSH), 4);
const HELLO = greeting() + READY;
const ABC = short("abc");
/** What a reader sends to a peer of version 3. */
const GREETED = `${greeting()}${short(ready(property("Socket-Type", "PULL"), property("X-Hab-Ring", "1")), 4)}`;

function feed(end: ZmtpReader | ZmtpDialer, ...pieces: string[]) {
  const messages: string[] = [];
  let sent = latin1(end.greeting);
  let refused: string | undefined;
  for (const piece of pieces) {
    const output = end.push(Buffer.from(piece, "latin1"));
    messages.push(...output.messages.map(latin1));
    sent += latin1(output.reply);
    refused = output.refused;
  }
  return { messages, sent, refused };
}

describe("a receiver tolerates", () => {
  const version1 = "\x01\0";
  const version2 = `${SIGNATURE}\x01\x08`;
  const cases: [what: string, input: string, messages?: string[], reply?: string][] = [
    ["all in one write", HELLO + ABC],
    ["minor version 0", greeting({ 11: "\0" }) + READY + ABC],
    ["minor version 9", greeting({ 11: "\x09" }) + READY + ABC],
    ["major version 4", greeting({ 10: "\x04" }) + READY + ABC],
    ["as-server and what follows", greeting({ 32: "\x01", 40: "xyz" }) + READY + ABC],
    ["other bytes inside the signature", greeting({ 1: "12345678" }) + READY + ABC],
    ["READY that is no command", greeting() + short(ready(PUSH)) + ABC],
    ["READY in a long frame", greeting() + long(ready(PUSH), 4) + ABC],
    ["a property's name in lower case", greeting() + short(ready(property("socket-type", "PUSH")), 4) + ABC],
    ["READY without properties", greeting() + short(ready(), 4) + ABC],
    [
      "other properties, long ones too",
      greeting() + long(ready(PUSH, property("", "x"), property("Identity", "y".repeat(8000))), 4) + ABC,
    ],
    ["READY twice", HELLO + READY + ABC],
    ["a long frame for a short body", HELLO + long("abc")],
    ["reserved flags", HELLO + short("abc", 0xf8)],
    ["empty messages", HELLO + short("") + ABC, ["", "abc"]],
    ["several parts, each a message", HELLO + short("a", 1) + short("b") + ABC, ["a", "b", "abc"]],
    ["commands that are not known", HELLO + short("\x03XYZ", 4) + short("\x05ERROR\x03bad", 4) + ABC],
    ["commands without a name", HELLO + short("", 4) + short("\x09ab", 4) + ABC],
    ["PING, and answers it", HELLO + short("\x04PING\0\0AB", 4) + ABC, ["abc"], short("\x04PONGAB", 4)],
    [
      "PING between parts",
      HELLO + short("a", 1) + short("\x04PING\0\0", 4) + ABC,
      ["a", "abc"],
      short("\x04PONG", 4),
    ],
    [
      "PING with more than is given back",
      `${HELLO}${short(`\x04PING\0\0${"c".repeat(30)}`, 4)}${ABC}`,
      ["abc"],
      short(`\x04PONG${"c".repeat(16)}`, 4),
    ],
    // libzmq gives back bytes of its own memory.
    ["PING without TTL", HELLO + short("\x04PING", 4) + ABC, ["abc"], short("\x04PONG", 4)],
  ];
  for (const [what, input, messages = ["abc"], reply = ""] of cases)
    test(what, () =>
      expect(feed(new ZmtpReader(), input)).toEqual({ messages, sent: GREETED + reply, refused: undefined }),
    );

  const older: [what: string, input: string, messages: string[], sent: string][] = [
    ["ZMTP 2", version2 + short("") + ABC + long("d".repeat(300)), ["abc", "d".repeat(300)], "\x03\x07\0\0"],
    ["ZMTP 2 with an identity", version2 + short("me") + ABC, ["abc"], "\x03\x07\0\0"],
    ["ZMTP 2 with parts", version2 + short("") + short("a", 1) + ABC, ["a", "abc"], "\x03\x07\0\0"],
    ["ZMTP 2 with commands", version2 + short("") + short("\x03XYZ", 4) + ABC, ["abc"], "\x03\x07\0\0"],
    ["ZMTP 1", `${version1}\x04\0abc\x04\0def`, ["abc", "def"], ""],
    ["ZMTP 1 with an identity", "\x03\0me\x04\0abc", ["abc"], ""],
    ["ZMTP 1 with parts", `${version1}\x02\x01a\x04\0abc`, ["a", "abc"], ""],
    ["ZMTP 1 with empty messages", `${version1}\x01\0\x04\0abc`, ["", "abc"], ""],
    [
      "ZMTP 1 with long messages",
      `${version1}\xff\0\0\0\0\0\0\x01\x2d\0${"z".repeat(300)}`,
      ["z".repeat(300)],
      "",
    ],
    ["ZMTP 1 after a greeting", `${SIGNATURE}\0\x08${version1}\x04\0abc`, ["abc"], "\x03\x07\x01\0"],
  ];
  for (const [what, input, messages, sent] of older)
    test(what, () => {
      const reader = new ZmtpReader();
      expect(feed(reader, input)).toEqual({ messages, sent: SIGNATURE + sent, refused: undefined });
      expect(reader.peer?.own).toBe(false);
    });
});

describe("a receiver refuses", () => {
  const cases: [what: string, input: string, reason: RegExp][] = [
    ["another socket type", greeting() + short(ready(property("Socket-Type", "SUB")), 4) + ABC, /no PUSH/],
    ["its own socket type", greeting() + short(ready(property("Socket-Type", "PULL")), 4), /no PUSH/],
    ["a socket type in lower case", greeting() + short(ready(property("Socket-Type", "push")), 4), /no PUSH/],
    [
      "two socket types, one of them wrong",
      greeting() + short(ready(property("Socket-Type", "SUB"), PUSH), 4),
      /no PUSH/,
    ],
    ["another mechanism", greeting({ 12: "PLAIN" }), /mechanism/],
    ["a longer name of the mechanism", greeting({ 16: "X" }), /mechanism/],
    ["a message before READY", greeting() + ABC + READY, /READY/],
    ["another command before READY", greeting() + short("\x04PING\0\0AB", 4) + READY, /READY/],
    ["ERROR before READY", greeting() + short("\x05ERROR\x03bad", 4), /READY/],
    ["READY in lower case", greeting() + short("\x05ready", 4), /READY/],
    ["a property cut short", greeting() + short(ready(PUSH).slice(0, -1), 4), /cut short/],
    ["bytes after the properties", greeting() + short(`${ready(PUSH)}\x05ab`, 4), /cut short/],
    ["HTTP", "GET / HTTP/1.1\r\n\r\n", /ZMTP/],
    ["TLS", "\x16\x03\x01\x02\0\x01\0", /ZMTP/],
    ["zeros", "\0\0\0", /ZMTP/],
    // libzmq takes this for a peer of version 1 with a long identity.
    ["a signature of another end", greeting({ 9: "\x7e" }), /ZMTP/],
    ["a frame beyond the limit", HELLO + long("x", 0, PASSED_OVER_LIMIT_BYTES + 1), /frame of/],
    ["an absurd frame", `${HELLO}\x02${"\xff".repeat(8)}`, /frame of/],
    ["a READY beyond the limit", greeting() + long("x", 4, COMMAND_LIMIT_BYTES + 1), /frame of/],
    ["a frame of ZMTP 1 without flags", "\x01\0\0", /flags/],
    ["a frame of ZMTP 1 beyond the limit", "\x01\0\xff\0\0\0\0\xff\0\0\0", /frame of/],
  ];
  for (const [what, input, reason] of cases)
    test(what, () => {
      const reader = new ZmtpReader();
      expect(feed(reader, input).refused).toMatch(reason);
      // And stays refused, whatever comes.
      expect(feed(reader, ABC)).toMatchObject({ messages: [], refused: expect.stringMatching(reason) });
    });

  test("but delivers what came whole before", () => {
    const { messages, refused } = feed(new ZmtpReader(), `${HELLO}${ABC}\x02${"\xff".repeat(8)}`);
    expect(messages).toEqual(["abc"]);
    expect(refused).toBeString();
  });
});

describe("a message too long to be kept", () => {
  const body = "z".repeat(MESSAGE_LIMIT_BYTES + 1);

  test("is passed over, in any pieces, and what follows arrives", () => {
    const stream = Buffer.from(HELLO + long(body) + ABC, "latin1");
    const reader = new ZmtpReader();
    let tooLong = 0;
    const messages: string[] = [];
    for (let at = 0; at < stream.length; at += 9973) {
      const output = reader.push(stream.subarray(at, at + 9973));
      tooLong += output.tooLong;
      messages.push(...output.messages.map(latin1));
    }
    expect({ tooLong, messages }).toEqual({ tooLong: 1, messages: ["abc"] });
  });

  test("of ZMTP 1 too", () => {
    const header = Buffer.from("\x01\0\xff\0\0\0\0\0\x10\0\x02\0", "latin1");
    const reader = new ZmtpReader();
    const { tooLong, messages } = reader.push(
      Buffer.concat([header, Buffer.from(`${body}\x04\0abc`, "latin1")]),
    );
    expect({ tooLong, messages: messages.map(latin1) }).toEqual({ tooLong: 1, messages: ["abc"] });
  });

  test("a command too, and none of it is obeyed", () => {
    const command = `\x04PING\0\0${"c".repeat(COMMAND_LIMIT_BYTES)}`;
    expect(feed(new ZmtpReader(), HELLO + long(command, 4) + ABC)).toEqual({
      messages: ["abc"],
      sent: GREETED,
      refused: undefined,
    });
  });
});

describe("the steps of a greeting", () => {
  test("a receiver goes as far as it knows whom it hears", () => {
    const reader = new ZmtpReader();
    expect(feed(reader, SIGNATURE).sent).toBe(`${SIGNATURE}\x03`);
    const rest = latin1(reader.push(Buffer.from([3])).reply);
    expect(`${SIGNATURE}\x03${rest}`).toBe(GREETED);
    expect(reader.peer).toBeUndefined();
  });

  test("two of ours know each other", () => {
    const dialer = new ZmtpDialer();
    const reader = new ZmtpReader();
    const first = reader.push(dialer.greeting);
    expect(reader.peer).toMatchObject({ version: 3, own: true });
    expect(dialer.push(reader.greeting).reply).toHaveLength(0);
    expect(dialer.ready).toBe(false);
    dialer.push(first.reply);
    expect(dialer.ready).toBe(true);
    expect(dialer.peer).toMatchObject({ version: 3, own: true });
    expect(reader.push(zmtpFrame(Buffer.from("hi"))).messages.map(latin1)).toEqual(["hi"]);
  });
});

describe("a sender", () => {
  const pull = (...more: string[]) => short(ready(property("Socket-Type", "PULL"), ...more), 4);

  test("may send once READY has come, however it is cut", () => {
    const stream = greeting() + pull(property("X-Ext", "1"));
    for (let cut = 0; cut < stream.length; cut++) {
      const dialer = new ZmtpDialer();
      feed(dialer, stream.slice(0, cut));
      expect(dialer.ready).toBe(false);
      feed(dialer, stream.slice(cut));
      expect(dialer.ready).toBe(true);
      expect(latin1(dialer.peer!.properties.get("x-ext")!)).toBe("1");
    }
  });

  test("answers PING and drops messages", () => {
    const { messages, sent, refused } = feed(
      new ZmtpDialer(),
      greeting() + pull() + ABC + short("\x04PING\0\0AB", 4),
    );
    expect({ messages, refused }).toEqual({ messages: [], refused: undefined });
    expect(sent.endsWith(short("\x04PONGAB", 4))).toBe(true);
  });

  const refused: [what: string, input: string, reason: RegExp][] = [
    ["a far end that is no PULL", greeting() + READY, /no PULL/],
    ["a far end of ZMTP 2", `${SIGNATURE}\x01`, /version byte 1/],
    ["something else", "HTTP/1.1 400 Bad Request\r\n", /ZMTP/],
  ];
  for (const [what, input, reason] of refused)
    test(`refuses ${what}`, () => expect(feed(new ZmtpDialer(), input).refused).toMatch(reason));
});

test("any stream, cut anywhere, is read the same as in one piece", () => {
  const bodies = fc.array(
    fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 700 }),
    {
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(bodies, fc.array(fc.nat(4000), { maxLength: 8 }), (messages, cuts) => {
      const frames = messages.map((body) => latin1(zmtpFrame(Buffer.from(body, "latin1"))));
      const stream = HELLO + frames.join("");
      const places = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
      const pieces = places.slice(1).map((end, index) => stream.slice(places[index], end));
      expect(feed(new ZmtpReader(), ...pieces)).toEqual({ messages, sent: GREETED, refused: undefined });
    }),
    { numRuns: 200 },
  );
});

test("a body that comes byte by byte is read, and little is kept for one that was only announced", () => {
  const reader = new ZmtpReader();
  feed(reader, HELLO);
  const body = "z".repeat(50_000);
  expect(feed(reader, ...long(body)).messages).toEqual([body]);
  Bun.gc(true);
  const before = process.memoryUsage().arrayBuffers;
  const waiting = Array.from({ length: 200 }, () => {
    const one = new ZmtpReader();
    feed(one, HELLO + long("x", 0, MESSAGE_LIMIT_BYTES), "y");
    return one;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(waiting.length * 10_000);
});
