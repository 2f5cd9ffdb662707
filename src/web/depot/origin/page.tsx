// An origin: its packages, by name, with what its stable channel offers of each.
import type { ReactNode } from "react";
import {
  Badge,
  isAwaited,
  Link,
  ListSkeleton,
  PageHead,
  type PageProps,
  Shown,
  State,
  Table,
  useJson,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { Ident, ListItem, Origin, Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { Pager, rangeOf } from "../ident/pager.tsx";
import { DEFAULT_TARGET } from "../ident/parse.ts";
import { useRoleAwaited } from "../session/session.ts";
import { OriginTabs } from "./origin-tabs.tsx";

export default function OriginPage({ params, query }: PageProps): ReactNode {
  const { origin = "" } = params;
  const range = rangeOf(query);
  const known = useJson<Origin>(apiPath(["origins", origin]));
  const packages = useJson<Page<ListItem>>(apiPath(["pkgs", origin], { distinct: true, range }));
  const stable = useJson<{ readonly data: readonly Ident[] }>(
    apiPath(["channels", origin, "stable", "pkgs", "_latest"], { target: DEFAULT_TARGET }),
  );
  const isRoleAwaited = useRoleAwaited();
  const inStable = new Map(stable.data?.data.map((ident) => [ident.name, ident]));
  return (
    <div className="page">
      <PageHead
        title={origin}
        heading={<IdentText ident={{ origin }} strong="origin" />}
        crumbs={[{ text: "Packages", to: "/" }]}
        isWaiting={isAwaited(known) || isRoleAwaited}
      >
        <p className="lede">
          {known.data === undefined ? (
            "\u00a0"
          ) : (
            <>
              Owned by <bdi>{known.data.owner_account}</bdi>. New packages are{" "}
              {known.data.default_package_visibility} unless said otherwise.
            </>
          )}
        </p>
      </PageHead>
      <OriginTabs origin={origin} current="packages" />
      {known.problem?.kind === "missing" ? (
        <State title="There is no such origin">
          It may have been deleted, or its name is mistyped. The search finds what is here.
        </State>
      ) : (
        <div className="card">
          <Shown known={packages} skeleton={<ListSkeleton rows={20} />}>
            {(page) =>
              page.data.length === 0 ? (
                <State title={range > 0 ? "There are no more packages" : "No packages you may see"}>
                  {range > 0 ? (
                    <Link to={pageOf({ origin })}>Back to the first ones</Link>
                  ) : (
                    "Packages that are private are shown to members of the origin who are signed in."
                  )}
                </State>
              ) : (
                <>
                  <Table
                    caption={`Packages of ${origin}`}
                    rows={page.data}
                    keyOf={(row) => row.name}
                    columns={[
                      {
                        title: "Package",
                        isLead: true,
                        cell: (row) => (
                          <Link to={pageOf({ origin, name: row.name })}>
                            <IdentText ident={row} from="name" />
                          </Link>
                        ),
                      },
                      {
                        title: "Stable",
                        cell: (row) => {
                          const head = inStable.get(row.name);
                          return head === undefined ? (
                            <span className="soft">–</span>
                          ) : (
                            <Link to={pageOf(head)}>
                              <IdentText ident={{ ...head, release: null }} from="version" strong="version" />
                            </Link>
                          );
                        },
                      },
                    ]}
                  />
                  <Pager page={page} base={pageOf({ origin })} noun="packages" />
                </>
              )
            }
          </Shown>
        </div>
      )}
      {known.data?.default_package_visibility === "private" && (
        <p className="soft small">
          <Badge look="warn">private</Badge> Only members see what is uploaded here from now on.
        </p>
      )}
    </div>
  );
}
