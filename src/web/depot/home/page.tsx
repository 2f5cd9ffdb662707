// The start: search as one types.
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import {
  Link,
  ListSkeleton,
  type PageProps,
  SearchField,
  Shown,
  State,
  useJson,
  useQueryWords,
  useSettled,
  useTitle,
} from "../../shared/index.ts";
import { pageOf, searchApi } from "../api/addresses.ts";
import type { Ident, Page } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";

/** Typing that goes on is not searched for. */
const TYPING_MS = 120;

export default function HomePage({ query }: PageProps): ReactNode {
  const setWords = useQueryWords();
  const [text, setText] = useState(query.get("q") ?? "");
  useTitle(text === "" ? "" : `Search: ${text}`);
  return (
    <div className="page">
      <header className="page-head">
        <h1 tabIndex={-1}>Packages</h1>
      </header>
      <search>
        <SearchField
          label="Search packages by origin and name"
          placeholder="Search by origin and name"
          shortcut="/"
          value={text}
          maxLength={255}
          onText={(typed) => {
            setText(typed);
            setWords({ q: typed });
          }}
        />
      </search>
      {text.trim() !== "" && <Results text={text.trim()} />}
    </div>
  );
}

function Results({ text }: { readonly text: string }): ReactNode {
  const settled = useSettled(text, TYPING_MS);
  const found = useJson<Page<Ident>>(searchApi(settled));
  const list = useRef<HTMLUListElement>(null);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <Shown known={found} skeleton={<ListSkeleton rows={8} />}>
      {({ data, total_count }) =>
        data.length === 0 ? (
          <State title="Nothing found" icon="search">
            No package has these words in its origin or name. The last word may be the beginning of one.
          </State>
        ) : (
          <section className="section" aria-label="Packages found">
            <p className="soft small" role="status">
              {total_count.toLocaleString()} {total_count === 1 ? "package" : "packages"}
            </p>
            <ul className="list card" ref={list} onKeyDown={keys}>
              {data.map((ident) => (
                <li key={`${ident.origin}/${ident.name}`}>
                  <Link to={pageOf(ident)} className="list-row">
                    <IdentText ident={ident} />
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
