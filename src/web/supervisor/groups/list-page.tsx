// The groups this member knows, its own and those of others.
import type { ReactNode } from "react";
import {
  Badge,
  Link,
  ListSkeleton,
  PageHead,
  type PageProps,
  SearchField,
  State,
  Table,
  useQueryWords,
} from "../../shared/index.ts";
import { KnownMember } from "../parts/member-name.tsx";
import { ShortRelease } from "../parts/release.tsx";
import { Hidden, Told, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import { useDocuments, useTopic } from "../told/hooks.ts";
import type { GroupDocument } from "../told/shapes.ts";

/** More are found by name. */
const MAX_SHOWN = 200;

export default function GroupsPage({ query }: PageProps): ReactNode {
  const isTold = useTopic("groups");
  const isRedacted = useRedacted();
  const setWords = useQueryWords();
  const find = query.get("find") ?? "";
  const groups = useDocuments("group")
    .filter(({ service_group }) => service_group.toLowerCase().includes(find.toLowerCase()))
    .toSorted((a, b) => (a.service_group < b.service_group ? -1 : 1));
  return (
    <div className="page">
      <PageHead title="Groups">
        <p className="lede">
          Services of the same kind on all members of the ring, as this member knows them.
        </p>
      </PageHead>
      {isRedacted ? (
        <Hidden what="groups" />
      ) : (
        <Told isTold={isTold} skeleton={<ListSkeleton rows={4} />}>
          <div className="stack">
            <div className="filters">
              <SearchField
                label="Find a group"
                placeholder="Find a group"
                value={find}
                onText={(text) => setWords({ find: text })}
              />
            </div>
            {groups.length === 0 ? (
              <State title={find === "" ? "There are no groups" : "No group fits"} icon="layers">
                {find === "" ? "A group appears with its first service." : "Try fewer letters."}
              </State>
            ) : (
              <div className="card">
                <GroupTable groups={groups.slice(0, MAX_SHOWN)} />
              </div>
            )}
            {groups.length > MAX_SHOWN && (
              <p className="soft">{groups.length - MAX_SHOWN} more: find them by name.</p>
            )}
          </div>
        </Told>
      )}
    </div>
  );
}

function GroupTable({ groups }: { readonly groups: readonly GroupDocument[] }): ReactNode {
  return (
    <Table
      caption="Service groups"
      rows={groups}
      keyOf={({ service_group }) => service_group}
      columns={[
        {
          title: "Group",
          isLead: true,
          cell: ({ service_group }) => (
            <Link to={`/groups/${encodeURIComponent(service_group)}`}>
              <bdi>{visibleLine(service_group)}</bdi>
            </Link>
          ),
        },
        {
          title: "Members",
          cell: ({ members, alive, serving }) => (
            <span className="number">
              {alive} of {members} alive{serving < alive ? `, ${serving} serve` : ""}
            </span>
          ),
        },
        { title: "Leader", cell: (group) => <Leader group={group} /> },
        {
          title: "Release",
          cell: ({ releases }) =>
            releases[0] === undefined ? (
              <span className="soft">–</span>
            ) : (
              <span className="row">
                <ShortRelease ident={releases[0].package} />
                {releases.length > 1 && <Badge look="warn">and {releases.length - 1} more</Badge>}
              </span>
            ),
        },
        {
          title: "Update",
          cell: ({ update }) =>
            update === null ? (
              <span className="soft">–</span>
            ) : (
              <Badge look={update.under_way ? "warn" : "good"}>
                {update.under_way ? `${update.done} of ${update.alive}` : "up to date"}
              </Badge>
            ),
        },
      ]}
    />
  );
}

function Leader({ group: { election, leader } }: { readonly group: GroupDocument }): ReactNode {
  if (election === null) return <span className="soft">–</span>;
  if (election.status === "no-quorum") return <Badge look="bad">no quorum</Badge>;
  if (leader === null) return <Badge look="warn">being elected</Badge>;
  return <KnownMember id={leader} />;
}
