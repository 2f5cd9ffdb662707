// How far the rolling update of a group is.
import type { ReactNode } from "react";
import { Badge, Link } from "../../shared/index.ts";
import { KnownMember } from "../parts/member-name.tsx";
import { Meter } from "../parts/meter.tsx";
import { ShortRelease } from "../parts/release.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { GroupDocument } from "../told/shapes.ts";

export interface UpdateProgressProps {
  readonly group: GroupDocument;
  /** With the name of the group. */
  readonly isTitled?: boolean;
}

/** Nothing where the group does not update with the strategy `rolling`. */
export function UpdateProgress({ group, isTitled = false }: UpdateProgressProps): ReactNode {
  const { update, service_group } = group;
  if (update === null) return null;
  const { done, alive, release, leader, changing, under_way } = update;
  return (
    <div className="update-progress">
      <div className="row between">
        <span className="row">
          {isTitled && (
            <Link to={`/groups/${encodeURIComponent(service_group)}`}>
              <bdi>{visibleLine(service_group)}</bdi>
            </Link>
          )}
          <Badge look={under_way ? "warn" : "good"}>{under_way ? "under way" : "up to date"}</Badge>
          {release !== null && <ShortRelease ident={release} />}
        </span>
        <span className="number">
          {done} of {alive} {alive === 1 ? "member" : "members"}
        </span>
      </div>
      <Meter
        label={`${done} of ${alive} members are at the release`}
        parts={[
          { look: "good", count: done },
          { look: "warn", count: changing.length },
          { look: "rest", count: Math.max(0, alive - done - changing.length) },
        ]}
      />
      <p className="soft small row update-now">
        {leader === null ? (
          "Nobody leads the update yet."
        ) : (
          <>
            Led by <KnownMember id={leader} />
          </>
        )}
        {changing.map((id) => (
          <span key={id} className="row">
            now changing: <KnownMember id={id} />
          </span>
        ))}
      </p>
    </div>
  );
}
