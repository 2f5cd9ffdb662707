// An event of the time line in words.
import type { ReactNode } from "react";
import { Badge, type BadgeLook, Icon, type IconName, Link, Moment } from "../../shared/index.ts";
import type { TimelineEntry } from "../told/shapes.ts";
import { KnownMember } from "./member-name.tsx";
import { ShortRelease } from "./release.tsx";
import { visibleLine } from "./visible.ts";

const ICONS: Readonly<Record<TimelineEntry["kind"], IconName>> = {
  service: "box",
  health: "check",
  readiness: "check",
  config: "file",
  file: "file",
  election: "layers",
  member: "link",
};

function iconOf(entry: TimelineEntry): IconName {
  if (entry.kind === "readiness" && !entry.ready) return "clock";
  if (entry.kind === "health" && entry.result !== "ok") return entry.result === "unknown" ? "clock" : "alert";
  return ICONS[entry.kind];
}

export function EventLine({ entry }: { readonly entry: TimelineEntry }): ReactNode {
  return (
    <div className="event-line">
      <span className="soft">
        <Icon name={iconOf(entry)} size={16} />
      </span>
      <span className="event-what">
        <EventWords entry={entry} />
      </span>
      <span className="soft small event-when">
        <Moment at={entry.at} />
      </span>
    </div>
  );
}

function GroupName({ group }: { readonly group: string }): ReactNode {
  return (
    <Link to={`/groups/${encodeURIComponent(group)}`}>
      <bdi>{visibleLine(group)}</bdi>
    </Link>
  );
}

const LOOKS: Readonly<Record<string, BadgeLook>> = {
  ok: "good",
  warning: "warn",
  critical: "bad",
  alive: "good",
  suspect: "warn",
  confirmed: "bad",
};

function EventWords({ entry }: { readonly entry: TimelineEntry }): ReactNode {
  switch (entry.kind) {
    case "service":
      return (
        <>
          <GroupName group={entry.service_group} /> {serviceWords(entry)}{" "}
          <ShortRelease ident={entry.package} />
        </>
      );
    case "health":
      return (
        <>
          <GroupName group={entry.service_group} />{" "}
          <Badge look={LOOKS[entry.result]}>health {entry.result}</Badge>{" "}
          <span className="soft">was {entry.previous}</span>
        </>
      );
    case "readiness":
      return (
        <>
          <GroupName group={entry.service_group} />{" "}
          <Badge look={entry.ready ? "good" : "warn"}>
            {entry.draining ? "draining" : entry.ready ? "ready" : "not ready"}
          </Badge>{" "}
          <bdi className="soft">{visibleLine(entry.reasons.join("; "))}</bdi>
        </>
      );
    case "config":
      return (
        <>
          <GroupName group={entry.service_group} /> was given configuration, version {entry.incarnation}
        </>
      );
    case "file":
      return (
        <>
          <GroupName group={entry.service_group} /> was given the file{" "}
          <code dir="auto">{visibleLine(entry.filename)}</code>, version {entry.incarnation}
        </>
      );
    case "election":
      return (
        <>
          <GroupName group={entry.service_group} /> {electionWords(entry)}{" "}
          {entry.status === "finished" && entry.leader_id !== null && <KnownMember id={entry.leader_id} />}
        </>
      );
    case "member":
      return (
        <>
          <KnownMember id={entry.member_id} /> <span className="soft">{visibleLine(entry.address)}</span> is{" "}
          <Badge look={LOOKS[entry.health]}>{entry.health}</Badge>
        </>
      );
  }
}

function serviceWords(entry: Extract<TimelineEntry, { kind: "service" }>): string {
  if (entry.state === "unloaded") return "was unloaded:";
  if (entry.state === "up") return entry.initialized ? `is up (process ${entry.pid}):` : "has a process:";
  return entry.desired_state === "down" ? "was stopped:" : "is down:";
}

function electionWords({ election, status }: Extract<TimelineEntry, { kind: "election" }>): string {
  const what = election === "leader" ? "leader" : "leader of updates";
  switch (status) {
    case "none":
      return `elects no ${what}`;
    case "running":
      return `elects a ${what}`;
    case "no-quorum":
      return `cannot elect a ${what}: too few members are alive`;
    case "finished":
      return `has the ${what}`;
  }
}
