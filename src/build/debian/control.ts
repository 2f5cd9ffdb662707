// Paragraphs of fields, the form of all control files of Debian (deb822(5), Debian Policy §5.1), and the relations in them
// (§7.1).
import type { Relation } from "./version.ts";

/** A paragraph: field name in lower case → value, its lines joined by line breaks. */
export type Paragraph = ReadonlyMap<string, string>;

/** Reads paragraphs. Lines that are neither fields nor their continuation are left out, as comments are. */
export function parseParagraphs(text: string): Paragraph[] {
  const paragraphs: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  let field = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      current = undefined;
      continue;
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      const before = current?.get(field);
      if (current !== undefined && before !== undefined)
        current.set(field, before === "" ? line.trim() : `${before}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    if (current === undefined) {
      current = new Map();
      paragraphs.push(current);
    }
    field = line.slice(0, colon).toLowerCase();
    current.set(field, line.slice(colon + 1).trim());
  }
  return paragraphs;
}

/** A package, or a name that several provide, with what its version must be. */
export interface Alternative {
  readonly name: string;
  readonly bound: { readonly relation: Relation; readonly version: string } | undefined;
}

/** One dependency: any of its alternatives will do. */
export type Dependency = readonly Alternative[];

const ALTERNATIVE =
  /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?:\s*\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s()]+)\s*\))?(?:\s*\[[^\]]*\])?$/;

/** Reads `Depends` and its like: dependencies between commas, alternatives between bars. */
export function parseDependencies(text: string): Dependency[] {
  const dependencies: Dependency[] = [];
  for (const part of text.replaceAll("\n", " ").split(",")) {
    const alternatives = part.split("|").flatMap((each) => parseAlternative(each.trim()) ?? []);
    if (alternatives.length > 0) dependencies.push(alternatives);
  }
  return dependencies;
}

function parseAlternative(text: string): Alternative | undefined {
  const match = ALTERNATIVE.exec(text);
  if (match === null) return undefined;
  const [, name = "", relation, version] = match;
  if (relation === undefined || version === undefined) return { name, bound: undefined };
  // Compat: `<` and `>` have meant `<=` and `>=` since before Policy.
  const strict = relation === "<" ? "<=" : relation === ">" ? ">=" : (relation as Relation);
  return { name, bound: { relation: strict, version } };
}

/** An alternative as Debian writes it. */
export function describeAlternative({ name, bound }: Alternative): string {
  return bound === undefined ? name : `${name} (${bound.relation} ${bound.version})`;
}
