// The recorded cases, each fed as events to a whole member of ours: what it makes of them, in the form of the vectors.
import {
  type Address,
  type ElectionKind,
  hasQuorum,
  healthOf,
  insertMembership,
  type Member,
  type SwimMessage,
} from "../../../src/ring/index.ts";
import { Rig } from "../../../src/ring/machine/testing/rig.ts";
import restarts from "./election-restart.json";
import implicitDepartures from "./implicit-departure.json";
import bySource from "./membership-by-source.json";
import departures from "./merge-departure.json";
import inGroup from "./merge-election-in-group.json";
import outsideGroup from "./merge-election-outside-group.json";
import incarnations from "./merge-incarnation.json";
import memberships from "./merge-membership.json";
import {
  type ElectionForm,
  election,
  electionForm,
  type GroupCase,
  health,
  type MemberForm,
  member,
  memberForm,
  service,
} from "./model.ts";
import quorums from "./quorum.json";

export interface MachineCase {
  readonly name: string;
  /** What the original was seen to do. */
  readonly original: unknown;
  /** What ours makes of the same. */
  ours(): unknown;
}

const GROUP = "g.default";
const other = member("other", { address: "127.0.0.7", swim_port: 7, gossip_port: 7 });

/** A member that knows `m` as the case says, and another one. */
function knowing(stored: MemberForm | null | undefined): Rig {
  const rig = new Rig();
  rig.tell(other);
  if (stored) rig.tell(member("m", stored), health(stored.health!));
  return rig;
}

const merged = (
  memberships as unknown as {
    name: string;
    stored: MemberForm | null;
    incoming: MemberForm;
    result: MemberForm;
  }[]
).map(
  (c): MachineCase => ({
    name: c.name,
    original: c.result,
    ours() {
      const rig = knowing(c.stored);
      rig.tell(member("m", c.incoming), health(c.incoming.health!));
      return memberForm(rig.state, "m", Object.keys(c.result));
    },
  }),
);

interface SourceCase {
  name: string;
  by: "Ping" | "Ack" | "ProbePing" | "PingReq" | "Member rumor" | "piggyback";
  stored: MemberForm | null;
  incoming: MemberForm & { departed?: boolean; source_ip?: string };
  result: MemberForm | null;
  piggyback_applied?: boolean;
}

const told = member("told", { address: "127.0.0.6", swim_port: 6, gossip_port: 6 });

function hear(rig: Rig, { by, incoming }: SourceCase): void {
  const about: Member = {
    ...member("m", incoming),
    address: incoming.address ?? "",
    departed: incoming.departed ?? false,
  };
  const from: Address = { host: incoming.source_ip ?? "127.0.0.7", port: incoming.swim_port ?? 7 };
  const datagram = (message: SwimMessage): void => void rig.event({ kind: "datagram", from, message });
  switch (by) {
    case "Ping":
      datagram({ kind: "ping", from: about, membership: [] });
      return;
    case "Ack":
      datagram({ kind: "ack", from: about, membership: [] });
      return;
    case "ProbePing":
      datagram({ kind: "probe-ping", from: about, membership: [] });
      return;
    case "PingReq":
      datagram({
        kind: "ping-req",
        from: about,
        target: other,
        membership: [{ member: told, health: "alive" }],
      });
      return;
    case "Member rumor":
      rig.tell(about, health(incoming.health!), {}, "other");
      return;
    case "piggyback":
      datagram({
        kind: "ping",
        from: other,
        membership: [{ member: about, health: health(incoming.health!) }],
      });
  }
}

const sourced = (bySource as unknown as SourceCase[]).map(
  (c): MachineCase => ({
    name: c.name,
    original:
      c.piggyback_applied === undefined ? c.result : { result: c.result, applied: c.piggyback_applied },
    ours() {
      const rig = knowing(c.stored);
      hear(rig, c);
      const result = memberForm(rig.state, "m", Object.keys(c.result ?? {}));
      return c.piggyback_applied === undefined ? result : { result, applied: rig.state.members.has("told") };
    },
  }),
);

