// Nodes and data → text. Synchronous and pure: the same template and data always give the same text.
import { HabError } from "../error/index.ts";
import type { Call, Expression, Node, Path, Template } from "./ast.ts";
import { position } from "./cursor.ts";
import { entries, isArray, isObject, normal, property, type TemplateData, toText } from "./data.ts";
import { templateErrors } from "./errors.ts";
import type { BlockCall, Round } from "./helper.ts";
import { MAX_OUTPUT_CHARACTERS, MAX_PARTIAL_DEPTH, MAX_STEPS } from "./limits.ts";
import { indentLines } from "./whitespace.ts";

/** What a rendering needs besides a template and its data. */
export interface Surroundings {
  readonly templates: ReadonlyMap<string, Template>;
  readonly packagesRoot: string;
}

/** The scope of each, with, eachAlive and partials; `if` has none. */
interface Scope {
  readonly parent: Scope | undefined;
  readonly value: TemplateData;
  /** The round of the loop that `@index` and the like are about. */
  readonly loop: Round | undefined;
  /** Names given by `as |…|`, whose values are in `round`. */
  readonly paramNames: readonly string[];
  readonly round: Round | undefined;
  /** The innermost scope, this one included, that names block parameters. */
  readonly named: Scope | undefined;
}

/** A partial defined in the text: an inline one, or the body of a partial block with the partials known around it. */
interface Inline {
  readonly template: Template;
  readonly nodes: readonly Node[];
  readonly outer?: ReadonlyMap<string, Inline>;
}

interface State {
  readonly surroundings: Surroundings;
  readonly root: TemplateData;
  template: Template;
  /** Offset of the tag being rendered, for errors. */
  at: number;
  out: string;
  scope: Scope;
  inlines: ReadonlyMap<string, Inline>;
  partialDepth: number;
  steps: number;
}

const NOTHING: readonly never[] = [];

/**
 * Renders a template.
 * @throws HAB-TPL-002 with template, line and column; HAB-TPL-003 when it takes too much.
 */
export function renderTemplate(template: Template, data: TemplateData, surroundings: Surroundings): string {
  const state: State = {
    surroundings,
    root: data,
    template,
    at: 0,
    out: "",
    scope: openScope(undefined, data, undefined, NOTHING, undefined),
    inlines: new Map(),
    partialDepth: 0,
    steps: 0,
  };
  renderNodes(state, template.nodes);
  return state.out;
}

function fail(state: State, message: string, kind = templateErrors.render): never {
  const { line, column } = position(state.template.source, state.at);
  // The wording up to the colon is the original's: it is in logs that tools read.
  throw new HabError(
    kind,
    `Error rendering "${state.template.name}" line ${line}, col ${column}: ${message}`,
  );
}

function renderNodes(state: State, nodes: readonly Node[]): void {
  state.steps += nodes.length + 1;
  if (state.steps > MAX_STEPS) fail(state, `more than ${MAX_STEPS} steps`, templateErrors.limit);
  for (const node of nodes) {
    if (node.kind === "text") {
      state.out += node.text;
      continue;
    }
    state.at = node.at;
    if (node.kind === "value") state.out += printed(state, node.value);
    else if (node.kind === "block") renderBlock(state, node.call, node.body, node.inverse);
    else if (node.kind === "partial") renderPartial(state, node);
    else defineInline(state, node);
  }
  if (state.out.length > MAX_OUTPUT_CHARACTERS) {
    fail(state, `the text is longer than ${MAX_OUTPUT_CHARACTERS} characters`, templateErrors.limit);
  }
}

function printed(state: State, expression: Expression): string {
  if (expression.kind === "call" && expression.helper?.kind === "block") {
    // Without a body there is nothing to write, but missing arguments are noticed.
    renderBlock(state, expression, NOTHING, undefined);
    return "";
  }
  return toText(evaluate(state, expression));
}

function evaluate(state: State, expression: Expression): TemplateData {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path":
      return resolve(state, expression);
    case "call":
      return evaluateCall(state, expression);
  }
}

