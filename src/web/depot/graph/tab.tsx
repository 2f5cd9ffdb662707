// Dependencies of a release in both directions: drawn, or as lists.
import { type ReactNode, useState } from "react";
import {
  Button,
  Link,
  ListSkeleton,
  numberText,
  Shown,
  Skeleton,
  sizeText,
  useJson,
} from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { FullIdent, Graph, Package } from "../api/types.ts";
import { countText } from "../channels/actions.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { parseIdentText } from "../ident/parse.ts";
import { Drawing } from "./drawing.tsx";

export interface DependenciesTabProps {
  readonly pkg: Package;
  readonly target: string;
  /** The target in the address. */
  readonly wanted: string | undefined;
}

/** Narrower windows begin with the list: a drawing would be all scrolling. */
const MIN_DRAWING_WIDTH = "(min-width: 700px)";

export default function DependenciesTab({ pkg, target, wanted }: DependenciesTabProps): ReactNode {
  const { origin, name, version, release } = pkg.ident;
  const graph = useJson<Graph>(apiPath(["pkgs", origin, name, version, release, "graph"], { target }));
  const [isDrawn, setDrawn] = useState(() => window.matchMedia(MIN_DRAWING_WIDTH).matches);
  return (
    <Shown known={graph} skeleton={isDrawn ? <Skeleton height="24rem" /> : <ListSkeleton rows={10} />}>
      {(known) => (
        <>
          <div className="row between">
            <p className="soft small" role="status">
              Needs {countText(known.nodes.length - 1 + known.left_out, "package")}, needed by{" "}
              {countText(known.dependent_count, "release")}
              {known.left_out > 0 && ` (the first ${known.nodes.length - 1} are shown)`}
            </p>
            <fieldset className="row choice">
              <legend className="visually-hidden">How to show them</legend>
              <Button size="compact" aria-pressed={isDrawn} onClick={() => setDrawn(true)}>
                Drawing
              </Button>
              <Button size="compact" aria-pressed={!isDrawn} onClick={() => setDrawn(false)}>
                List
              </Button>
            </fieldset>
          </div>
          {isDrawn ? (
            <Drawing graph={known} target={wanted} />
          ) : (
            <Lists graph={known} pkg={pkg} target={wanted} />
          )}
        </>
      )}
    </Shown>
  );
}

interface ListsProps {
  readonly graph: Graph;
  readonly pkg: Package;
  readonly target: string | undefined;
}

function Lists({ graph, pkg, target }: ListsProps): ReactNode {
  const direct = new Set(pkg.deps.map(identKey));
  const sizes = new Map(graph.nodes.map(({ ident, size }) => [ident, size]));
  const needed = graph.nodes.slice(1).map(({ ident }) => ident);
  const entry = (ident: string): Entry => ({ ident, size: sizes.get(ident) ?? undefined });
  return (
    <div className="stack">
      <IdentList
        title="Needs"
        target={target}
        entries={needed.filter((ident) => direct.has(ident)).map(entry)}
        empty="It needs no other package."
      />
      <IdentList
        title="Needs through these"
        target={target}
        entries={needed.filter((ident) => !direct.has(ident)).map(entry)}
      />
      <IdentList
        title="Needed by"
        target={target}
        entries={graph.dependents.filter(({ is_direct }) => is_direct)}
        empty="No release here needs exactly this one."
      />
      <IdentList
        title="Needed by, through others"
        target={target}
        entries={graph.dependents.filter(({ is_direct }) => !is_direct)}
      />
      {graph.dependent_count > graph.dependents.length && (
        <p className="soft small">
          {numberText(graph.dependent_count - graph.dependents.length)} more releases need it.
        </p>
      )}
      <IdentList
        title="Needed to build it"
        target={target}
        entries={pkg.build_deps.map((ident) => ({ ident: identKey(ident) }))}
      />
    </div>
  );
}

function identKey({ origin, name, version, release }: FullIdent): string {
  return `${origin}/${name}/${version}/${release}`;
}

interface Entry {
  readonly ident: string;
  readonly size?: number | undefined;
}

interface IdentListProps {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly target: string | undefined;
  /** Said where there are none; else the list is left out. */
  readonly empty?: string;
}

function IdentList({ title, entries, target, empty }: IdentListProps): ReactNode {
  if (entries.length === 0 && empty === undefined) return null;
  return (
    <section className="section" aria-label={title}>
      <h2>
        {title} <span className="soft number">{entries.length}</span>
      </h2>
      {entries.length === 0 ? (
        <p className="soft">{empty}</p>
      ) : (
        <ul className="list card">
          {entries.map(({ ident, size }) => {
            const parts = parseIdentText(ident);
            return (
              <li key={ident}>
                <Link to={pageOf(parts, { target, tab: "dependencies" })} className="list-row">
                  <IdentText ident={parts} isShort />
                  {size !== undefined && <span className="soft small number">{sizeText(size)}</span>}
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
