// A version: its releases, newest first.
import type { ReactNode } from "react";
import {
  CopyLine,
  Link,
  ListSkeleton,
  Moment,
  PageHead,
  type PageProps,
  releaseTime,
  Shown,
  State,
  Table,
  useJson,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { ListItem, Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { Pager, rangeOf } from "../ident/pager.tsx";
import { targetWords } from "../ident/parse.ts";
import { ChannelBadge } from "../ident/visibility.tsx";
import { channelToOffer, installCommand } from "./install-command.ts";

export default function VersionPage({ params, query }: PageProps): ReactNode {
  const { origin = "", name = "", version = "" } = params;
  const range = rangeOf(query);
  const releases = useJson<Page<ListItem>>(apiPath(["pkgs", origin, name, version], { range }));
  return (
    <div className="page">
      <PageHead
        title={`${origin}/${name}/${version}`}
        heading={<IdentText ident={{ origin, name, version }} strong="version" />}
        crumbs={[
          { text: "Packages", to: "/" },
          { text: origin, to: pageOf({ origin }) },
          { text: name, to: pageOf({ origin, name }) },
        ]}
      />
      {releases.data?.total_count === 0 ? (
        <State title="There is no such version">
          It may have been deleted, or only members of the origin may see it.{" "}
          <Link to={pageOf({ origin, name })}>All versions of this package</Link>
        </State>
      ) : (
        <>
          <CopyLine
            prompt="$ "
            label="Copy the install command"
            text={installCommand(
              { origin, name, version },
              channelToOffer(releases.data?.data[0]?.channels ?? []),
            )}
          />
          <div className="card">
            <Shown known={releases} skeleton={<ListSkeleton rows={8} />}>
              {(page) => (
                <>
                  <Table
                    caption="Releases, newest first"
                    rows={page.data}
                    keyOf={(row) => row.release ?? ""}
                    columns={[
                      {
                        title: "Release",
                        isLead: true,
                        cell: (row) => (
                          <Link to={pageOf(row)}>
                            <IdentText ident={row} from="release" strong="release" />
                          </Link>
                        ),
                      },
                      {
                        title: "Channels",
                        cell: (row) => (
                          <span className="row">
                            {[...new Set(row.channels)].map((channel) => (
                              <ChannelBadge key={channel} name={channel} />
                            ))}
                          </span>
                        ),
                      },
                      { title: "Platforms", cell: (row) => row.platforms.map(targetWords).join(", ") },
                      {
                        title: "Built",
                        isEnd: true,
                        cell: (row) => <Moment at={releaseTime(row.release ?? "") ?? row.release ?? ""} />,
                      },
                    ]}
                  />
                  <Pager page={page} base={pageOf({ origin, name, version })} noun="releases" />
                </>
              )}
            </Shown>
          </div>
        </>
      )}
    </div>
  );
}
