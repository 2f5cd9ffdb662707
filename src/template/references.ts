// What a template reads: settings and binds it names, for who checks a plan without rendering it.
import type { Call, Expression, Node, Path } from "./ast.ts";
import { position } from "./cursor.ts";
import { parseTemplate } from "./parse.ts";

export interface TemplateReference {
  /** From the top of the data: `["cfg", "port"]`, `["bind", "database", "first", "cfg"]`. */
  readonly path: readonly string[];
  readonly line: number;
  readonly column: number;
  /** It is only asked whether there is such a value, or it is read where that was asked before. */
  readonly optional: boolean;
}

/** Helpers that only look whether a value is there. */
const ASKING = new Set(["if", "unless", "each", "eachAlive", "with", "and", "or", "not"]);
/** Helpers whose body has another value for `this`, unless it names it. */
const ENTERING = new Set(["each", "eachAlive", "with"]);

interface Scope {
  /** Paths that surrounding blocks ask for. */
  readonly asked: ReadonlySet<string>;
  /** Names that surrounding blocks give. */
  readonly params: ReadonlySet<string>;
  /** Blocks around here in which a plain name is looked up in something other than the whole data. */
  readonly depth: number;
}

/**
 * The references of one template that lead to the top of the data, in the order of the text; those into the value of a
 * surrounding block are left out. Throws HAB-TPL-001 and HAB-TPL-003.
 */
export function templateReferences(name: string, source: string): TemplateReference[] {
  const template = parseTemplate(name, source);
  const references: TemplateReference[] = [];

  const note = (path: Path, at: number, scope: Scope, asking: boolean) => {
    const names = rootNames(path, scope);
    if (names === undefined || names.length === 0) return;
    const optional = asking || isAsked(names, scope.asked);
    references.push({ path: names, ...position(source, at), optional });
  };
  const visitExpression = (expression: Expression, at: number, scope: Scope, asking: boolean): void => {
    if (expression.kind === "path") note(expression, at, scope, asking);
    else if (expression.kind === "call") visitCall(expression, at, scope);
  };
  const visitCall = (call: Call, at: number, scope: Scope) => {
    for (const param of call.params) visitExpression(param, at, scope, ASKING.has(call.name));
    for (const [, value] of call.hash) visitExpression(value, at, scope, false);
  };
  const visit = (nodes: readonly Node[], scope: Scope): void => {
    for (const node of nodes) {
      switch (node.kind) {
        case "text":
          break;
        case "value":
          visitExpression(node.value, node.at, scope, false);
          break;
        case "block": {
          visitCall(node.call, node.at, scope);
          visit(node.body, bodyScope(node.call, scope));
          visit(node.inverse ?? [], {
            ...scope,
            asked: new Set([...scope.asked, ...askedBy(node.call, scope)]),
          });
          break;
        }
        case "partial":
          if (typeof node.name !== "string") visitExpression(node.name, node.at, scope, false);
          if (node.context !== undefined) visitExpression(node.context, node.at, scope, false);
          for (const [, value] of node.hash) visitExpression(value, node.at, scope, false);
          visit(node.body ?? [], scope);
          break;
        case "decorator":
          // The body of an inline partial is rendered with the data of who includes it.
          visit(node.body ?? [], { ...scope, depth: scope.depth + 1 });
      }
    }
  };
  visit(template.nodes, { asked: new Set(), params: new Set(), depth: 0 });
  return references;
}

function bodyScope(call: Call, scope: Scope): Scope {
  const enters = ENTERING.has(call.name) && call.blockParams.length === 0;
  return {
    asked: new Set([...scope.asked, ...askedBy(call, scope)]),
    params: new Set([...scope.params, ...call.blockParams]),
    depth: scope.depth + (enters ? 1 : 0),
  };
}

function askedBy(call: Call, scope: Scope): string[] {
  if (!ASKING.has(call.name)) return [];
  return call.params.flatMap((param) => {
    if (param.kind === "call") return askedBy(param, scope);
    const names = param.kind === "path" ? rootNames(param, scope) : undefined;
    return names === undefined ? [] : [names.join("\0")];
  });
}

function isAsked(names: readonly string[], asked: ReadonlySet<string>): boolean {
  return names.some((_, index) => asked.has(names.slice(0, index + 1).join("\0")));
}

/** The names of a path from the top of the data; undefined when it begins elsewhere. */
function rootNames(path: Path, scope: Scope): string[] | undefined {
  const names = path.segments.map(({ name }) => name);
  if (path.local) return names[0]?.replace(/^@/, "") === "root" ? names.slice(1) : undefined;
  if (path.up > 0) return path.up >= scope.depth && scope.depth > 0 ? names : undefined;
  const [first] = names;
  if (first === undefined || scope.params.has(first)) return undefined;
  return scope.depth === 0 ? names : undefined;
}