function evaluateCall(state: State, call: Call): TemplateData {
  const { helper } = call;
  if (helper === undefined) fail(state, `Helper not found ${call.name}`);
  if (helper.kind === "block") {
    renderBlock(state, call, NOTHING, undefined);
    return "";
  }
  const value = helper.value(new Invocation(state, call, NOTHING, undefined));
  if (typeof value === "string" && value.length > MAX_OUTPUT_CHARACTERS) {
    fail(state, `a text is longer than ${MAX_OUTPUT_CHARACTERS} characters`, templateErrors.limit);
  }
  return value;
}

/** One call of a helper. A class, because it is made for each call: methods on a prototype cost nothing there. */
class Invocation implements BlockCall {
  readonly args: readonly TemplateData[];
  readonly #state: State;
  readonly #call: Call;
  readonly #body: readonly Node[];
  readonly #inverse: readonly Node[] | undefined;

  constructor(state: State, call: Call, body: readonly Node[], inverse: readonly Node[] | undefined) {
    this.#state = state;
    this.#call = call;
    this.#body = body;
    this.#inverse = inverse;
    const { params } = call;
    this.args = params.length === 0 ? NOTHING : params.map((param) => evaluate(state, param));
  }

  get root(): TemplateData {
    return this.#state.root;
  }

  get packagesRoot(): string {
    return this.#state.surroundings.packagesRoot;
  }

