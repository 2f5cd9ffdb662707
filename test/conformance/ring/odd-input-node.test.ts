// Odd and hostile input, as it was sent to the original (odd-input.json), to a real member over loopback: what the original
// counted is counted, nothing ends it, and after each it answers a Ping. What ends a thread of the original is dropped.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseKey } from "../../../src/crypto/index.ts";
import { type ScriptedNode, startScripted, stopAll, until } from "../../../src/ring/node/scripted.ts";
import { zmtpFrame } from "../../../src/ring/wire/zmtp.ts";
import { greeting, ready } from "../../../src/ring/wire/zmtp-handshake.ts";
import keys from "./keys.json";
import cases from "./odd-input.json";
import { dial, introduction, Sender } from "./strangers.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const ringKey = parseKey("ring", keys.find((key) => key.text.startsWith("SYM-SEC-1"))!.text);
const ping = cases.find(({ name }) => name === "control: Ping")!.sent!;
const keyedPing = cases.find(({ name }) => name === "udp: right key (control)")!.sent!;
const rumor = cases.find(({ name }) => name === "rumor: ServiceConfig")!.sent!;
const keyedRumor = cases.find(({ name }) => name === "tcp: right key (control)")!.sent!;

/** What our counters must say, in the notation of the scripted node; the original's own where it counted something. */
function expectedCounts(c: (typeof cases)[number]): Record<string, number> {
  // Compat: not done. The original acts on what is left of a datagram it has cut off.
  if (c.name.startsWith("datagram of 1100 bytes"))
    return { "swim_messages_received_total{unwrap_wire,failure}": 1 };
  const crashing = "thread_that_ends" in c && Object.keys(c.metrics).length === 0;
  if (crashing && c.via === "udp") return { "swim_messages_received_total{undecodable,failure}": 1 };
  if (crashing) return { "gossip_messages_received_total{undecodable,failure,unknown}": 1 };
  if (c.name.startsWith("crash: Departure"))
    return { "gossip_messages_received_total{departure,success,false}": 1 };
  if (c.name.startsWith("crash: Finished"))
    return { "gossip_messages_received_total{election,success,false}": 1 };
  const counts: Record<string, number> = {};
  for (const [name, count] of Object.entries(c.metrics)) {
    const label = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(name)?.[1];
    const labels = [label("type"), label("mode"), label("blocked")].filter((value) => value !== undefined);
    counts[`${name.slice(0, name.indexOf("{"))}{${labels.join(",")}}`] = count as number;
  }
  return counts;
}

const greetingWith = (offset: number, value: Uint8Array): Buffer => {
  const copy = Buffer.from(greeting());
  copy.set(value, offset);
  return copy;
};

const sender = new Sender();
let plain: ScriptedNode;
let keyed: ScriptedNode;
beforeAll(async () => {
  await sender.open();
  plain = await startScripted();
  keyed = await startScripted({ key: ringKey });
});
afterAll(async () => {
  sender.close();
  await stopAll();
});

const nodeFor = (withKey: boolean) => (withKey ? keyed : plain);

async function answersPing(node: ScriptedNode): Promise<void> {
  const before = sender.answers.length;
  sender.send(bytes(node === keyed ? keyedPing : ping), node.node.address);
  await until(() => sender.answers.length > before);
}

async function takesRumor(node: ScriptedNode): Promise<void> {
  const before = node.machine.of("message").length;
  const connection = await dial(node.node.address.port);
  connection.write(introduction);
  connection.write(zmtpFrame(bytes(node === keyed ? keyedRumor : rumor)));
  await until(() => node.machine.of("message").length > before);
  connection.end();
}

/** Counts added since `before`; only of what was received. */
function added(node: ScriptedNode, before: ReadonlyMap<string, number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, count] of node.counted)
    if (name.includes("received") && count !== (before.get(name) ?? 0))
      counts[name] = count - (before.get(name) ?? 0);
  return counts;
}

describe("a member that gets odd input counts as the original does, and lives on", () => {
  for (const [index, c] of cases.entries()) {
    if (c.via === "conn" || c.sent === null) continue;
    test(`${index} ${c.via} ${c.name}`, async () => {
      const node = nodeFor(c.ring_key);
      const before = new Map(node.counted);
      const connection = c.via === "tcp" ? await dial(node.node.address.port) : undefined;
      connection?.write(introduction);
      if (connection === undefined) sender.send(bytes(c.sent), node.node.address);
      else connection.write(zmtpFrame(bytes(c.sent)));
      await until(() => Object.keys(added(node, before)).length > 0);
      expect(added(node, before)).toEqual(expectedCounts(c));
      expect(connection?.state.closed ?? false).toBe(false);
      connection?.end();
      await answersPing(node);
    });
  }

  test("and takes rumors afterwards", async () => {
    await takesRumor(plain);
    await takesRumor(keyed);
    expect([plain, keyed].map(({ node }) => node.health().faults)).toEqual([0, 0]);
    expect(plain.node.health().datagrams.dropped).toMatchObject({ "too-long": 4, overload: 0 });
    expect(keyed.node.health().datagrams.dropped["wrong-key"]).toBeGreaterThan(5);
  });
});

describe("connections that are not what they should be (§7.2)", () => {
  const accepted: [name: string, sent: Uint8Array, messages: number, reply?: string][] = [
    [
      "two parts of one message",
      Buffer.concat([
        introduction,
        Buffer.from([1, rumor.length / 2]),
        bytes(rumor),
        zmtpFrame(bytes(rumor)),
      ]),
      2,
    ],
    [
      "a long frame for a short body",
      Buffer.concat([introduction, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, rumor.length / 2]), bytes(rumor)]),
      1,
    ],
    [
      "version 3.0",
      Buffer.concat([greetingWith(11, Buffer.from([0])), ready("PUSH", false), zmtpFrame(bytes(rumor))]),
      1,
    ],
    [
      "a PING, which is answered",
      Buffer.concat([introduction, bytes("04090450494e4700004142"), zmtpFrame(bytes(rumor))]),
      1,
      "040704504f4e474142",
    ],
  ];
  test.each(accepted)("accepted: %s", async (_name, sent, messages, reply = "") => {
    const before = plain.machine.of("message").length;
    const connection = await dial(plain.node.address.port);
    connection.write(sent);
    await until(() => plain.machine.of("message").length === before + messages);
    await until(() => connection.state.received.toString("hex").endsWith(reply));
    expect(connection.state.closed).toBe(false);
    connection.end();
  });

  const frame = zmtpFrame(bytes(rumor));
  const subscriber = Buffer.from(ready("PUSH", false).toHex().replace("50555348", "00535542"), "hex");
  const refused: [name: string, sent: Uint8Array][] = [
    ["another socket type", Buffer.concat([greeting(), subscriber, frame])],
    [
      "another mechanism",
      Buffer.concat([greetingWith(12, Buffer.from("PLAIN")), ready("PUSH", false), frame]),
    ],
    ["HTTP", Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX-Longer: ${"x".repeat(80)}\r\n\r\n`)],
    ["an absurd frame length", Buffer.concat([introduction, bytes("020fffffffffffffff")])],
  ];
  test.each(refused)("closed: %s", async (_name, sent) => {
    const [messages, closed] = [
      plain.machine.of("message").length,
      plain.node.health().connections.closed.protocol,
    ];
    const connection = await dial(plain.node.address.port);
    connection.write(sent);
    await until(() => connection.state.closed);
    expect(plain.machine.of("message")).toHaveLength(messages);
    expect(plain.node.health().connections.closed.protocol).toBe(closed + 1);
    await answersPing(plain);
  });
});
