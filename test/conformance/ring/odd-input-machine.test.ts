// Odd and hostile input, as it was sent to the original (odd-input.json), to a whole member of ours on sockets: after each it
// is alive, answers a Ping and takes a rumor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseKey } from "../../../src/crypto/index.ts";
import {
  configFor,
  type Envelope,
  encodeGossip,
  encodeSwim,
  openRingStorage,
  type RingNode,
  ringEnvelope,
  startRingNode,
  zmtpFrame,
} from "../../../src/ring/index.ts";
import { createMember } from "../../../src/ring/machine/machine.ts";
import { until } from "../../../src/ring/node/scripted.ts";
import keys from "./keys.json";
import { member } from "./model.ts";
import cases from "./odd-input.json";
import { dial, introduction, Sender } from "./strangers.ts";

const ringKey = parseKey("ring", keys.find((key) => key.text.startsWith("SYM-SEC-1"))!.text);
const directory = mkdtempSync(join(tmpdir(), "hab-odd-input-"));
const sender = new Sender();

interface Whole {
  readonly node: RingNode;
  readonly envelope: Envelope;
  asked: number;
}

async function start(name: string, key: typeof ringKey | undefined): Promise<Whole> {
  const storage = openRingStorage({
    directory: join(directory, name),
    now: new Date(),
    monotonicNow: performance.now(),
    report: () => {},
  });
  const node = await startRingNode({
    storage,
    machine: createMember,
    listen: { host: "127.0.0.1", port: 0 },
    permanent: false,
    peers: [],
    key,
    changed: () => {},
    departed: () => {},
    report: () => {},
    count: { increment: () => {}, set: () => {}, observe: () => {} },
  });
  return { node, envelope: await ringEnvelope(key), asked: 0 };
}

let plain: Whole;
let keyed: Whole;
beforeAll(async () => {
  await sender.open();
  plain = await start("plain", undefined);
  keyed = await start("keyed", ringKey);
});
afterAll(async () => {
  sender.close();
  for (const { node } of [plain, keyed]) await node.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function answersPing({ node, envelope }: Whole): Promise<void> {
  // Its port is none, so that it is not taken in, and what comes back are answers only.
  const from = { ...member("asker"), address: "", swimPort: 0, gossipPort: 0 };
  const before = sender.answers.length;
  sender.send(envelope.seal(encodeSwim({ kind: "ping", from, membership: [] })), node.address);
  await until(() => sender.answers.length > before);
}

async function takesRumor(whole: Whole): Promise<void> {
  const { node, envelope } = whole;
  const incarnation = BigInt(++whole.asked);
  const value = {
    serviceGroup: "asked.default",
    incarnation,
    encrypted: false,
    config: new Uint8Array(),
    fromId: "asker",
  };
  const connection = await dial(node.address.port);
  connection.write(introduction);
  connection.write(
    zmtpFrame(envelope.seal(encodeGossip({ kind: "service-config", fromId: "asker", value }))),
  );
  await until(() => configFor(node.state, "asked.default")?.incarnation === incarnation);
  connection.end();
}

describe("a whole member lives on after odd input", () => {
  for (const [index, c] of cases.entries()) {
    if (c.via === "conn" || c.sent === null) continue;
    test(`${index} ${c.via} ${c.name}`, async () => {
      const whole = c.ring_key ? keyed : plain;
      const bytes = Buffer.from(c.sent, "hex");
      if (c.via === "udp") sender.send(bytes, whole.node.address);
      else {
        const connection = await dial(whole.node.address.port);
        connection.write(introduction);
        connection.write(zmtpFrame(bytes));
        connection.end();
      }
      await answersPing(whole);
      await takesRumor(whole);
      expect(whole.node.health().faults).toBe(0);
    });
  }
});
