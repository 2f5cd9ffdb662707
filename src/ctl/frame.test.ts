import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { encodeFrame, FrameDecoder, headerWord, nextTransactionId, transactionWord } from "./frame.ts";
import type { CtlMessage } from "./messages.ts";

/** reference/supervisor.md §24.1 */
const vectors: [
  string,
  string,
  CtlMessage,
  { id: number; response: boolean; complete: boolean } | undefined,
][] = [
  [
    "Handshake",
    "809000050000000048616e647368616b650a03616263",
    { message: "Handshake", fields: { secretKey: "abc" } },
    { id: 0, response: false, complete: false },
  ],
  [
    "NetOk to it",
    "80500000c00000004e65744f6b",
    { message: "NetOk", fields: {} },
    { id: 0, response: true, complete: true },
  ],
  [
    "Unauthorized",
    "80600017c00000004e657445727208041213736563726574206b6579206d69736d61746368",
    { message: "NetErr", fields: { code: 4, msg: "secret key mismatch" } },
    { id: 0, response: true, complete: true },
  ],
  [
    "NotFound, no transaction",
    "006000084e657445727208021204" + "74686973",
    { message: "NetErr", fields: { code: 2, msg: "this" } },
    undefined,
  ],
  [
    "SvcStatus",
    "8090000000000001537663537461747573",
    { message: "SvcStatus", fields: {} },
    { id: 1, response: false, complete: false },
  ],
  [
    "SvcStatus core/redis",
    "8090000f000000015376635374617475730a0d0a04636f726512057265646973",
    { message: "SvcStatus", fields: { ident: { origin: "core", name: "redis" } } },
    { id: 1, response: false, complete: false },
  ],
  [
    "SupRestart",
    "80a000000000000153757052657374617274",
    { message: "SupRestart", fields: {} },
    { id: 1, response: false, complete: false },
  ],
  [
    "ConsoleLine",
    "80b0001880000001436f6e736f6c654c696e650a145570646174696e6720636f72652f72656469730a1800",
    { message: "ConsoleLine", fields: { line: "Updating core/redis\n", bold: false } },
    { id: 1, response: true, complete: false },
  ],
  [
    "ConsoleLine in green",
    "80b0001480000001436f6e736f6c654c696e650a09e28692205573696e671205477265656e1801",
    { message: "ConsoleLine", fields: { line: "→ Using", color: "Green", bold: true } },
    { id: 1, response: true, complete: false },
  ],
  [
    "NetProgress",
    "80b00006800000014e657450726f6772657373088008108004",
    { message: "NetProgress", fields: { total: 1024n, position: 512n } },
    { id: 1, response: true, complete: false },
  ],
  [
    "ServiceStatus",
    "80d00044c0000001536572766963655374617475730a250a04636f7265120572656469731a06342e302e3134220e32303230303432313139313531341207080a10dd0118011a100a057265646973120764656661756c742801",
    {
      message: "ServiceStatus",
      fields: {
        ident: { origin: "core", name: "redis", version: "4.0.14", release: "20200421191514" },
        process: { elapsed: 10n, pid: 221, state: 1 },
        serviceGroup: { service: "redis", group: "default" },
        desiredState: 1,
      },
    },
    { id: 1, response: true, complete: true },
  ],
];

function frameOf(bytes: Uint8Array) {
  const decoder = new FrameDecoder();
  decoder.push(bytes);
  return decoder.next();
}

