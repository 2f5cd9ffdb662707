// What the original answered, accepted or dropped, and what killed it: we understand what it understood, drop what it
// dropped and what ended its threads, and throw nothing but our own errors. What members then do is for other tests.
import { describe, expect, test } from "bun:test";
import { parseKey } from "../../../src/crypto/index.ts";
import { HabError } from "../../../src/error/index.ts";
import { DATAGRAM_LIMIT_BYTES, decodeGossip, decodeSwim, ringEnvelope } from "../../../src/ring/index.ts";
import keys from "./keys.json";
import cases from "./odd-input.json";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const ringKey = parseKey("ring", keys.find((key) => key.text.startsWith("SYM-SEC-1"))!.text);

/** Bodies of another kind than the message's, and the original's test rumors, are understood by nobody. */
const ENDS_WHILE_DECODING = /^crash: (type|ping body|rumor type)/;
const isUnderstood = ({ name, outcome }: (typeof cases)[number]) =>
  !outcome.startsWith("dropped") && !ENDS_WHILE_DECODING.test(name);

describe("odd input", () => {
  for (const c of cases.filter((c) => c.sent !== null)) {
    test(`${c.via}: ${c.name} → ${isUnderstood(c) ? "understood" : "dropped"}`, async () => {
      const { open } = await ringEnvelope(c.ring_key ? ringKey : undefined);
      const decode = () =>
        c.via === "udp"
          ? decodeSwim(open(bytes(c.sent!).subarray(0, DATAGRAM_LIMIT_BYTES)))
          : decodeGossip(open(bytes(c.sent!)));
      if (isUnderstood(c)) expect(decode()).toBeObject();
      else expect(decode).toThrow(HabError);
    });
  }
});
