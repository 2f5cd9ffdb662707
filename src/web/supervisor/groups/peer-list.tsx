// The members of a group, be they two or a thousand.
import type { ReactNode } from "react";
import { State, VirtualList } from "../../shared/index.ts";
import { MemberBadge, RoleBadges } from "../parts/badges.tsx";
import { MemberName } from "../parts/member-name.tsx";
import { ShortRelease } from "../parts/release.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { PeerDocument } from "../told/shapes.ts";

export interface PeerListProps {
  readonly peers: readonly PeerDocument[];
  /** What they are to run; null where nobody says. */
  readonly release: string | null;
}

export function PeerList({ peers, release }: PeerListProps): ReactNode {
  if (peers.length === 0) return <State title="It has no members now" icon="layers" />;
  const sorted = peers.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  return (
    <div className="card">
      <VirtualList
        label="Members of the group"
        rows={sorted}
        keyOf={({ id }) => id}
        rowRem={4}
        maxRows={12}
        render={(peer) => <Peer peer={peer} isBehind={release !== null && peer.package !== release} />}
      />
    </div>
  );
}

/** Leaders first, then who has to do with an update, then those that live. */
function rank({ leader, update_leader, changing, health }: PeerDocument): number {
  if (leader || update_leader) return 0;
  if (changing) return 1;
  return health === "alive" ? 2 : health === "departed" ? 4 : 3;
}

function Peer({ peer, isBehind }: { readonly peer: PeerDocument; readonly isBehind: boolean }): ReactNode {
  return (
    <div className="two-lines">
      <div className="row">
        <MemberName id={peer.id} hostname={peer.hostname} self={peer.self} />
        {peer.health !== "alive" && <MemberBadge health={peer.health} />}
        <RoleBadges peer={peer} />
      </div>
      <div className="row small">
        <span className={isBehind ? "behind" : undefined}>
          <ShortRelease ident={peer.package} />
        </span>
        {isBehind && <span className="soft">to be updated</span>}
        {!peer.self && <OwnPages gateway={peer.gateway} of={peer.hostname || peer.id} />}
      </div>
    </div>
  );
}

/** The pages of another member: an address that it told, so only the form of one is taken. */
export function OwnPages({ gateway, of }: { readonly gateway: string; readonly of: string }): ReactNode {
  const address = /^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i.test(gateway) ? gateway : undefined;
  if (address === undefined) return null;
  return (
    <a href={`${window.location.protocol}//${address}/ui`} rel="noreferrer" className="soft own-pages">
      its pages<span className="visually-hidden">: {visibleLine(of)}</span>
    </a>
  );
}
