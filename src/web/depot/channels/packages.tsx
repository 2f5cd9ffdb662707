// What is in a channel: every release, or the newest of each package as a client of a platform gets it.
import { type ReactNode, useState } from "react";
import {
  Button,
  Checkbox,
  Link,
  ListSkeleton,
  SearchField,
  Select,
  Shown,
  State,
  useJson,
  useQueryWords,
  useSettled,
  VirtualList,
} from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import type { Ident, Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { identText } from "../ident/parse.ts";
import { PagedRows } from "../lists/paged-rows.tsx";
import { countText, takesPromotions } from "./actions.ts";
import { channelApi } from "./addresses.ts";
import type { ChannelViewProps } from "./page.tsx";

/** Platforms in the words of the original's pages (reference/depot-api.md §21). */
const TARGETS = [
  { value: "x86_64-linux", text: "Newest of each for Linux (x86_64)" },
  { value: "aarch64-linux", text: "Newest of each for Linux (aarch64)" },
  { value: "x86_64-windows", text: "Newest of each for Windows" },
  { value: "x86_64-linux-kernel2", text: "Newest of each for Linux 2" },
] as const;

const TYPING_MS = 200;

export function ChannelPackages({
  origin,
  channel,
  query,
  ask,
  mayPromote,
}: ChannelViewProps & { readonly mayPromote: boolean }): ReactNode {
  const setWords = useQueryWords();
  const target = TARGETS.find(({ value }) => value === query.get("newest"))?.value;
  const [text, setText] = useState(query.get("name") ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const name = useSettled(text.trim(), TYPING_MS);
  const choose = (ident: string, isChosen: boolean): void =>
    setChosen((before) => {
      const after = new Set(before);
      if (isChosen) after.add(ident);
      else after.delete(ident);
      return after;
    });
  const clear = (): void => setChosen(new Set());
  const row = (ident: Ident): ReactNode => (
    <PackageRow
      ident={ident}
      {...(mayPromote ? { isChosen: chosen.has(identText(ident)), onChoice: choose } : {})}
    />
  );
  return (
    <section className="section" aria-label={`Releases in ${channel}`}>
      <div className="filters">
        <SearchField
          label={target === undefined ? "Show only one package, by its whole name" : "Find a package"}
          placeholder={target === undefined ? "Whole name of a package" : "Find a package"}
          value={text}
          maxLength={255}
          onText={(typed) => {
            setText(typed);
            setWords({ name: typed });
          }}
        />
        <Select
          label="Which releases"
          isLabelHidden
          value={target ?? ""}
          options={[{ value: "", text: "All releases" }, ...TARGETS]}
          onChoice={(value) => setWords({ newest: value })}
        />
      </div>
      {chosen.size > 0 && (
        <div className="notice info selection" role="status">
          <span>{countText(chosen.size)} chosen</span>
          <Button
            size="compact"
            onClick={() =>
              ask({
                kind: "promote",
                promotion: { origin, from: channel, idents: [...chosen].sort(), onDone: clear },
              })
            }
          >
            Promote…
          </Button>
          {takesPromotions(channel) && (
            <Button
              size="compact"
              look="danger"
              onClick={() => ask({ kind: "demote", idents: [...chosen].sort(), onDone: clear })}
            >
              Remove from {channel}…
            </Button>
          )}
          <Button size="compact" look="plain" onClick={clear}>
            Clear
          </Button>
        </div>
      )}
      {target === undefined ? (
        <AllReleases origin={origin} channel={channel} name={name} render={row} />
      ) : (
        <NewestReleases origin={origin} channel={channel} target={target} name={name} render={row} />
      )}
    </section>
  );
}

interface ReleasesProps {
  readonly origin: string;
  readonly channel: string;
  readonly name: string;
  readonly render: (ident: Ident) => ReactNode;
}

function AllReleases({ origin, channel, name, render }: ReleasesProps): ReactNode {
  const parts = name === "" ? ["pkgs"] : ["pkgs", name];
  const address = (range: number): string => channelApi({ origin, channel }, parts, { range });
  const first = useJson<Page<Ident>>(address(0));
  return (
    <Shown known={first} skeleton={<ListSkeleton rows={8} />}>
      {({ total_count }) =>
        total_count === 0 ? (
          <Nothing name={name} channel={channel} />
        ) : (
          <div className="card">
            <PagedRows<Ident>
              label={`${countText(total_count)} in ${channel}`}
              total={total_count}
              address={address}
              render={render}
            />
          </div>
        )
      }
    </Shown>
  );
}

function NewestReleases({
  origin,
  channel,
  target,
  name,
  render,
}: ReleasesProps & { readonly target: string }): ReactNode {
  const known = useJson<{ readonly data: readonly Ident[] }>(
    channelApi({ origin, channel }, ["pkgs", "_latest"], { target }),
  );
  return (
    <Shown known={known} skeleton={<ListSkeleton rows={8} />}>
      {({ data }) => {
        const shown = data.filter((ident) => ident.name.toLowerCase().includes(name.toLowerCase()));
        return shown.length === 0 ? (
          <Nothing name={name} channel={channel} />
        ) : (
          <div className="card">
            <VirtualList
              label={`Newest releases in ${channel}`}
              rows={shown}
              keyOf={identText}
              rowRem={2.75}
              maxRows={14}
              render={render}
            />
          </div>
        );
      }}
    </Shown>
  );
}

function Nothing({ name, channel }: { readonly name: string; readonly channel: string }): ReactNode {
  return name === "" ? (
    <State title="Nothing is in this channel" icon="layers">
      {takesPromotions(channel)
        ? "Releases come here by promotion, from unstable or any other channel."
        : "Releases come here when they are uploaded."}
    </State>
  ) : (
    <State title="Nothing found" icon="search">
      No package of this name is in the channel.
    </State>
  );
}

interface PackageRowProps {
  readonly ident: Ident;
  readonly isChosen?: boolean;
  readonly onChoice?: (ident: string, isChosen: boolean) => void;
}

function PackageRow({ ident, isChosen, onChoice }: PackageRowProps): ReactNode {
  const text = identText(ident);
  return (
    <>
      {isChosen !== undefined && onChoice !== undefined && (
        <Checkbox
          label={`Choose ${text}`}
          isLabelHidden
          isChecked={isChosen}
          onChange={(value) => onChoice(text, value)}
        />
      )}
      <Link to={pageOf(ident)} className="grow plain-link" title={text}>
        <IdentText ident={ident} from="name" />
      </Link>
    </>
  );
}
