// `hab ring rumors`: what the local Supervisor has stored of what members tell each other. Beyond the original.
import type { RingRumorReport } from "../../supervisor/index.ts";
import { formatBytes, formatTable } from "../../ui/index.ts";
import { defineCommand, option } from "../command.ts";
import { choice } from "../values.ts";
import { askRing, gatewayOptions } from "./ask.ts";

const HEADING = ["kind", "group", "of", "incarnation", "size", "state"];

export const command = defineCommand({
  summary: "Show the rumors of the ring",
  description:
    "Services, configuration, files, elections and departures that the Supervisor has stored. Of two rumors on the same " +
    "thing the one with the higher incarnation stays: the version of a configuration or file, the term of an election.",
  examples: [
    { command: "hab ring rumors", explains: "all of them" },
    {
      command: "hab ring rumors --kind service-config",
      explains: "which version of which configuration has come here",
    },
    { command: "hab ring rumors --json", explains: "for a script" },
  ],
  options: {
    kind: option({
      long: "kind",
      value: "KIND",
      help: "Only rumors of this kind",
      type: choice("service", "service-config", "service-file", "election", "election-update", "departure"),
    }),
    ...gatewayOptions(),
  },
  json: true,
  async run(context) {
    const { options, json, printJson, stdout } = context;
    const all = await askRing<readonly RingRumorReport[]>(context, "rumors");
    const rumors = options.kind === undefined ? all : all.filter(({ kind }) => kind === options.kind);
    if (json) return printJson(rumors);
    stdout.write(rumors.length === 0 ? "No rumors.\n" : formatTable([HEADING, ...rumors.map(row)]));
  },
});

function row(rumor: RingRumorReport): string[] {
  return [
    rumor.kind,
    rumor.service_group ?? "",
    rumor.filename ?? rumor.member_id ?? "",
    String(rumor.incarnation),
    formatBytes(rumor.bytes),
    rumor.state ?? "",
  ];
}