const versioned = (
  incarnations as unknown as {
    name: string;
    type: "Service" | "ServiceConfig" | "ServiceFile";
    stored_incarnation: string | null;
    incoming_incarnation?: string;
    kept: string;
  }[]
)
  .filter((c) => c.incoming_incarnation !== undefined)
  .map(
    (c): MachineCase => ({
      name: c.name,
      original: c.kept,
      ours() {
        const rig = knowing(null);
        const hearOf = (incarnation: bigint, text: string): void => {
          const common = { serviceGroup: GROUP, incarnation, encrypted: false, fromId: text };
          const content = Buffer.from(text);
          if (c.type === "Service") rig.service({ ...service("m1", GROUP, incarnation), pkg: text });
          else if (c.type === "ServiceConfig")
            rig.message({ kind: "service-config", fromId: text, value: { ...common, config: content } });
          else
            rig.message({
              kind: "service-file",
              fromId: text,
              value: { ...common, filename: "f", body: content },
            });
        };
        if (c.stored_incarnation !== null) hearOf(BigInt(c.stored_incarnation), "stored");
        hearOf(BigInt(c.incoming_incarnation!), "incoming");
        return {
          Service: rig.state.services.get(GROUP)?.get("m1")?.pkg,
          ServiceConfig: rig.state.serviceConfigs.get(GROUP)?.fromId,
          ServiceFile: rig.state.serviceFiles.get(GROUP)?.get("f")?.fromId,
        }[c.type];
      },
    }),
  );

const departed = (
  departures as unknown as {
    name: string;
    stored?: MemberForm | null;
    result: MemberForm | null;
    departed_members?: string[];
    service_rumors_kept?: Record<string, string[]>;
    self_departed: boolean;
  }[]
).map(
  (c): MachineCase => ({
    name: c.name,
    original: {
      result: c.result,
      selfDeparted: c.self_departed,
      ...(c.departed_members ? { departed: c.departed_members } : {}),
      ...(c.service_rumors_kept ? { kept: c.service_rumors_kept } : {}),
    },
    ours() {
      const id = c.self_departed ? "self" : "m";
      const rig = new Rig({ incarnation: 0n });
      if (c.self_departed) rig.tell(member("self"));
      rig.tell(member("n"));
      rig.service(service("n", GROUP));
      if (c.stored) {
        rig.tell(member("m", c.stored), health(c.stored.health!));
        for (const group of [GROUP, "h.default"]) rig.service(service("m", group));
      }
      for (let times = c.name.endsWith("received again") ? 2 : 1; times > 0; times--)
        rig.message({ kind: "departure", fromId: "butterflyclient", value: { memberId: id } });
      const kept = Object.entries(c.service_rumors_kept ?? {}).map(([group]) => [
        group,
        [...(rig.state.services.get(group)?.keys() ?? [])].sort(),
      ]);
      return {
        result: memberForm(rig.state, id, ["incarnation", "health"]),
        selfDeparted: rig.state.departed,
        ...(c.departed_members ? { departed: [...rig.state.departures.keys()] } : {}),
        ...(c.service_rumors_kept ? { kept: Object.fromEntries(kept) } : {}),
      };
    },
  }),
);

const replaced = (
  implicitDepartures as unknown as {
    name: string;
    group_before: Record<string, string>;
    incoming_service_of: string;
    incoming_incarnation: string;
    health_after: Record<string, string>;
  }[]
).map(
  (c): MachineCase => ({
    name: c.name,
    original: c.health_after,
    ours() {
      const rig = new Rig();
      const healths = Object.entries({ ...c.group_before, new: "Alive" });
      for (const [id] of healths) rig.tell(member(id), "alive");
      // All were well when they joined the group.
      for (const id of Object.keys(c.group_before)) rig.service(service(id, GROUP));
      for (const [id, text] of healths)
        insertMembership(rig.state, { member: member(id), health: health(text) }, 1);
      rig.service(service(c.incoming_service_of, GROUP, BigInt(c.incoming_incarnation)));
      return Object.fromEntries(
        Object.keys(c.health_after).map((id) => {
          const text = healthOf(rig.state, id) ?? "unknown";
          return [id, text.charAt(0).toUpperCase() + text.slice(1)];
        }),
      );
    },
  }),
);

