// Lays out a graph of dependencies in columns: who needs stands left of what is needed. Pure: nodes and edges in, places out.
// The steps are those of Sugiyama's method: layers by the longest way, order within a layer by the middle of the neighbours.

export interface LayoutInput {
  readonly nodeCount: number;
  /** From who needs to what is needed, by number of node. */
  readonly edges: readonly (readonly [number, number])[];
}

export interface Layout {
  /** Column of each node, from 0. */
  readonly column: readonly number[];
  /** Place in its column, from 0. */
  readonly row: readonly number[];
  readonly columns: number;
  readonly rows: number;
  /** Edges worth drawing: those that no longer way says already. */
  readonly edges: readonly (readonly [number, number])[];
}

/** Passes over all layers; more change nothing to speak of. */
const PASSES = 6;

export function layOut({ nodeCount, edges }: LayoutInput): Layout {
  const acyclic = withoutCycles(nodeCount, edges);
  const shown = withoutShortcuts(nodeCount, acyclic);
  const column = longestWays(nodeCount, acyclic);
  const columns = Math.max(0, ...column) + 1;
  const layers: number[][] = Array.from({ length: nodeCount === 0 ? 0 : columns }, () => []);
  for (let node = 0; node < nodeCount; node++) layers[column[node] ?? 0]?.push(node);
  const row = new Array<number>(nodeCount).fill(0);
  const place = (): void => {
    for (const layer of layers) for (const [at, node] of layer.entries()) row[node] = at - layer.length / 2;
  };
  place();
  const { after, before } = neighbours(nodeCount, shown);
  for (let pass = 0; pass < PASSES; pass++) {
    const towards = pass % 2 === 0 ? before : after;
    for (const layer of pass % 2 === 0 ? layers : [...layers].reverse()) {
      const middle = new Map(layer.map((node) => [node, middleOf(towards[node] ?? [], row, row[node] ?? 0)]));
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || a - b);
      for (const [at, node] of layer.entries()) row[node] = at - layer.length / 2;
    }
  }
  for (const layer of layers) for (const [at, node] of layer.entries()) row[node] = at;
  return {
    column,
    row,
    columns: layers.length,
    rows: Math.max(0, ...layers.map((layer) => layer.length)),
    edges: shown,
  };
}

function middleOf(nodes: readonly number[], row: readonly number[], own: number): number {
  if (nodes.length === 0) return own;
  return nodes.reduce((sum, node) => sum + (row[node] ?? 0), 0) / nodes.length;
}

function neighbours(
  nodeCount: number,
  edges: readonly (readonly [number, number])[],
): { after: number[][]; before: number[][] } {
  const after: number[][] = Array.from({ length: nodeCount }, () => []);
  const before: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const [from, to] of edges) {
    after[from]?.push(to);
    before[to]?.push(from);
  }
  return { after, before };
}

/** Packages cannot need themselves, but what a server says might: edges back to where one came from are left out. */
function withoutCycles(
  nodeCount: number,
  edges: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const valid = edges.filter(([from, to]) => from !== to && from < nodeCount && to < nodeCount);
  const { after } = neighbours(nodeCount, valid);
  const state = new Uint8Array(nodeCount);
  const back = new Set<string>();
  // Without recursion: a chain may be as long as there are nodes.
  for (let start = 0; start < nodeCount; start++) {
    if (state[start] !== 0) continue;
    const stack = [{ node: start, next: 0 }];
    state[start] = 1;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = after[top.node]?.[top.next++];
      if (to === undefined) {
        state[top.node] = 2;
        stack.pop();
      } else if (state[to] === 1) back.add(`${top.node} ${to}`);
      else if (state[to] === 0) {
        state[to] = 1;
        stack.push({ node: to, next: 0 });
      }
    }
  }
  return valid.filter(([from, to]) => !back.has(`${from} ${to}`));
}

/** In an order in which who needs comes before what is needed. */
function inOrder(nodeCount: number, edges: readonly (readonly [number, number])[]): number[] {
  const { after, before } = neighbours(nodeCount, edges);
  const open = before.map((nodes) => nodes.length);
  const order: number[] = [];
  for (let node = 0; node < nodeCount; node++) if (open[node] === 0) order.push(node);
  for (let at = 0; at < order.length; at++)
    for (const to of after[order[at] ?? 0] ?? []) {
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) order.push(to);
    }
  return order;
}

function longestWays(nodeCount: number, edges: readonly (readonly [number, number])[]): number[] {
  const { after } = neighbours(nodeCount, edges);
  const column = new Array<number>(nodeCount).fill(0);
  for (const from of inOrder(nodeCount, edges))
    for (const to of after[from] ?? []) column[to] = Math.max(column[to] ?? 0, (column[from] ?? 0) + 1);
  return column;
}

/** Transitive reduction: without edges from A to C where A needs B and B needs C. */
function withoutShortcuts(
  nodeCount: number,
  edges: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const { after } = neighbours(nodeCount, edges);
  const reach: Set<number>[] = Array.from({ length: nodeCount }, () => new Set<number>());
  for (const from of inOrder(nodeCount, edges).reverse())
    for (const to of after[from] ?? []) {
      reach[from]?.add(to);
      for (const further of reach[to] ?? []) reach[from]?.add(further);
    }
  return edges.filter(
    ([from, to]) => !(after[from] ?? []).some((via) => via !== to && reach[via]?.has(to) === true),
  );
}

/** Where an arrow key leads from a node; undefined when nowhere. */
export function nextNode(layout: Layout, from: number, key: string): number | undefined {
  const { column, row } = layout;
  const nearest = (nodes: readonly number[]): number | undefined =>
    [...nodes].sort(
      (a, b) => Math.abs((row[a] ?? 0) - (row[from] ?? 0)) - Math.abs((row[b] ?? 0) - (row[from] ?? 0)),
    )[0];
  switch (key) {
    case "ArrowRight":
      return nearest(layout.edges.filter(([a]) => a === from).map(([, b]) => b));
    case "ArrowLeft":
      return nearest(layout.edges.filter(([, b]) => b === from).map(([a]) => a));
    case "ArrowDown":
    case "ArrowUp": {
      const wanted = (row[from] ?? 0) + (key === "ArrowDown" ? 1 : -1);
      const found = column.findIndex((each, node) => each === column[from] && row[node] === wanted);
      return found < 0 ? undefined : found;
    }
    default:
      return undefined;
  }
}
