// Nodes and data → text. Synchronous and pure: the same template and data always give the same text.
import { HabError } from "../error/index.ts";
import type { Call, Expression, Node, Path, Template } from "./ast.ts";
import { position } from "./cursor.ts";
import { entries, isArray, isObject, normal, property, type TemplateData, toText } from "./data.ts";
import { templateErrors } from "./errors.ts";
import type { BlockCall, HelperCall, LoopVariables } from "./helper.ts";
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
  readonly variables: LoopVariables | undefined;
  readonly paramNames: readonly string[];
  readonly paramValues: readonly TemplateData[];
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
    scope: {
      parent: undefined,
      value: data,
      variables: undefined,
      paramNames: NOTHING,
      paramValues: NOTHING,
    },
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
  const value = helper.value(helperCall(state, call));
  if (typeof value === "string" && value.length > MAX_OUTPUT_CHARACTERS) {
    fail(state, `a text is longer than ${MAX_OUTPUT_CHARACTERS} characters`, templateErrors.limit);
  }
  return value;
}

function helperCall(state: State, call: Call): HelperCall {
  return {
    args: call.params.length === 0 ? NOTHING : call.params.map((param) => evaluate(state, param)),
    option: (name) => {
      const found = call.hash.find(([key]) => key === name);
      return found === undefined ? undefined : evaluate(state, found[1]);
    },
    root: state.root,
    packagesRoot: state.surroundings.packagesRoot,
    fail: (message) => fail(state, message),
  };
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
  const base = helperCall(state, call);
  if (helper.kind === "condition") {
    if (helper.value(base)) renderNodes(state, body);
    else if (inverse !== undefined) renderNodes(state, inverse);
    return;
  }
  const block: BlockCall = {
    ...base,
    body: () => renderNodes(state, body),
    inverse: () => {
      if (inverse !== undefined) renderNodes(state, inverse);
    },
    bodyWith: (value, params, variables) => {
      const { scope } = state;
      state.scope = {
        parent: scope,
        value,
        variables: variables ?? scope.variables,
        paramNames: call.blockParams,
        paramValues: params,
      };
      renderNodes(state, body);
      state.scope = scope;
    },
  };
  helper.block(block);
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
    const param = first === undefined ? undefined : blockParam(state.scope, first.name);
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

function blockParam(innermost: Scope, name: string): TemplateData | undefined {
  for (let scope: Scope | undefined = innermost; scope !== undefined; scope = scope.parent) {
    const index = scope.paramNames.indexOf(name);
    if (index >= 0) return scope.paramValues[index] ?? null;
  }
  return undefined;
}

function localVariable(state: State, path: Path): TemplateData | undefined {
  const name = path.segments[0]?.name;
  if (name === "root") return state.root;
  const variables = ancestor(state.scope, path.up)?.variables;
  switch (name) {
    case "index":
    case "key":
    case "first":
    case "last":
      return variables?.[name];
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
  state.scope = {
    parent: scope,
    value,
    variables: scope.variables,
    paramNames: NOTHING,
    paramValues: NOTHING,
  };
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
