// Members by name: the host's where it is known, with the beginning of the id.
import type { ReactNode } from "react";
import { Link } from "../../shared/index.ts";
import { useDocuments } from "../told/hooks.ts";
import { visibleLine } from "./visible.ts";

export interface MemberNameProps {
  readonly id: string;
  readonly hostname?: string | undefined;
  readonly self?: boolean;
}

/** Leads to the member in the list of the ring. */
export function MemberName({ id, hostname = "", self = false }: MemberNameProps): ReactNode {
  return (
    <span className="member-name">
      <Link to={`/ring?find=${encodeURIComponent(id)}`} className="member-name" title={visibleLine(id)}>
        {hostname !== "" && <bdi>{visibleLine(hostname)}</bdi>}
        <code className={hostname === "" ? undefined : "soft"}>{shortId(id)}</code>
      </Link>
      {self && <span className="soft small">this one</span>}
    </span>
  );
}

export function shortId(id: string): string {
  return visibleLine(id).slice(0, 8);
}

/** The host's name of a member, from whatever has been told of it. */
export function useHostname(id: string | null): string | undefined {
  const self = useDocuments("self")[0];
  const peers = useDocuments("peer");
  const members = useDocuments("member");
  const groups = useDocuments("group");
  if (id === null) return undefined;
  if (self?.member_id === id) return self.hostname;
  return (
    groups.find(({ hosts }) => Object.hasOwn(hosts, id))?.hosts[id] ??
    peers.find((peer) => peer.id === id)?.hostname ??
    members.find((member) => member.id === id)?.hostname
  );
}

/** A member of which only the id is at hand. */
export function KnownMember({ id }: { readonly id: string }): ReactNode {
  const self = useDocuments("self")[0]?.member_id === id;
  return <MemberName id={id} hostname={useHostname(id)} self={self} />;
}
