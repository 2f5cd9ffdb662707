// A release: what it is, how to install it, and behind tabs its read-me, its dependencies both ways, what is inside, its
// configuration, its plan and its records.
import { lazy, type ReactNode, Suspense, useLayoutEffect } from "react";
import {
  Badge,
  Busy,
  CopyButton,
  CopyLine,
  Facts,
  isAwaited,
  type Known,
  ListSkeleton,
  Moment,
  PageHead,
  type PageProps,
  releaseTime,
  Select,
  Shown,
  Skeleton,
  sizeText,
  Tabs,
  useJson,
  useRouter,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { Contents, FullIdent, ListItem, Package, PackageChannel, Page } from "../api/types.ts";
import ContentsTab from "../contents/tab.tsx";
import { IdentText } from "../ident/ident-text.tsx";
import { DEFAULT_TARGET, targetWords } from "../ident/parse.ts";
import { ChannelBadge, VisibilityBadge } from "../ident/visibility.tsx";
import { installCommand } from "../package/install-command.ts";
import { manifestFacts } from "./manifest.ts";
import RecordsTab from "./records-tab.tsx";
import { releaseTabs, type TabId, tabOf } from "./tabs.ts";
import TextTab from "./text-tab.tsx";

// What is large and only needed here is fetched when it is: the reader of read-mes is nearly half as large as all pages.
const loadReadMe = () => import("../readme/tab.tsx");
const ReadMeTab = lazy(loadReadMe);
const DependenciesTab = lazy(() => import("../graph/tab.tsx"));

export default function ReleasePage({ params, query }: PageProps): ReactNode {
  const { origin = "", name = "", version = "", release = "" } = params;
  const ident: FullIdent = { origin, name, version, release };
  const wanted = query.get("target") ?? undefined;
  const found = useJson<Package>(apiPath(["pkgs", origin, name, version, release], { target: wanted }));
  const target = found.data?.target ?? wanted ?? DEFAULT_TARGET;
  const tab = tabOf(query.get("tab"));
  // Beside the release, not after it. A failure is told where the tab is drawn.
  useLayoutEffect(() => {
    if (tab === "readme") loadReadMe().catch(() => undefined);
  }, [tab]);
  return (
    <div className="page">
      <PageHead
        title={`${origin}/${name}/${version}`}
        heading={<IdentText ident={ident} strong="version" />}
        crumbs={[
          { text: "Packages", to: "/" },
          { text: origin, to: pageOf({ origin }) },
          { text: name, to: pageOf({ origin, name }) },
          { text: version, to: pageOf({ origin, name, version }) },
        ]}
      />
      <Shown
        known={found}
        heading={2}
        skeleton={<Skeleton height="20rem" />}
        missing={{
          title: "There is no such release",
          advice:
            "It may have been deleted a moment ago, or only members of the origin may see it. The other versions of the package are one step up.",
        }}
      >
        {(pkg) => <Release pkg={pkg} target={target} tab={tab} wanted={wanted} />}
      </Shown>
    </div>
  );
}

interface ReleaseProps {
  readonly pkg: Package;
  readonly target: string;
  readonly tab: TabId;
  /** The target in the address. */
  readonly wanted: string | undefined;
}

function Release({ pkg, target, tab, wanted }: ReleaseProps): ReactNode {
  const { origin, name, version, release } = pkg.ident;
  const path = ["pkgs", origin, name, version, release];
  const contents = useJson<Contents>(apiPath([...path, "contents"], { target }));
  const channels = useJson<readonly PackageChannel[]>(apiPath([...path, "channels"], { target }));
  const facts = manifestFacts(contents.data?.manifest ?? "");
  return (
    <>
      <div className="release-top">
        <p className="lede release-lede" dir="auto" title={facts.description}>
          {contents.data === undefined ? "\u00a0" : facts.description || "No description"}
        </p>
        <div className="row release-badges">
          {pkg.channels.map((channel) => (
            <ChannelBadge key={channel} name={channel} />
          ))}
          <VisibilityBadge visibility={pkg.visibility} />
          {pkg.is_a_service && <Badge look="accent">service</Badge>}
        </div>
      </div>
      <CopyLine prompt="$ " label="Copy the install command" text={installCommand(pkg.ident)} />
      <div className={tab === "dependencies" ? "stack release" : "with-aside release"}>
        <div className="stack">
          <Tabs
            label="About this release"
            current={tab}
            tabs={releaseTabs(pkg, contents, (id) =>
              pageOf(pkg.ident, { target: wanted, tab: id === "readme" ? undefined : id }),
            )}
          />
          <Suspense
            fallback={
              <Busy>
                <ListSkeleton rows={10} />
              </Busy>
            }
          >
            {tab === "readme" && <ReadMeTab contents={contents} />}
            {tab === "dependencies" && <DependenciesTab pkg={pkg} target={target} wanted={wanted} />}
            {tab === "contents" && <ContentsTab contents={contents} />}
            {tab === "config" && <TextTab contents={contents} kind="config" />}
            {tab === "plan" && <TextTab contents={contents} kind="plan" />}
            {tab === "records" && <RecordsTab contents={contents} ident={pkg.ident} target={target} />}
          </Suspense>
        </div>
        <aside className="card card-body" aria-label="Facts">
          <PlatformChoice ident={pkg.ident} target={target} tab={tab} />
          <Facts
            entries={[
              ["Size", sizeText(pkg.size)],
              [
                "Installed",
                contents.data === undefined ? awaitedLine(contents) : sizeText(contents.data.total_bytes),
              ],
              ["Built", <Moment key="built" at={releaseTime(release) ?? release} />],
              ["Uploaded", <Moment key="uploaded" at={pkg.created_at} />],
              [
                "In channels since",
                channels.data === undefined ? (
                  isAwaited(channels) && <Skeleton height={`${pkg.channels.length * 1.5}em`} />
                ) : (
                  <ul key="channels">
                    {channels.data.map((channel) => (
                      <li key={channel.name} className="row between small">
                        {channel.name} <Moment at={channel.promoted_at} />
                      </li>
                    ))}
                  </ul>
                ),
              ],
              ["Ports", pkg.exposes.join(", ")],
              [
                "BLAKE2b checksum",
                <span key="checksum" className="row checksum">
                  <code>{pkg.checksum}</code>
                  <CopyButton text={pkg.checksum} label="Copy the checksum" />
                </span>,
              ],
              // What is read out of the package comes last, as it may come later.
              [
                "Signed with",
                contents.data === undefined ? (
                  awaitedLine(contents)
                ) : (
                  <code key="signer">{contents.data.signer}</code>
                ),
              ],
              ["License", facts.license],
              ["Maintainer", facts.maintainer],
              [
                "Home page",
                facts.upstream === undefined ? undefined : (
                  <Outside key="upstream" address={facts.upstream} />
                ),
              ],
            ]}
          />
        </aside>
      </div>
    </>
  );
}

/** Stands for a line that comes; nothing where it will not. */
function awaitedLine(known: Known<unknown>): ReactNode {
  return isAwaited(known) ? <Skeleton width="9rem" height="1.5em" /> : undefined;
}

/** Shown only where there is a choice. */
function PlatformChoice({ ident, target, tab }: { ident: FullIdent; target: string; tab: TabId }): ReactNode {
  const router = useRouter();
  const { origin, name, version, release } = ident;
  const list = useJson<Page<ListItem>>(apiPath(["pkgs", origin, name, version]));
  const platforms = list.data?.data.find((item) => item.release === release)?.platforms ?? [];
  if (platforms.length < 2) return <Facts entries={[["Platform", targetWords(target)]]} />;
  return (
    <Select
      label="Platform"
      value={target}
      options={platforms.map((platform) => ({ value: platform, text: targetWords(platform) }))}
      onChoice={(chosen) =>
        router.go(pageOf(ident, { target: chosen, tab: tab === "readme" ? undefined : tab }))
      }
    />
  );
}

/** A link of the package's maker: it leads away, and its target learns nothing of where from. */
export function Outside({ address }: { readonly address: string }): ReactNode {
  return (
    <a href={address} rel="noopener noreferrer nofollow external">
      {address.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")}
    </a>
  );
}
