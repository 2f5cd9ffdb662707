// The time line: what this member has seen happen since its Supervisor runs.
import type { ReactNode } from "react";
import {
  ListSkeleton,
  Moment,
  numberText,
  PageHead,
  type PageProps,
  SearchField,
  Select,
  State,
  useQueryWords,
  VirtualList,
} from "../../shared/index.ts";
import { EventLine } from "../parts/event-line.tsx";
import { Told } from "../parts/told.tsx";
import { useHello, useTimeline, useTopic } from "../told/hooks.ts";
import type { TimelineEntry } from "../told/shapes.ts";

const KINDS = [
  { value: "", text: "Everything" },
  { value: "service", text: "Services" },
  { value: "health", text: "Health and readiness" },
  { value: "election", text: "Elections" },
  { value: "config", text: "Configuration and files" },
  { value: "member", text: "Members" },
] as const;

const OF_KIND: Readonly<Record<string, readonly TimelineEntry["kind"][]>> = {
  service: ["service"],
  health: ["health", "readiness"],
  election: ["election"],
  config: ["config", "file"],
  member: ["member"],
};

export default function EventsPage({ query }: PageProps): ReactNode {
  const isTold = useTopic("events");
  return (
    <div className="page">
      <PageHead title="Events">
        <p className="lede">
          What this member has seen since its Supervisor started. The last 1,000 events of services and groups
          are kept, and the last 1,000 of members.
        </p>
      </PageHead>
      <Told isTold={isTold} skeleton={<ListSkeleton rows={10} />}>
        <Timeline find={query.get("find") ?? ""} kind={query.get("kind") ?? ""} />
      </Told>
    </div>
  );
}

function Timeline({ find, kind }: { readonly find: string; readonly kind: string }): ReactNode {
  const all = useTimeline();
  const since = useHello()?.since;
  const setWords = useQueryWords();
  const kinds = OF_KIND[kind];
  const words = find.toLowerCase();
  const shown = all
    .filter(
      (entry) =>
        (kinds === undefined || kinds.includes(entry.kind)) &&
        (words === "" || textOf(entry).includes(words)),
    )
    .toReversed();
  return (
    <div className="stack">
      <div className="filters">
        <SearchField
          label="Find events by group, member or release"
          placeholder="Group, member or release"
          value={find}
          onText={(text) => setWords({ find: text })}
        />
        <Select
          label="Kind of event"
          isLabelHidden
          value={kind}
          options={KINDS}
          onChoice={(choice) => setWords({ kind: choice })}
        />
        <span className="soft small" role="status">
          {numberText(shown.length)} {shown.length === 1 ? "event" : "events"}
          {since !== undefined && (
            <>
              {" since "}
              <Moment at={since} />
            </>
          )}
        </span>
      </div>
      {shown.length === 0 ? (
        <State title={all.length === 0 ? "Nothing has happened yet" : "No event fits"} icon="clock">
          {all.length === 0 ? "What happens appears here by itself." : "Try fewer letters or another kind."}
        </State>
      ) : (
        <div className="card">
          <VirtualList
            label="Events, the newest first"
            rows={shown}
            keyOf={({ n }) => n}
            rowRem={3.25}
            maxRows={15}
            render={(entry) => <EventLine entry={entry} />}
          />
        </div>
      )}
    </div>
  );
}

/** All that an event says, to look for words in. */
function textOf(entry: TimelineEntry): string {
  return Object.values(entry).join(" ").toLowerCase();
}
