// The ring's packets on one core: a Ping with five memberships and a short ping, encoded and decoded, plain and with a ring
// key, in thousands a second.
import { generateRingKey } from "../src/crypto/index.ts";
import { decodeSwim, encodeSwim, ringEnvelope, type SwimMessage, shortId } from "../src/ring/index.ts";
import { type Comparison, figure, report } from "./measure.ts";

const RUNS = 15;
const PACKETS = 20_000;

const member = (number: number) => ({
  id: `0123456789abcdef0123456789abcd${10 + number}`,
  incarnation: 3n,
  address: number === 0 ? "" : `10.0.0.${number}`,
  swimPort: 9638,
  gossipPort: 9638,
  persistent: false,
  departed: false,
  probePing: false,
  abilities: 1,
});
const ping: SwimMessage = {
  kind: "ping",
  from: member(0),
  membership: [1, 2, 3, 4, 5].map((number) => ({ member: member(number), health: "alive" })),
  sequence: 5000,
  digest: 2 ** 47 + 5,
};
const shortPing: SwimMessage = {
  kind: "short-ping",
  from: shortId(member(0).id),
  to: shortId(member(1).id),
  incarnation: 3n,
  sequence: 20_000,
  digest: 2 ** 47 + 5,
};
const pingBytes = encodeSwim(ping);
const shortBytes = encodeSwim(shortPing);
const envelope = await ringEnvelope(generateRingKey("bench", new Date()));
const sealedPing = envelope.seal(pingBytes);
const sealedShort = envelope.seal(shortBytes);

/** Thousands a second, each sample of many packets. */
function rate(name: string, atLeast: number, work: () => unknown): void {
  const samples: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const start = Bun.nanoseconds();
    for (let packet = 0; packet < PACKETS; packet++) work();
    if (run >= 0) samples.push((PACKETS / (Bun.nanoseconds() - start)) * 1e6);
  }
  const comparison: Comparison = {
    subject: figure(name, "thousand/s", samples),
    aim: { value: atLeast, atLeast: true },
  };
  report(comparison);
}

rate(`encode a Ping with 5 memberships (${pingBytes.length} bytes)`, 100, () => encodeSwim(ping));
rate("decode a Ping with 5 memberships", 100, () => decodeSwim(pingBytes));
rate(`encode a short ping (${shortBytes.length} bytes)`, 500, () => encodeSwim(shortPing));
rate("decode a short ping", 500, () => decodeSwim(shortBytes));
rate("encode and seal a short ping", 200, () => envelope.seal(encodeSwim(shortPing)));
rate("open and decode a short ping", 200, () => decodeSwim(envelope.open(sealedShort)));
rate("encode and seal a Ping with 5 memberships", 75, () => envelope.seal(encodeSwim(ping)));
rate("open and decode a Ping with 5 memberships", 75, () => decodeSwim(envelope.open(sealedPing)));