const counted = quorums.map(
  (c): MachineCase => ({
    name: c.name,
    original: c.quorum,
    ours() {
      const rig = new Rig();
      for (const text of ["alive", "suspect", "confirmed", "departed", "unknown"] as const)
        for (let i = 0; i < c[text]; i++) {
          if (text !== "unknown") rig.tell(member(`${text}${i}`), text);
          rig.state.services.set(
            GROUP,
            (rig.state.services.get(GROUP) ?? new Map()).set(`${text}${i}`, service(`${text}${i}`, GROUP)),
          );
        }
      return hasQuorum(rig.state, GROUP);
    },
  }),
);

const kindOf = (type: string): ElectionKind => (type === "Election" ? "election" : "election-update");
const sorted = (form: ElectionForm | null): ElectionForm | null =>
  form && { ...form, votes: [...form.votes].sort() };
const heldBy = (rig: Rig, type: string): ElectionForm | null =>
  sorted(electionForm(rig.state[type === "Election" ? "elections" : "electionUpdates"].get(GROUP)));
const hearElection = (rig: Rig, type: string, form: ElectionForm): void => {
  rig.message({ kind: kindOf(type), fromId: form.candidate, value: election(form) });
};

const watched = (
  outsideGroup as unknown as {
    name: string;
    type: string;
    stored?: ElectionForm | null;
    incoming?: ElectionForm;
    sequence?: ElectionForm[];
    result: ElectionForm;
  }[]
).map(
  (c): MachineCase => ({
    name: c.name,
    original: sorted(c.result),
    ours() {
      const rig = new Rig();
      for (const form of [...(c.sequence ?? []), c.stored, c.incoming])
        if (form) hearElection(rig, c.type, form);
      return heldBy(rig, c.type);
    },
  }),
);

/** A member of the group that holds the election the case begins with. */
function inTheGroup(c: GroupCase): Rig {
  const rig = new Rig({ id: c.self });
  rig.event({
    kind: "elect",
    election: kindOf(c.type),
    serviceGroup: GROUP,
    suitability: c.type === "Election" ? BigInt(c.hook_suitability) : 0n,
  });
  for (const [id, text] of Object.entries(c.health)) {
    if (id === c.self) rig.state.members.set(id, { member: member(id), health: health(text), since: 0 });
    else rig.tell(member(id), health(text));
  }
  // As they were before: put in past the rules under test.
  rig.state.services.set(GROUP, new Map(c.group.map((id) => [id, service(id, GROUP)])));
  const store = rig.state[c.type === "Election" ? "elections" : "electionUpdates"];
  if (c.stored) store.set(GROUP, election(c.stored));
  return rig;
}

const voted = (inGroup as unknown as (GroupCase & { incoming: ElectionForm })[]).map(
  (c, index): MachineCase => ({
    name: `${index} ${c.type}: ${c.name}`,
    original: sorted(c.result),
    ours() {
      const rig = inTheGroup(c);
      hearElection(rig, c.type, c.incoming);
      return heldBy(rig, c.type);
    },
  }),
);

const restarted = (restarts as unknown as GroupCase[]).map(
  (c): MachineCase => ({
    name: c.name,
    original: sorted(c.result),
    ours() {
      const rig = inTheGroup(c);
      rig.event({ kind: "timer", lateMs: 0 });
      rig.wait(600);
      return heldBy(rig, c.type);
    },
  }),
);

export const groups: Readonly<Record<string, readonly MachineCase[]>> = {
  "membership by incarnation and health (§9.1)": merged,
  "membership by source (§9.2, §9.3)": sourced,
  "services, configuration and files by incarnation (§12.2)": versioned,
  "departures (§9.6)": departed,
  "a new member takes a dead one's place (§12.4)": replaced,
  "quorum (§13.2)": counted,
  "elections seen from outside the group (§13.4)": watched,
  "elections in the group (§13.3)": voted,
  "elections held anew (§13.5)": restarted,
};
