// Addresses of pages: `/pkgs/:origin/:name` against a path. Used by the browser to find a page, and by the server to know
// whether there is one.

export type PathParams = Readonly<Record<string, string>>;

/**
 * The parts that a path gives the names of a pattern, decoded; undefined when it does not fit. A closing `*` takes the
 * rest. A slash at the end makes no difference.
 */
export function matchPattern(pattern: string, path: string): PathParams | undefined {
  const wanted = partsOf(pattern);
  const given = partsOf(path);
  const takesRest = wanted.at(-1) === "*";
  if (takesRest ? given.length < wanted.length - 1 : given.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part === "*") {
      params["rest"] = given.slice(index).join("/");
      break;
    }
    const value = decoded(given[index] ?? "");
    if (value === undefined) return undefined;
    if (part.startsWith(":")) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

/** The path that gives a pattern these values. */
export function fillPattern(pattern: string, params: PathParams): string {
  return pattern.replace(/:([a-z_]+)/gi, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

function partsOf(path: string): string[] {
  return path
    .split("/")
    .filter((part, index, all) => index > 0 && !(part === "" && index === all.length - 1));
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
