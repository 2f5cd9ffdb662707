// `hab ring health`: how the local Supervisor's own part in the ring fares. Beyond the original.
import type { RingHealthReport } from "../../supervisor/index.ts";
import { formatBytes, formatTable } from "../../ui/index.ts";
import { defineCommand } from "../command.ts";
import { askRing, gatewayOptions } from "./ask.ts";

export const command = defineCommand({
  summary: "Show how a member's own part in the ring fares",
  description:
    "For whoever looks for a fault: how late the Supervisor's timers are, whether it takes itself for slow (awareness above " +
    "0), its connections, what it dropped and why, whether the peers it was given are reached, and whether its state is saved.",
  examples: [
    { command: "hab ring health", explains: "of the Supervisor of this machine" },
    { command: "hab ring health --json", explains: "for monitoring" },
  ],
  options: gatewayOptions(),
  json: true,
  async run(context) {
    const health = await askRing<RingHealthReport>(context, "health");
    if (context.json) return context.printJson(health);
    context.stdout.write(formatTable(rows(health)));
  },
});

function rows(health: RingHealthReport): string[][] {
  const { awareness, connections, waiting, disk, last_error } = health;
  const counted: [string, Readonly<Record<string, number>>][] = [
    ["datagrams dropped", health.datagrams.dropped],
    ["messages dropped", health.messages.dropped],
    ["connections closed", connections.closed],
    ["refused", health.refused],
  ];
  return [
    ["ring key", health.ring_key ?? "none: the ring is not encrypted"],
    ["lag", `${health.lag_ms.last} ms, at worst ${health.lag_ms.worst} ms`],
    ["awareness", awareness.why === null ? String(awareness.score) : `${awareness.score} (${awareness.why})`],
    ["connections", `${connections.incoming} of others, ${connections.outgoing} to others`],
    [
      "waiting",
      `${waiting.datagrams} datagrams, ${waiting.messages} messages, ${waiting.outgoing} to be sent`,
    ],
    ["datagrams", trafficText(health.datagrams)],
    ["messages", trafficText(health.messages)],
    ...counted.flatMap(([what, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => [what, `${count} ${reason}`]),
    ),
    ...health.peers.map(({ address, reached }) => [
      "peer",
      `${address} ${reached ? "reached" : "not reached"}`,
    ]),
    ["neighbours", String(health.neighbours.length)],
    ["to be told", `${health.owed} rumors`],
    [
      "stores",
      health.different_for_ms === 0
        ? "the same as others'"
        : `other than others' for ${Math.ceil(health.different_for_ms / 1000)} s`,
    ],
    ["state", disk.failure ?? (disk.behind ? "to be saved" : "saved")],
    ...(health.faults > 0 ? [["faults", String(health.faults)]] : []),
    ...(last_error === null ? [] : [["last error", `${last_error.line} (${last_error.seconds_ago} s ago)`]]),
  ];
}

function trafficText({ received, sent }: RingHealthReport["datagrams"]): string {
  return `${received.count} received (${formatBytes(received.bytes)}), ${sent.count} sent (${formatBytes(sent.bytes)})`;
}