  option(name: string): TemplateData | undefined {
    const found = this.#call.hash.find(([key]) => key === name);
    return found === undefined ? undefined : evaluate(this.#state, found[1]);
  }

  fail(message: string): never {
    fail(this.#state, message);
  }

  body(): void {
    renderNodes(this.#state, this.#body);
  }

  inverse(): void {
    if (this.#inverse !== undefined) renderNodes(this.#state, this.#inverse);
  }

  bodyWith(value: TemplateData, round: Round, isLoop: boolean): void {
    const state = this.#state;
    const { scope } = state;
    state.scope = openScope(scope, value, isLoop ? round : scope.loop, this.#call.blockParams, round);
    renderNodes(state, this.#body);
    state.scope = scope;
  }
}

function openScope(
  parent: Scope | undefined,
  value: TemplateData,
  loop: Round | undefined,
  paramNames: readonly string[],
  round: Round | undefined,
): Scope {
  const scope: Scope & { named: Scope | undefined } = {
    parent,
    value,
    loop,
    paramNames,
    round,
    named: parent?.named,
  };
  if (paramNames.length > 0) scope.named = scope;
  return scope;
}

function renderBlock(
  state: State,
  call: Call,
  body: readonly Node[],
  inverse: readonly Node[] | undefined,
): void {
  const { helper } = call;
  if (helper === undefined) fail(state, `Helper not found ${call.name}`);
  if (helper.kind === "value") {
    state.out += toText(evaluateCall(state, call));
    return;
  }
  const invocation = new Invocation(state, call, body, inverse);
  if (helper.kind === "block") helper.block(invocation);
  else if (helper.value(invocation)) invocation.body();
  else invocation.inverse();
}

function resolve(state: State, path: Path): TemplateData {
  const { segments } = path;
  let value: TemplateData | undefined;
  let from = 0;
  if (path.local) {
    from = 1;
    value = localVariable(state, path);
  } else {
    const first = segments[0];
    const param = first === undefined ? undefined : blockParam(state.scope.named, first.name);
    if (param !== undefined) {
      from = 1;
      value = param;
    } else {
      value = (ancestor(state.scope, path.up) ?? state.scope).value;
    }
  }
  for (; from < segments.length; from++) {
    const segment = segments[from];
    if (segment === undefined || value === undefined || value === null || typeof value !== "object")
      return null;
    if (isArray(value)) {
      if (segment.index < 0) fail(state, `Cannot access array/vector with string index, ${segment.name}`);
      value = value[segment.index];
    } else {
      value = isObject(value) ? property(value, segment.name) : undefined;
    }
  }
  return normal(value);
}

/** Compat: going up past the outermost scope is no error; the caller falls back to the innermost one. */
function ancestor(scope: Scope, up: number): Scope | undefined {
  let found: Scope | undefined = scope;
  for (let level = 0; level < up && found !== undefined; level++) found = found.parent;
  return found;
}

function blockParam(innermost: Scope | undefined, name: string): TemplateData | undefined {
  for (let scope = innermost; scope !== undefined; scope = scope.parent?.named) {
    const index = scope.paramNames.indexOf(name);
    if (index < 0) continue;
    if (index === 0) return scope.round?.item ?? null;
    const position = index === 1 ? scope.round?.position : undefined;
    return typeof position === "number" ? BigInt(position) : (position ?? null);
  }
  return undefined;
}

function localVariable(state: State, path: Path): TemplateData | undefined {
  const name = path.segments[0]?.name;
  if (name === "root") return state.root;
  const loop = ancestor(state.scope, path.up)?.loop;
  switch (name) {
    case "index":
      return loop?.index === undefined ? undefined : BigInt(loop.index);
    case "key":
    case "first":
    case "last":
      return loop?.[name];
    default:
      return undefined;
  }
}

type PartialNode = Extract<Node, { kind: "partial" }>;
type DecoratorNode = Extract<Node, { kind: "decorator" }>;

function renderPartial(state: State, node: PartialNode): void {
  const name = typeof node.name === "string" ? node.name : toText(evaluate(state, node.name));
  const partial = findPartial(state, name, node);
  if (partial === undefined) {
    if (node.body === undefined) fail(state, `Partial not found ${name}`);
    renderNodes(state, node.body);
    return;
  }
  if (++state.partialDepth > MAX_PARTIAL_DEPTH) {
    fail(
      state,
      `partials include each other more than ${MAX_PARTIAL_DEPTH} levels deep`,
      templateErrors.limit,
    );
  }
  const { scope, inlines, template, out, at } = state;
  const value = partialValue(state, node);
  state.scope = openScope(scope, value, scope.loop, NOTHING, undefined);
  state.inlines = partial.outer ?? inlines;
  if (node.body !== undefined) {
    // Inline partials defined in the body of the call are known to what is called, and its body is `@partial-block`.
    for (const inner of node.body) if (inner.kind === "decorator") defineInline(state, inner);
    state.inlines = new Map(state.inlines).set("@partial-block", {
      template,
      nodes: node.body,
      outer: inlines,
    });
  }
  state.template = partial.template;
  state.out = "";
  renderNodes(state, partial.nodes);
  state.out = out + indentLines(state.out, node.indent);
  state.scope = scope;
  state.inlines = inlines;
  state.template = template;
  state.at = at;
  state.partialDepth--;
}

function findPartial(state: State, name: string, node: PartialNode): Inline | undefined {
  const inline = state.inlines.get(name);
  if (inline !== undefined) return inline;
  const template = state.surroundings.templates.get(name);
  if (template === undefined) return undefined;
  if (template === state.template && node.body === undefined) {
    fail(state, "Can not include current template in partial");
  }
  return { template, nodes: template.nodes };
}

/** The context of a partial: that given, or the current one, with the hash laid over it. */
function partialValue(state: State, node: PartialNode): TemplateData {
  const value = node.context === undefined ? state.scope.value : evaluate(state, node.context);
  if (node.hash.length === 0) return value;
  const merged = new Map<string, TemplateData>(isObject(value) ? entries(value) : []);
  for (const [key, expression] of node.hash) merged.set(key, evaluate(state, expression));
  return merged;
}

/** `{{#*inline "name"}}`, the only decorator there is. */
function defineInline(state: State, node: DecoratorNode): void {
  if (node.name !== "inline" || node.body === undefined) {
    state.at = node.at;
    fail(state, `Decorator not found ${node.name}`);
  }
  const [param] = node.params;
  const name = param === undefined ? undefined : evaluate(state, param);
  if (typeof name !== "string") fail(state, "inline partials need a name");
  state.inlines = new Map(state.inlines).set(name, { template: state.template, nodes: node.body });
}
