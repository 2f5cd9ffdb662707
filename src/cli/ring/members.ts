// `hab ring members`: whom the local Supervisor knows in its ring. Beyond the original.
import type { RingMemberReport } from "../../supervisor/index.ts";
import { formatTable } from "../../ui/index.ts";
import { defineCommand } from "../command.ts";
import { askRing, formatAge, gatewayOptions } from "./ask.ts";

const HEADING = ["member", "health", "since", "incarnation", "address", "permanent", "program"];

export const command = defineCommand({
  summary: "Show the members of the ring",
  description:
    "What the Supervisor believes of each member: its health and for how long, its incarnation (raised by a member when it " +
    "contradicts what others say of it), where it is reached, and whether it runs hab or Habitat. The Supervisor that is " +
    "asked comes first.",
  examples: [
    { command: "hab ring members", explains: "as the Supervisor of this machine sees them" },
    { command: "hab ring members --gateway 10.0.0.7", explains: "as another one sees them" },
    { command: "hab ring members --json", explains: "for a script" },
  ],
  options: gatewayOptions(),
  json: true,
  async run(context) {
    const members = await askRing<readonly RingMemberReport[]>(context, "members");
    if (context.json) return context.printJson(members);
    context.stdout.write(formatTable([HEADING, ...members.map(row)]));
  },
});

function row(member: RingMemberReport): string[] {
  return [
    member.id,
    member.health,
    formatAge(member.since_seconds),
    String(member.incarnation),
    member.address,
    member.permanent ? "yes" : "no",
    member.self ? "hab (asked)" : member.implementation,
  ];
}