describe("frames", () => {
  test.each(vectors)("%s", (_, hex, message, transaction) => {
    const bytes = encodeFrame({
      message: message.message,
      body: encodeMessage(message),
      ...(transaction === undefined ? {} : { transaction }),
    });
    expect(bytes.toHex()).toBe(hex);
    const frame = frameOf(bytes);
    expect(frame?.transaction).toEqual(transaction);
    expect(decodeMessage(frame?.message ?? "", frame?.body ?? new Uint8Array())).toEqual(message);
  });

  test("words", () => {
    expect(headerWord(40, 305_888, true).toString(16)).toBe("8284aae0");
    expect(transactionWord({ id: 1, response: true, complete: true }).toString(16)).toBe("c0000001");
  });

  test.each([
    [0, 1],
    [1, 2],
    [0x3fff_ffff, 1],
    [0x4000_0000, 1],
  ])("after transaction %p comes %p", (id, next) => {
    expect(nextTransactionId(id)).toBe(next);
  });

  test("a negative enumeration value takes ten bytes", () => {
    const fields = {
      ident: { origin: "", name: "" },
      serviceGroup: { service: "", group: "" },
      desiredState: -1,
    };
    expect(encodeMessage({ message: "ServiceStatus", fields }).toHex()).toEndWith("28ffffffffffffffffff01");
  });

  test("what does not fit cannot be written", () => {
    expect(() => encodeFrame({ message: "X", body: new Uint8Array(0x10_0000) })).toThrow("1048575");
    expect(() => encodeFrame({ message: "x".repeat(64), body: new Uint8Array() })).toThrow("63");
    expect(encodeFrame({ message: "x".repeat(63), body: new Uint8Array(0xf_ffff) }).length).toBe(
      4 + 63 + 0xf_ffff,
    );
  });

  test.each(["8050", "80500000", "80500000c0000000", "80500000c00000004e6574", "80100001000000004e"])(
    "%s: more is needed and nothing consumed",
    (hex) => {
      const decoder = new FrameDecoder();
      const bytes = Uint8Array.fromHex(hex);
      decoder.push(bytes);
      expect(decoder.next()).toBeUndefined();
      expect(decoder.next()).toBeUndefined();
      expect(decoder.pendingBytes).toBe(bytes.length);
    },
  );

  test("an announced size over the limit is refused at the header", () => {
    const decoder = new FrameDecoder(4096);
    decoder.push(Uint8Array.fromHex("80901001"));
    expect(() => decoder.next()).toThrow("4097 bytes");
    const other = new FrameDecoder(4096);
    other.push(Uint8Array.fromHex("80901000"));
    expect(other.next()).toBeUndefined();
  });

  test("a message id that is not UTF-8", () => {
    expect(() => frameOf(Uint8Array.fromHex("8030000000000000fffefd"))).toThrow("not UTF-8");
  });

  test("required fields that were not sent have their zero value, others are absent", () => {
    expect(decodeMessage("NetErr", new Uint8Array())?.fields).toEqual({ code: 0, msg: "" });
    expect(decodeMessage("ServiceStatus", new Uint8Array())?.fields).toEqual({
      ident: { origin: "", name: "" },
      serviceGroup: { service: "", group: "" },
    });
    expect(decodeMessage("SvcLoad", new Uint8Array())?.fields).toEqual({});
    expect(decodeMessage("SvcFoo", new Uint8Array())).toBeUndefined();
    expect(decodeMessage("toString", new Uint8Array())).toBeUndefined();
  });

  test("frames survive however they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            message: fc.string({ unit: "grapheme-ascii", maxLength: 63 }),
            body: fc.uint8Array({ maxLength: 200 }),
            transaction: fc.option(
              fc.record({ id: fc.nat(0x3fff_ffff), response: fc.boolean(), complete: fc.boolean() }),
              { nil: undefined },
            ),
          }),
        ),
        fc.integer({ min: 1, max: 50 }),
        (frames, step) => {
          const decoder = new FrameDecoder();
          const seen = [];
          const bytes = Buffer.concat(
            frames.map(({ transaction, ...frame }) =>
              encodeFrame(transaction === undefined ? frame : { ...frame, transaction }),
            ),
          );
          for (let start = 0; start < bytes.length; start += step) {
            decoder.push(bytes.subarray(start, start + step));
            for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) seen.push(frame);
          }
          expect(decoder.pendingBytes).toBe(0);
          expect(seen.map((frame) => ({ transaction: undefined, ...frame }))).toEqual(frames);
        },
      ),
    );
  });

  test("random bytes never break more than the stream", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const decoder = new FrameDecoder(256);
        decoder.push(bytes);
        try {
          for (let frame = decoder.next(); frame !== undefined; frame = decoder.next())
            decodeMessage(frame.message, frame.body);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^HAB-CTL-00[67]$/);
        }
      }),
    );
  });
});
