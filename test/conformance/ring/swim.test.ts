// Datagrams as the original puts them on the wire: opened, decoded, encoded to the very same bytes and sealed again.
import { describe, expect, test } from "bun:test";
import { parseKey } from "../../../src/crypto/index.ts";
import {
  DATAGRAM_LIMIT_BYTES,
  decodeSwim,
  encodeSwim,
  ringEnvelope,
  ringErrors,
  SWIM_LIMIT_ENCRYPTED_BYTES,
  SWIM_LIMIT_PLAIN_BYTES,
  swimSize,
} from "../../../src/ring/index.ts";
import codec from "./codec.json";
import keys from "./keys.json";
import { shownSwim } from "./shown.ts";
import datagrams from "./swim-datagrams.json";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
const keyNamed = (name: string) =>
  parseKey("ring", keys.find((key) => key.text.startsWith(`SYM-SEC-1\n${name}-`))!.text);

describe("datagrams sent by the original", () => {
  for (const [index, c] of datagrams.entries()) {
    test(`${index} ${c.name}`, async () => {
      const { open, seal } = await ringEnvelope(c.ring_key === null ? undefined : keyNamed(c.ring_key));
      const payload = open(bytes(c.datagram));
      expect(hex(payload)).toBe(c.payload);
      const message = decodeSwim(payload);
      expect(shownSwim(message)).toEqual(c.swim as never);
      expect(hex(encodeSwim(message))).toBe(c.payload);
      expect(hex(encodeSwim(message, { extensions: false }))).toBe(c.payload);
      expect(swimSize(message)).toBe(payload.length);
      const { nonce } = c.wire as { nonce?: string };
      expect(hex(seal(payload, nonce === undefined ? undefined : bytes(nonce)))).toBe(c.datagram);
    });
  }
});

describe("codec (§21 and crafted messages)", () => {
  for (const c of codec.filter((c) => c.kind === "swim")) {
    test(c.name, () => {
      if (c.accepted) expect(hex(encodeSwim(decodeSwim(bytes(c.bytes))))).toBe(c.reencoded!);
      else
        expect(() => decodeSwim(bytes(c.bytes))).toThrow(
          expect.objectContaining({ code: ringErrors.malformedMessage.code }),
        );
    });
  }

  test("section 21, vector 3: encrypted", async () => {
    const c = codec.find((c) => c.kind === "wire")!;
    const fixture =
      "SYM-SEC-1\nring-key-valid-20160504220722\n\nRCFaO84j41GmrzWddxMdsXpGdn3iuIy7Mw3xYrjPLsE=";
    const { open, seal } = await ringEnvelope(parseKey("ring", fixture));
    const payload = open(bytes(c.bytes));
    expect(hex(payload)).toBe(c.reencoded!);
    expect(hex(encodeSwim(decodeSwim(payload)))).toBe(c.reencoded!);
    expect(
      hex(
        seal(
          payload,
          Uint8Array.from({ length: 24 }, (_, index) => index),
        ),
      ),
    ).toBe(c.bytes);
  });
});

test("the limits of a datagram are those its envelope leaves (§6)", async () => {
  for (const [key, limit] of [
    [undefined, SWIM_LIMIT_PLAIN_BYTES],
    [keyNamed("vectors"), SWIM_LIMIT_ENCRYPTED_BYTES],
  ] as const) {
    const { seal } = await ringEnvelope(key);
    expect(seal(new Uint8Array(limit))).toHaveLength(DATAGRAM_LIMIT_BYTES);
  }
});
