// What became of a channel: each change with who, when, what and from where, and the ways from there.
import { type ReactNode, useState } from "react";
import { Button, Link, ListSkeleton, Moment, numberText, Shown, State, useJson } from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import type { Change, ChangeItem } from "../api/channels.ts";
import type { Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { identOf } from "../ident/parse.ts";
import { MoreButton } from "../lists/more-button.tsx";
import { PagedRows } from "../lists/paged-rows.tsx";
import { useMore } from "../lists/use-more.ts";
import { changeText } from "./actions.ts";
import { channelApi, channelPage, requestPage } from "./addresses.ts";
import type { ChannelViewProps } from "./page.tsx";

/** Idents that a change shows without being asked. */
const FIRST_IDENTS = 3;

export function ChannelHistory({
  origin,
  channel,
  ask,
  mayRollBack,
}: ChannelViewProps & { readonly mayRollBack: boolean }): ReactNode {
  const more = useMore<Change>((words) => channelApi({ origin, channel }, ["history"], words));
  return (
    <section className="section" aria-label={`History of ${channel}`}>
      <Shown known={more.known} skeleton={<ListSkeleton rows={6} />}>
        {(list) =>
          list.items.length === 0 ? (
            <State title="Nothing has happened yet" icon="clock">
              Every change of this channel will be noted here.
            </State>
          ) : (
            <>
              <ol className="timeline card">
                {list.items.map((change, index) => (
                  <li key={change.id}>
                    <ChangeEntry
                      origin={origin}
                      channel={channel}
                      change={change}
                      isNow={index === 0}
                      onRollback={
                        mayRollBack && index > 0 && change.action !== "delete"
                          ? () => ask({ kind: "rollback", to: change.id })
                          : undefined
                      }
                    />
                  </li>
                ))}
              </ol>
              <MoreButton list={list} more={more} />
            </>
          )
        }
      </Shown>
    </section>
  );
}

interface ChangeEntryProps {
  readonly origin: string;
  readonly channel: string;
  readonly change: Change;
  readonly isNow: boolean;
  readonly onRollback: (() => void) | undefined;
}

function ChangeEntry({ origin, channel, change, isNow, onRollback }: ChangeEntryProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { id, account, at, added, removed, source_address, trigger, request_id, idents } = change;
  const total = added + removed;
  return (
    <div className="change">
      <div className="change-head">
        <span className="change-what">
          <strong>{changeText(change)}</strong>
          {added > 0 && <span className="plus number">+{numberText(added)}</span>}
          {removed > 0 && <span className="minus number">−{numberText(removed)}</span>}
          {request_id !== null && <Link to={requestPage(origin, request_id)}>By request</Link>}
        </span>
        <span className="soft small number">
          State {id}
          {isNow && ", now"}
        </span>
      </div>
      <p className="soft small">
        {account === "" ? "The depot itself" : <bdi>{account}</bdi>}, <Moment at={at} />
        {source_address !== "" && `, from ${source_address}`}
        {trigger !== "" && trigger !== "unknown" && ` by ${triggerText(trigger)}`}
      </p>
      {!isOpen && (
        <ul className="change-idents">
          {idents.slice(0, FIRST_IDENTS).map((ident) => (
            <li key={ident}>
              <Link to={pageOf(identOf(ident))} className="plain-link">
                <IdentText ident={identOf(ident)} from="name" />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {isOpen && <ChangeItems origin={origin} channel={channel} state={id} />}
      <div className="row">
        {total > FIRST_IDENTS && (
          <Button size="compact" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Show fewer" : `Show all ${numberText(total)}`}
          </Button>
        )}
        {!isNow && (
          <Link
            className="button compact"
            to={channelPage({ origin, channel }, { tab: "compare", at: id })}
            aria-label={`Compare with now: state ${id}`}
          >
            Compare with now
          </Link>
        )}
        {onRollback !== undefined && (
          <Button size="compact" onClick={onRollback} aria-label={`Roll back to this… State ${id}`}>
            Roll back to this…
          </Button>
        )}
      </div>
    </div>
  );
}

const TRIGGERS: Readonly<Record<string, string>> = {
  hab_client: "the command hab",
  builder_ui: "these pages",
  command: "a command on the depot's machine",
};

function triggerText(trigger: string): string {
  return TRIGGERS[trigger] ?? trigger;
}

function ChangeItems({
  origin,
  channel,
  state,
}: {
  readonly origin: string;
  readonly channel: string;
  readonly state: number;
}): ReactNode {
  const address = (range: number): string =>
    channelApi({ origin, channel }, ["history", String(state)], { range });
  const first = useJson<Page<ChangeItem>>(address(0));
  return (
    <Shown known={first} skeleton={<ListSkeleton rows={3} />}>
      {({ total_count }) => (
        <div className="card">
          <PagedRows<ChangeItem>
            label={`What came and went with state ${state}`}
            total={total_count}
            address={address}
            rowRem={2.25}
            maxRows={10}
            render={({ ident, target, change }) => (
              <>
                <span className={change === "added" ? "plus" : "minus"}>
                  <span aria-hidden="true">{change === "added" ? "+" : "−"}</span>
                  <span className="visually-hidden">{change === "added" ? "came" : "went"}</span>
                </span>
                <Link to={pageOf(identOf(ident))} className="grow plain-link" title={ident}>
                  <IdentText ident={identOf(ident)} from="name" />
                </Link>
                <span className="soft small">{target}</span>
              </>
            )}
          />
        </div>
      )}
    </Shown>
  );
}
