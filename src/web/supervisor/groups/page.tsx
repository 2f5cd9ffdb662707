// One group: its members, who leads, how an election or an update goes.
import { type ReactNode, useRef } from "react";
import { Badge, Facts, Link, PageHead, type PageProps, PageSkeleton, State } from "../../shared/index.ts";
import { KnownMember } from "../parts/member-name.tsx";
import { ShortRelease } from "../parts/release.tsx";
import { Hidden, Told, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import { useDocument, useDocuments, useTopic } from "../told/hooks.ts";
import type { ElectionDocument, GroupDocument } from "../told/shapes.ts";
import { groupTopic } from "../told/topics.ts";
import { PeerList } from "./peer-list.tsx";
import { UpdateProgress } from "./update-progress.tsx";

export default function GroupPage({ params }: PageProps): ReactNode {
  const { group: name = "" } = params;
  const isTold = useTopic(groupTopic(name));
  const isRedacted = useRedacted();
  const group = useDocument("group", name);
  const wasThere = useRef(false);
  if (group !== undefined) wasThere.current = true;
  if (isRedacted)
    return (
      <div className="page">
        <PageHead title={visibleLine(name)} crumbs={[{ text: "Groups", to: "/groups" }]} />
        <Hidden what="groups" />
      </div>
    );
  return (
    <Told isTold={isTold} skeleton={<PageSkeleton />}>
      {group === undefined ? (
        <div className="page">
          <PageHead title={visibleLine(name)} crumbs={[{ text: "Groups", to: "/groups" }]} />
          <State
            icon="layers"
            title={wasThere.current ? "This group has just gone" : "This member knows no such group"}
            action={
              <Link to="/groups" className="button">
                All groups
              </Link>
            }
          >
            A group appears with the first service in it, on any member of the ring.
          </State>
        </div>
      ) : (
        <Shown group={group} />
      )}
    </Told>
  );
}

function Shown({ group }: { readonly group: GroupDocument }): ReactNode {
  const { service_group, members, alive, serving, update } = group;
  const peers = useDocuments("peer").filter((peer) => peer.service_group === service_group);
  const isHere = peers.some(({ self }) => self);
  const own = service_group.split(".")[0] ?? "";
  return (
    <div className="page">
      <PageHead
        title={visibleLine(service_group)}
        crumbs={[{ text: "Groups", to: "/groups" }]}
        actions={
          isHere && (
            <Link className="button" to={`/services/${encodeURIComponent(own)}`}>
              The service on this member
            </Link>
          )
        }
      >
        <p className="lede">
          {members === 0
            ? "Nobody runs this service now."
            : `${alive} of ${members} members ${members === 1 ? "is" : "are"} alive, ${serving} take work.`}
        </p>
      </PageHead>
      {update !== null && (
        <section className="card card-body stack" aria-labelledby="update">
          <h2 id="update">Rolling update</h2>
          <UpdateProgress group={group} />
        </section>
      )}
      <div className="with-aside">
        <section className="section" aria-labelledby="members">
          <h2 id="members">Members</h2>
          <PeerList peers={peers} release={update?.release ?? null} />
        </section>
        <aside className="stack" aria-label="Of the group">
          <Election group={group} />
          <Belongings group={group} />
        </aside>
      </div>
    </div>
  );
}

const ELECTIONS: Readonly<Record<ElectionDocument["status"], ReactNode>> = {
  none: "none",
  running: <Badge look="warn">under way</Badge>,
  "no-quorum": <Badge look="bad">no quorum</Badge>,
  finished: <Badge look="good">finished</Badge>,
};

function Election({ group: { election, leader } }: { readonly group: GroupDocument }): ReactNode {
  if (election === null)
    return (
      <section className="card card-body stack" aria-labelledby="leader">
        <h2 id="leader">Leader</h2>
        <p className="soft">This group elects none: its services are standalone.</p>
      </section>
    );
  return (
    <section className="card card-body stack" aria-labelledby="leader">
      <h2 id="leader">Leader</h2>
      <Facts
        entries={[
          ["Leads", leader === null ? "nobody yet" : <KnownMember key="leader" id={leader} />],
          ["Election", ELECTIONS[election.status]],
          [
            "Candidate",
            election.status === "finished" ? undefined : <KnownMember key="c" id={election.candidate} />,
          ],
          ["Suitability", String(election.suitability)],
          ["Term", String(election.term)],
          ["Votes", `${election.votes}, and ${election.electorate} can vote now`],
          ["Quorum", election.quorum ? "there is one" : "too few members are alive"],
        ]}
      />
    </section>
  );
}

function Belongings({
  group: { releases, config_version, files },
}: {
  readonly group: GroupDocument;
}): ReactNode {
  return (
    <section className="card card-body stack" aria-labelledby="has">
      <h2 id="has">What it has</h2>
      <Facts
        entries={[
          [
            "Releases",
            <ul key="releases">
              {releases.map((release) => (
                <li key={release.package} className="row between">
                  <ShortRelease ident={release.package} />
                  <span className="soft number">{release.members}</span>
                </li>
              ))}
            </ul>,
          ],
          ["Configuration", config_version === null ? "none applied" : `version ${config_version} applied`],
          [
            "Files",
            files.length === 0 ? undefined : (
              <ul key="files">
                {files.map(({ name, version }) => (
                  <li key={name} className="row between">
                    <code dir="auto">{visibleLine(name)}</code>
                    <span className="soft number">{version}</span>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
    </section>
  );
}
