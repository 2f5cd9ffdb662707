// The drawn graph: columns of packages, lines from who needs to what is needed. One stop for the tab key; arrows move along the
// lines and within a column; what belongs to the package in focus stands out.
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useRouter } from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import type { Graph } from "../api/types.ts";
import { parseIdentText } from "../ident/parse.ts";
import { type Layout, layOut, nextNode } from "./layout.ts";

export interface DrawingProps {
  readonly graph: Graph;
  readonly target: string | undefined;
}

/** In units of the drawing, which are pixels of an unscaled page. */
const NODE = { width: 190, height: 34, gapX: 70, gapY: 10, margin: 14 } as const;

/** Direct dependents that are drawn; all are in the list. */
const MAX_DRAWN_DEPENDENTS = 60;

export interface DrawnGraph {
  /** Idents; those that need the release first, then the release, then what it needs. */
  readonly idents: readonly string[];
  /** The number of the release itself. */
  readonly root: number;
  readonly layout: Layout;
}

/** Both directions as one graph. */
export function drawnGraph(graph: Graph): DrawnGraph {
  const before = graph.dependents.filter(({ is_direct }) => is_direct).slice(0, MAX_DRAWN_DEPENDENTS);
  const root = before.length;
  const idents = [...before, ...graph.nodes].map(({ ident }) => ident);
  const edges = [
    ...before.map((_, index) => [index, root] as const),
    ...graph.edges.map(([from, to]) => [from + root, to + root] as const),
  ];
  return { idents, root, layout: layOut({ nodeCount: idents.length, edges }) };
}

export function Drawing({ graph, target }: DrawingProps): ReactNode {
  const router = useRouter();
  const { idents, root, layout } = useMemo(() => drawnGraph(graph), [graph]);
  const [current, setCurrent] = useState(root);
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const svg = useRef<SVGSVGElement>(null);
  const frame = useRef<HTMLElement>(null);
  const lit = pointed ?? (current === root ? undefined : current);
  const near = useMemo(() => new Set(lit === undefined ? [] : neighboursOf(layout, lit)), [layout, lit]);
  const width = layout.columns * (NODE.width + NODE.gapX) - NODE.gapX + 2 * NODE.margin;
  const height = layout.rows * (NODE.height + NODE.gapY) - NODE.gapY + 2 * NODE.margin;
  const places = useMemo(() => placesOf(layout), [layout]);
  // The release itself is what the reader came for: the drawing begins there.
  useLayoutEffect(() => {
    const box = frame.current;
    const place = places[root];
    if (box === null || place === undefined) return;
    box.scrollTop = place.y - (box.clientHeight - NODE.height) / 2;
    box.scrollLeft = place.x - NODE.margin - (root > 0 ? NODE.width + NODE.gapX : 0);
  }, [places, root]);
  const keys = (event: KeyboardEvent): void => {
    const next = nextNode(layout, current, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setCurrent(next);
    const node = svg.current?.querySelector<SVGAElement>(`[data-node="${next}"]`);
    node?.focus({ preventScroll: true });
    node?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  return (
    <section
      ref={frame}
      className="graph card"
      aria-label={`Drawing of ${idents.length} packages. Arrow keys move between them, Enter opens one.`}
    >
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name */}
      <svg
        ref={svg}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        className={lit === undefined ? undefined : "has-lit"}
        onKeyDown={keys}
      >
        <g fill="none">
          {layout.edges.map(([from, to]) => (
            <path
              key={`${from} ${to}`}
              d={curve(places[from], places[to])}
              className={lit === from ? "edge needs" : lit === to ? "edge needed" : "edge"}
            />
          ))}
        </g>
        {idents.map((ident, node) => {
          const place = places[node];
          const { origin, name, version } = parseIdentText(ident);
          const look = [
            "node",
            node === root && "root",
            node === lit && "lit",
            lit !== undefined && node !== lit && !near.has(node) && "faded",
          ];
          const address = pageOf(parseIdentText(ident), { target, tab: "dependencies" });
          return (
            <g key={ident} transform={`translate(${place?.x ?? 0} ${place?.y ?? 0})`}>
              <a
                href={router.href(address)}
                data-node={node}
                className={look.filter(Boolean).join(" ")}
                tabIndex={node === current ? 0 : -1}
                aria-current={node === root ? "true" : undefined}
                onFocus={() => setCurrent(node)}
                onMouseEnter={() => setPointed(node)}
                onMouseLeave={() => setPointed(undefined)}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  if (node !== root) router.go(address);
                }}
              >
                {/* The name for screen readers, and what the pointer shows. */}
                <title>{`${ident}${node === root ? ", this release" : node < root ? ", needs this release" : ""}`}</title>
                <rect width={NODE.width} height={NODE.height} rx="5" />
                <text x="10" y="15" className="node-name">
                  {shortened(`${origin}/${name}`, 27)}
                </text>
                <text x="10" y="27" className="node-version">
                  {shortened(version, 30)}
                </text>
              </a>
            </g>
          );
        })}
      </svg>
    </section>
  );
}

/** The upper left corner of each node; every column is centred. */
function placesOf({ column, row, rows }: Layout): Point[] {
  const lengths = new Map<number, number>();
  for (const each of column) lengths.set(each, (lengths.get(each) ?? 0) + 1);
  return column.map((each, node) => ({
    x: NODE.margin + each * (NODE.width + NODE.gapX),
    y: NODE.margin + ((rows - (lengths.get(each) ?? 0)) / 2 + (row[node] ?? 0)) * (NODE.height + NODE.gapY),
  }));
}

function neighboursOf(layout: Layout, node: number): number[] {
  return layout.edges.flatMap(([from, to]) => (from === node ? [to] : to === node ? [from] : []));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point | undefined, to: Point | undefined): string {
  if (from === undefined || to === undefined) return "";
  const x1 = from.x + NODE.width;
  const y1 = from.y + NODE.height / 2;
  const y2 = to.y + NODE.height / 2;
  const bend = Math.max(NODE.gapX / 2, Math.min(120, (to.x - x1) / 2));
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
