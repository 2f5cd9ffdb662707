// The members of the ring, as this one believes them to be: a thousand of them can be looked through.
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
import { OwnPages } from "../groups/peer-list.tsx";
import { MemberBadge } from "../parts/badges.tsx";
import { MemberName } from "../parts/member-name.tsx";
import { Hidden, Told, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import { useDocuments, useTopic } from "../told/hooks.ts";
import type { MemberDocument, SelfDocument } from "../told/shapes.ts";
import { HEALTHS, MemberSummary } from "./summary.tsx";

export default function RingPage({ query }: PageProps): ReactNode {
  const isTold = useTopic("ring");
  const isRedacted = useRedacted();
  return (
    <div className="page">
      <PageHead title="Ring">
        <p className="lede">
          Every Supervisor that this one knows, and what it believes of it. Others may believe otherwise for a
          moment.
        </p>
      </PageHead>
      {isRedacted ? (
        <Hidden what="the ring" />
      ) : (
        <Told isTold={isTold} skeleton={<ListSkeleton rows={10} />}>
          <Members find={query.get("find") ?? ""} health={query.get("health") ?? ""} />
        </Told>
      )}
    </div>
  );
}

function Members({ find, health }: { readonly find: string; readonly health: string }): ReactNode {
  const members = useDocuments("member");
  const setWords = useQueryWords();
  const shown = sorted(members.filter((member) => fits(member, find.toLowerCase(), health)));
  const counts = countsOf(members);
  return (
    <div className="stack">
      <section className="card card-body" aria-label="Health of the members">
        <MemberSummary counts={counts} />
      </section>
      <div className="filters">
        <SearchField
          label="Find a member by name, id, address or group"
          placeholder="Name, id, address or group"
          value={find}
          onText={(text) => setWords({ find: text })}
        />
        <Select
          label="Health"
          isLabelHidden
          value={health}
          onChoice={(choice) => setWords({ health: choice })}
          options={[
            { value: "", text: "Any health" },
            ...HEALTHS.map((each) => ({ value: each, text: `${each} (${counts[each]})` })),
          ]}
        />
        <span className="soft small" role="status">
          {shown.length === members.length
            ? `${numberText(members.length)} members`
            : `${numberText(shown.length)} of ${numberText(members.length)} members`}
        </span>
      </div>
      {shown.length === 0 ? (
        <State title="No member fits" icon="search">
          Try fewer letters or another health.
        </State>
      ) : (
        <div className="card">
          <VirtualList
            label="Members of the ring"
            rows={shown}
            keyOf={({ id }) => id}
            rowRem={4}
            maxRows={12}
            render={(member) => <Member member={member} />}
          />
        </div>
      )}
    </div>
  );
}

const ORDER: Readonly<Record<MemberDocument["health"], number>> = {
  suspect: 0,
  confirmed: 1,
  alive: 2,
  departed: 3,
};

/** What may need somebody first; this member before the others that are well. */
function sorted(members: readonly MemberDocument[]): MemberDocument[] {
  return members.toSorted(
    (a, b) =>
      ORDER[a.health] - ORDER[b.health] ||
      Number(b.self) - Number(a.self) ||
      (a.hostname === b.hostname ? (a.id < b.id ? -1 : 1) : a.hostname < b.hostname ? -1 : 1),
  );
}

function fits(member: MemberDocument, find: string, health: string): boolean {
  if (health !== "" && member.health !== health) return false;
  if (find === "") return true;
  return [member.id, member.hostname, member.address, ...member.groups].some((text) =>
    text.toLowerCase().includes(find),
  );
}

function countsOf(members: readonly MemberDocument[]): SelfDocument["members"] {
  const counts = { alive: 0, suspect: 0, confirmed: 0, departed: 0 };
  for (const { health } of members) counts[health] += 1;
  return counts;
}

function Member({ member }: { readonly member: MemberDocument }): ReactNode {
  return (
    <div className="two-lines">
      <div className="row between">
        <span className="row">
          <MemberName id={member.id} hostname={member.hostname} self={member.self} />
          <MemberBadge health={member.health} />
        </span>
        <span className="soft small member-since">
          since <Moment at={member.since} />
        </span>
      </div>
      <div className="row small soft">
        <code>{visibleLine(member.address)}</code>
        <span className="number">incarnation {String(member.incarnation)}</span>
        {member.permanent && <span>permanent</span>}
        {member.implementation === "habitat" && <span>Habitat</span>}
        {member.groups.length > 0 && <bdi>{visibleLine(member.groups.join(", "))}</bdi>}
        {!member.self && <OwnPages gateway={member.gateway} of={member.hostname || member.id} />}
      </div>
    </div>
  );
}
