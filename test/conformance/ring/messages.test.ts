// Rumors as the original puts them on the wire and on disk: decoded, encoded again, opened and sealed with the ring key.
import { describe, expect, test } from "bun:test";
import { loadBoxes, parseKey, parseSignedBox } from "../../../src/crypto/index.ts";
import {
  decodeMembership,
  decodeRumor,
  encodeMembership,
  encodeRumor,
  readStateFile,
  ringEnvelope,
  ringErrors,
  writeRecords,
} from "../../../src/ring/index.ts";
import codec from "./codec.json";
import keys from "./keys.json";
import messages from "./rumor-messages.json";
import { shown } from "./shown.ts";
import stateFiles from "./state-files.json";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
const failing = (kind: keyof typeof ringErrors) => expect.objectContaining({ code: ringErrors[kind].code });

describe("rumors sent by the original", () => {
  const ringKey = parseKey("ring", keys.find((key) => key.text.startsWith("SYM-SEC-1"))!.text);
  for (const [index, c] of messages.entries()) {
    test(`${index} ${c.name}`, async () => {
      const { open, seal } = await ringEnvelope(c.ring_key === null ? undefined : ringKey);
      const payload = open(bytes(c.message));
      expect(hex(payload)).toBe(c.payload);
      const rumor = decodeRumor(payload);
      expect(shown(rumor)).toEqual(c.rumor as never);
      expect(hex(encodeRumor(rumor))).toBe(c.payload);
      const { nonce } = c.wire as { nonce?: string };
      expect(hex(seal(payload, nonce === undefined ? undefined : bytes(nonce)))).toBe(c.message);
    });
  }
});

describe("codec (§21 and crafted messages)", () => {
  for (const c of codec.filter((c) => c.kind === "rumor")) {
    test(c.name, () => {
      if (c.accepted) expect(hex(encodeRumor(decodeRumor(bytes(c.bytes))))).toBe(c.reencoded!);
      else expect(() => decodeRumor(bytes(c.bytes))).toThrow(failing("malformedMessage"));
    });
  }

  test("a membership alone", () => {
    const plain =
      "0a3a0a20666564636261393837363534333231306665646362613938373635343332313010071a0831302e302e302e3620a64b28a64b3000380040001004";
    expect(hex(encodeMembership(decodeMembership(bytes(plain))))).toBe(plain);
  });
});

describe("the envelope (§2.1)", () => {
  const ringKey = parseKey("ring", keys.find((key) => key.text.startsWith("SYM-SEC-1"))!.text);
  const refused: [why: string, message: string, kind: keyof typeof ringErrors][] = [
    ["no bytes: no payload", "", "malformedMessage"],
    ["no nonce", "1a0101", "undecryptableMessage"],
    ["a short nonce", "120b00000000000000000000001a0101", "undecryptableMessage"],
    ["another key", `1218${"00".repeat(24)}1a20${"00".repeat(32)}`, "undecryptableMessage"],
    ["a payload cut short", "1a0501", "malformedMessage"],
  ];
  for (const [why, message, kind] of refused)
    test(`with a key, refused: ${why}`, async () => {
      const { open } = await ringEnvelope(ringKey);
      expect(() => open(bytes(message))).toThrow(failing(kind));
    });

  test("the flag `encrypted` is not looked at, without a key the nonce neither", async () => {
    const plain = await ringEnvelope(undefined);
    expect(hex(plain.open(bytes("08011203ffffff1a0101")))).toBe("01");
    const keyed = await ringEnvelope(ringKey);
    const sealed = keyed.seal(bytes("01"));
    expect(hex(keyed.open(sealed.subarray(2)))).toBe("01");
  });
});

describe("encrypted configuration and files", () => {
  for (const c of messages.filter((c) => "signed_box_text" in c)) {
    test(c.name, async () => {
      const { signed_box_text, plaintext, opened_with } = c as unknown as {
        signed_box_text: string;
        plaintext: string;
        opened_with: string[] | Record<string, string>;
      };
      const box = parseSignedBox(signed_box_text);
      const names = Object.values(opened_with).join(" ");
      expect(names).toContain(box.recipient.name);
      const text = (version: string, name: string) =>
        keys.find((key) => key.text.startsWith(`${version}\n${name}-`))!.text;
      const sender = parseKey("user-public", text("BOX-PUB-1", box.sender.name));
      const recipient = parseKey("service-secret", text("BOX-SEC-1", box.recipient.name));
      const { boxOpen } = await loadBoxes();
      expect(hex(boxOpen(sender.bytes, recipient.bytes.reveal(), box))).toBe(plaintext);
    });
  }
});

describe("state files written by the original", () => {
  for (const c of stateFiles.filter((c) => c.name.endsWith(".rst"))) {
    test(c.name, () => {
      const file = new Uint8Array(Buffer.from(c.bytes, "base64"));
      const content = readStateFile(file);
      expect(content.damage).toEqual([]);
      const decoded = c.decoded as unknown as Record<string, unknown[]>;
      const fromRing = content.memberships.map(
        (value) => shown({ kind: "member", fromId: "", value })["member"],
      );
      expect(fromRing).toEqual(decoded["membership"]!);
      const rumors = [
        "service",
        "service_config",
        "service_file",
        "election",
        "election_update",
        "departure",
      ];
      expect(content.rumors.map(shown)).toEqual(rumors.flatMap((name) => decoded[name] ?? []) as never);
      expect(hex(writeRecords(content.memberships, content.rumors))).toBe(hex(file));
    });
  }
});
