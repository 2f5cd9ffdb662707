// The start: search as one types, and before that what is here and what came last.
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import {
  Link,
  ListSkeleton,
  Moment,
  numberText,
  type PageProps,
  SearchField,
  Shown,
  State,
  useJson,
  useLastShown,
  usePlace,
  useQueryWords,
  useSettled,
  useTitle,
} from "../../shared/index.ts";
import { apiPath, pageOf, searchApi } from "../api/addresses.ts";
import type { Ident, Overview, Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";

/** Typing that goes on is not searched for. */
const TYPING_MS = 120;

export default function HomePage({ query }: PageProps): ReactNode {
  const setWords = useQueryWords();
  // The address as it is now: the page's own follows behind, and would take back what was typed since.
  const place = usePlace();
  const isHere = place.path === "/";
  const inAddress = (isHere ? new URLSearchParams(place.search) : query).get("q") ?? "";
  const [text, setText] = useState(inAddress);
  const [lastAddress, setLastAddress] = useState(inAddress);
  // Back and forward change the address under the field.
  if (isHere && inAddress !== lastAddress) {
    setLastAddress(inAddress);
    setText(inAddress);
  }
  const list = useRef<HTMLUListElement>(null);
  const typed = text.trim();
  useTitle(typed === "" ? "" : `Search: ${typed}`);
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.current?.querySelector("a")?.focus();
  };
  return (
    <div className="page">
      <header className="page-head">
        <h1 tabIndex={-1}>Packages</h1>
      </header>
      <search className="home-search" onKeyDown={keys}>
        <SearchField
          label="Search packages by origin and name"
          placeholder="Search by origin and name"
          shortcut="/"
          value={text}
          maxLength={255}
          onText={(now) => {
            setText(now);
            setLastAddress(now.trim());
            setWords({ q: now.trim() });
          }}
        />
      </search>
      {typed === "" ? <Start /> : <Results text={typed} list={list} />}
    </div>
  );
}

function Start(): ReactNode {
  const overview = useJson<Overview>(apiPath(["overview"]));
  return (
    <div className="columns">
      <section className="section" aria-labelledby="newest">
        <h2 id="newest">Newest releases</h2>
        <div className="card">
          <Shown known={overview} skeleton={<ListSkeleton rows={12} />}>
            {({ newest }) =>
              newest.length === 0 ? (
                <State title="No packages yet">
                  Upload the first one: <code>hab pkg upload results/*.hart</code>
                </State>
              ) : (
                <ul className="list">
                  {newest.map((each) => (
                    <li key={`${Object.values(each).join("/")}`} className="list-row">
                      <Link to={pageOf(each, { target: each.target })}>
                        <IdentText ident={{ ...each, release: null }} isShort />
                      </Link>
                      <span className="soft small">
                        <Moment at={each.created_at} />
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Shown>
        </div>
      </section>
      <section className="section" aria-labelledby="origins">
        <h2 id="origins">Origins</h2>
        <div className="card">
          <Shown known={overview} skeleton={<ListSkeleton rows={12} />}>
            {({ origins, origin_count, package_count }) => (
              <>
                <p className="list-row soft small totals">
                  {count(package_count, "package")} in {count(origin_count, "origin")}
                  {origin_count > origins.length && `; the first ${numberText(origins.length)} are listed`}
                </p>
                <ul className="list">
                  {origins.map(({ name, package_count: packages }) => (
                    <li key={name}>
                      <Link to={pageOf({ origin: name })} className="list-row">
                        <IdentText ident={{ origin: name }} strong="origin" isShort />
                        <span className="soft small number">{numberText(packages)}</span>
                      </Link>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Shown>
        </div>
      </section>
    </div>
  );
}

function count(number: number, noun: string): string {
  return `${numberText(number)} ${noun}${number === 1 ? "" : "s"}`;
}

interface ResultsProps {
  readonly text: string;
  readonly list: React.RefObject<HTMLUListElement | null>;
}

function Results({ text, list }: ResultsProps): ReactNode {
  const settled = useSettled(text, TYPING_MS);
  // What was found last stays, with the focus that may be in it, until there is more to say.
  const found = useLastShown(useJson<Page<Ident>>(searchApi(settled)));
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = at + step < 0 ? document.querySelector<HTMLElement>(".home-search input") : links[at + step];
    event.preventDefault();
    next?.focus();
  };
  return (
    <Shown known={found} skeleton={<ListSkeleton rows={12} />}>
      {({ data, total_count }) =>
        data.length === 0 ? (
          <State title="Nothing found" icon="search">
            No package has these words in its origin or name. The last word may be the beginning of one; all
            others must be whole.
          </State>
        ) : (
          <section className="section" aria-label="Packages found">
            <p className="soft small" role="status">
              {count(total_count, "package")}
              {total_count > data.length &&
                `, the first ${data.length} of them shown: type more to narrow down`}
            </p>
            <ul className="list card" ref={list} onKeyDown={keys}>
              {data.map((ident) => (
                <li key={`${ident.origin}/${ident.name}`}>
                  <Link to={pageOf(ident)} className="list-row">
                    <IdentText ident={ident} isShort />
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )
      }
    </Shown>
  );
}
