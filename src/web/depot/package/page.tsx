// A package: what its channels offer, how to install it, and all its versions.
import type { ReactNode } from "react";
import {
  Badge,
  CopyLine,
  isAwaited,
  Link,
  ListSkeleton,
  Moment,
  numberText,
  PageHead,
  type PageProps,
  Shown,
  State,
  useJson,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { PackageOverview, Version } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { targetWords } from "../ident/parse.ts";
import { ChannelBadge } from "../ident/visibility.tsx";
import { channelToOffer, installCommand } from "./install-command.ts";
import { VersionList } from "./version-list.tsx";

export default function PackagePage({ params }: PageProps): ReactNode {
  const { origin = "", name = "" } = params;
  const versions = useJson<readonly Version[]>(apiPath(["pkgs", origin, name, "versions"]));
  const overview = useJson<PackageOverview>(apiPath(["overview", origin, name]));
  return (
    <div className="page">
      <PageHead
        title={`${origin}/${name}`}
        heading={<IdentText ident={{ origin, name }} />}
        crumbs={[
          { text: "Packages", to: "/" },
          { text: origin, to: pageOf({ origin }) },
        ]}
        isWaiting={isAwaited(overview)}
        actions={overview.data?.is_a_service === true ? <Badge look="accent">service</Badge> : undefined}
      >
        <p className="lede" dir="auto">
          {overview.data === undefined ? "\u00a0" : overview.data.description || "No description"}
        </p>
      </PageHead>
      {versions.data?.length === 0 ? (
        <State title="There is no such package">
          It may have been deleted, its name is mistyped, or only members of the origin may see it.
        </State>
      ) : (
        <>
          <CopyLine
            prompt="$ "
            label="Copy the install command"
            text={installCommand(
              { origin, name },
              channelToOffer(overview.data?.heads.map(({ channel }) => channel) ?? []),
            )}
          />
          <div className="with-aside">
            <section className="section" aria-labelledby="versions">
              <h2 id="versions">
                Versions{" "}
                {versions.data !== undefined && (
                  <span className="soft number">{numberText(versions.data.length)}</span>
                )}
              </h2>
              <div className="card">
                <Shown known={versions} skeleton={<ListSkeleton rows={12} />}>
                  {(all) => <VersionList versions={all} />}
                </Shown>
              </div>
            </section>
            <section className="section" aria-labelledby="channels">
              <h2 id="channels">Channels</h2>
              <div className="card">
                <Shown known={overview} skeleton={<ListSkeleton rows={4} />}>
                  {({ heads }) => <Heads heads={heads} />}
                </Shown>
              </div>
            </section>
          </div>
        </>
      )}
    </div>
  );
}

function Heads({ heads }: { readonly heads: PackageOverview["heads"] }): ReactNode {
  const isManyTargets = new Set(heads.map(({ target }) => target)).size > 1;
  return (
    <ul className="list">
      {heads.map((head) => (
        <li key={`${head.channel} ${head.target}`} className="list-row">
          <ChannelBadge name={head.channel} />
          <Link to={pageOf(head, { target: head.target })}>
            <IdentText ident={{ ...head, release: null }} from="version" strong="version" />
          </Link>
          <span className="soft small full">
            {isManyTargets && `${targetWords(head.target)}, `}
            <Moment at={head.promoted_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
