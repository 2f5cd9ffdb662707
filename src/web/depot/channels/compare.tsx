// What sets a channel apart: from another channel of its origin, or from itself at an earlier state.
import type { ReactNode } from "react";
import {
  Button,
  Link,
  ListSkeleton,
  numberText,
  Select,
  Shown,
  State,
  useJson,
  useQueryWords,
  VirtualList,
} from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import type { Comparison, NewerRelease } from "../api/channels.ts";
import { IdentList } from "../ident/ident-list.tsx";
import { identOf } from "../ident/parse.ts";
import { countText, takesPromotions } from "./actions.ts";
import { channelApi, channelPage, channelsApi } from "./addresses.ts";
import type { ChannelViewProps } from "./page.tsx";

export function ChannelCompare({
  origin,
  channel,
  query,
  ask,
  mayPromote,
}: ChannelViewProps & { readonly mayPromote: boolean }): ReactNode {
  const setWords = useQueryWords();
  const channels = useJson<readonly { readonly name: string }[]>(channelsApi(origin));
  const at = /^[0-9]{1,9}$/.test(query.get("at") ?? "") ? (query.get("at") ?? undefined) : undefined;
  const others = (channels.data ?? []).map(({ name }) => name).filter((name) => name !== channel);
  const wanted = query.get("with");
  // The channel that most is promoted to or from.
  const other = wanted ?? others.find((name) => name === "stable") ?? others[0];
  const isPast = at !== undefined;
  const comparison = useJson<Comparison>(
    isPast
      ? channelApi({ origin, channel }, ["compare"], { at })
      : other === undefined
        ? undefined
        : channelApi({ origin, channel }, ["compare"], { with: other }),
  );
  const here = isPast ? `state ${at}` : channel;
  const there = isPast ? "now" : (other ?? "");
  return (
    <section className="section" aria-label="Difference">
      {isPast ? (
        <p className="row">
          <span>
            {channel} at state {at}, beside what it holds now.
          </span>
          <Link to={channelPage({ origin, channel }, { tab: "compare" })} className="button compact">
            Compare with another channel
          </Link>
        </p>
      ) : (
        <div className="filters">
          <Select
            label={`Compare ${channel} with`}
            value={other ?? ""}
            options={others.map((name) => ({ value: name, text: name }))}
            onChoice={(value) => setWords({ with: value })}
          />
        </div>
      )}
      {!isPast && channels.data !== undefined && other === undefined ? (
        <State title="There is no other channel" icon="layers">
          With a second channel you see here what it has that this one has not.
        </State>
      ) : (
        <Shown known={comparison} skeleton={<ListSkeleton rows={6} />}>
          {(difference) => (
            <Difference
              difference={difference}
              here={here}
              there={there}
              isPast={isPast}
              {...(mayPromote && !isPast
                ? {
                    onPromote: (from: string, to: string, idents: readonly string[]) =>
                      ask({ kind: "promote", promotion: { origin, from, to, idents } }),
                  }
                : {})}
            />
          )}
        </Shown>
      )}
    </section>
  );
}

interface DifferenceProps {
  readonly difference: Comparison;
  readonly here: string;
  readonly there: string;
  readonly isPast: boolean;
  readonly onPromote?: (from: string, to: string, idents: readonly string[]) => void;
}

function Difference({ difference, here, there, isPast, onPromote }: DifferenceProps): ReactNode {
  const { only_here, only_there, newer_here, newer_there, same, complete } = difference;
  if (only_here.length + only_there.length === 0)
    return (
      <State title="No difference" icon="check">
        Both hold the same {countText(same)}.
      </State>
    );
  const side = (title: string, idents: readonly string[], from: string, to: string): ReactNode => (
    <section className="section" aria-label={title}>
      <div className="row between">
        <h2>
          {title} <span className="soft number">{numberText(idents.length)}</span>
        </h2>
        {onPromote !== undefined && idents.length > 0 && takesPromotions(to) && (
          <Button size="compact" onClick={() => onPromote(from, to, idents)}>
            Promote to {to}…
          </Button>
        )}
      </div>
      {idents.length === 0 ? (
        <p className="soft small">Nothing.</p>
      ) : (
        <div className="card">
          <IdentList label={title} idents={idents} maxRows={10} />
        </div>
      )}
    </section>
  );
  return (
    <div className="stack">
      <p className="soft">
        {countText(same)} {same === 1 ? "is" : "are"} in both.
        {!complete && " The lists are cut short: the difference is larger than what is shown."}
      </p>
      <div className="halves">
        {side(isPast ? `Only at ${here}` : `Only in ${here}`, only_here, here, there)}
        {side(isPast ? "Only now" : `Only in ${there}`, only_there, there, here)}
      </div>
      <Newer
        title={`Newer ${isPast ? "at" : "in"} ${here}`}
        here={here}
        there={there}
        rows={newer_here}
        isHereNewer
      />
      <Newer title={`Newer ${isPast ? "" : "in "}${there}`} here={here} there={there} rows={newer_there} />
    </div>
  );
}

interface NewerProps {
  readonly title: string;
  readonly here: string;
  readonly there: string;
  readonly rows: readonly NewerRelease[];
  readonly isHereNewer?: boolean;
}

function Newer({ title, here, there, rows, isHereNewer = false }: NewerProps): ReactNode {
  if (rows.length === 0) return null;
  return (
    <section className="section" aria-label={title}>
      <h2>
        {title} <span className="soft number">{numberText(rows.length)}</span>
      </h2>
      <div className="card">
        <VirtualList
          label={title}
          rows={rows}
          keyOf={(row) => `${row.name} ${row.target}`}
          rowRem={3.5}
          maxRows={8}
          render={(row) => (
            <>
              <span className="grow stacked">
                <strong title={row.name}>{row.name}</strong>
                <span className="soft small">{row.target}</span>
              </span>
              <span className="stacked end">
                <Version where={here} ident={row.here} isNewer={isHereNewer} />
                <Version where={there} ident={row.there} isNewer={!isHereNewer} />
              </span>
            </>
          )}
        />
      </div>
    </section>
  );
}

interface VersionProps {
  readonly where: string;
  readonly ident: string;
  readonly isNewer: boolean;
}

function Version({ where, ident, isNewer }: VersionProps): ReactNode {
  const parsed = identOf(ident);
  return (
    <span className="small version-line">
      <span className="soft">{where} </span>
      <Link to={pageOf(parsed)} className={isNewer ? "plus" : "soft"} title={ident}>
        <span className="ident">
          {parsed.version}/{parsed.release}
        </span>
      </Link>
    </span>
  );
}
