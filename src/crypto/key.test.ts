import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError } from "../error/index.ts";
import { encodeBase64 } from "./base64.ts";
import { cryptoErrors } from "./errors.ts";
import { formatKey, type KeyKind, makeKey, parseKey } from "./key.ts";
import { Secret } from "./secret.ts";

const id = { name: "acme", revision: "20260101000000" };
const KINDS: KeyKind[] = ["origin-public", "origin-secret", "service-public", "user-secret", "ring"];

describe("key text", () => {
  test("any key comes back from its text", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("ring" as const, "user-secret" as const),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (kind, bytes) => {
          const parsed = parseKey(kind, formatKey(makeKey(kind, id, bytes)));
          expect(parsed.id).toEqual(id);
          expect(parsed.bytes.reveal()).toEqual(bytes);
        },
      ),
    );
  });

  test("any other text is refused with our error, which holds no key material", () => {
    const line = fc.oneof(
      fc.constantFrom("SIG-PUB-1", "SIG-SEC-1", "BOX-PUB-1", "SYM-SEC-1", "acme-20260101000000", ""),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.array(line, { maxLength: 6 }), (kind, lines) => {
        try {
          parseKey(kind, lines.join("\n"));
        } catch (error) {
          expect(error).toBeInstanceOf(HabError);
        }
      }),
    );
    const material = encodeBase64(new Uint8Array(33).fill(7));
    const text = new Secret(`SYM-SEC-1\nacme-20260101000000\n\n${material}`);
    for (const act of [() => parseKey("ring", text), () => makeKey("ring", id, new Uint8Array(33).fill(7))])
      try {
        act();
        expect.unreachable();
      } catch (error) {
        expect(Bun.inspect(error)).not.toContain(material.slice(0, 12));
      }
  });

  test("a text far too long for a key is not taken apart", () => {
    expect(() => parseKey("ring", `SYM-SEC-1\n${"a".repeat(100_000)}`)).toThrow(
      expect.objectContaining({ code: cryptoErrors.malformedKey.code }),
    );
  });
});
