// `hab ring status`: whether all is well with the ring, as the local Supervisor sees it. Beyond the original.
import type { RingGroupReport, RingStatusReport } from "../../supervisor/index.ts";
import { formatTable } from "../../ui/index.ts";
import { defineCommand } from "../command.ts";
import { askRing, gatewayOptions } from "./ask.ts";

const HEADING = ["group", "alive", "members", "election", "quorum", "leader"];
const UPDATE_HEADING = ["group", "done", "release", "changing", "update leader"];
const NOT_WELL_EXIT_CODE = 1;

export const command = defineCommand({
  summary: "Say whether all is well with the ring",
  description:
    "Shows how many members there are, each group's election and how far its rolling update is, and says what is not as it " +
    "should be: members that do not answer, groups that cannot elect a leader, updates that wait, peers that were never " +
    "reached. Exit code 1 when there is anything of the kind.",
  examples: [
    { command: "hab ring status", explains: "as the Supervisor of this machine sees it" },
    { command: "hab ring status --json", explains: "for monitoring" },
    { command: "hab ring status >/dev/null && deploy", explains: "go on only when all is well" },
  ],
  options: gatewayOptions(),
  json: true,
  async run(context) {
    const { json, printJson, stdout, ui } = context;
    const status = await askRing<RingStatusReport>(context, "status");
    const exitCode = status.problems.length === 0 ? 0 : NOT_WELL_EXIT_CODE;
    if (json) {
      printJson(status);
      return exitCode;
    }
    const counts = Object.entries(status.members).filter(
      ([health, count]) => count > 0 || health === "alive",
    );
    stdout.write(
      formatTable([
        ["member", status.member_id],
        ["address", status.address],
        ["incarnation", String(status.incarnation)],
        ["ring key", status.ring_key ?? "none: the ring is not encrypted"],
        ["members", counts.map(([health, count]) => `${count} ${health}`).join(", ")],
      ]),
    );
    if (status.groups.length > 0) stdout.write(`\n${formatTable([HEADING, ...status.groups.map(row)])}`);
    const updating = status.groups.filter(({ update }) => update !== null);
    if (updating.length > 0)
      stdout.write(`\n${formatTable([UPDATE_HEADING, ...updating.flatMap(updateRow)])}`);
    for (const problem of status.problems) ui.warn(problem);
    return exitCode;
  },
});

function row(group: RingGroupReport): string[] {
  return [
    group.service_group,
    String(group.alive),
    String(group.members),
    group.election,
    group.quorum === null ? "" : group.quorum ? "yes" : "no",
    group.leader ?? "",
  ];
}

function updateRow({ service_group, alive, update }: RingGroupReport): string[][] {
  if (update === null) return [];
  const { leader, release, done, changing } = update;
  return [[service_group, `${done} of ${alive}`, release ?? "", changing.join(" "), leader ?? ""]];
}
