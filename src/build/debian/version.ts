// Versions of Debian packages: their order (Debian Policy §5.6.12) and the part of them that the authors gave.

/** `<<`, `<=`, `=`, `>=`, `>>` of Debian Policy §7.1. */
export type Relation = "<<" | "<=" | "=" | ">=" | ">>";

interface Parts {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** Negative when `a` is older than `b`, 0 when they are the same version, positive when it is newer. */
export function compareDebianVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    compareText(left.upstream, right.upstream) ||
    compareText(left.revision, right.revision)
  );
}

/** Whether `version` stands in this relation to `bound`. */
export function satisfies(version: string, relation: Relation, bound: string): boolean {
  const order = compareDebianVersions(version, bound);
  switch (relation) {
    case "<<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">>":
      return order > 0;
  }
}

/**
 * What the authors call the version: without epoch, Debian's revision, and what Debian says of its own copy of the source
 * (docs/decisions/0015-packages-of-debian.md).
 */
export function upstreamVersion(version: string): string {
  return split(version)
    .upstream.replace(/[+~].*$/, "")
    .replace(/\.dfsg.*$/, "");
}

function split(version: string): Parts {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Pieces without digits and numbers take turns; `~` sorts before everything, the end of the text included. */
function compareText(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const left = numberAt(a, i);
    const right = numberAt(b, j);
    i += left.length;
    j += right.length;
    const difference = compareNumbers(left, right);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** Letters before other characters; digits and the end count as nothing. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const character = text.charAt(at);
  if (character === "~") return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

function numberAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text, end)) end++;
  return text.slice(at, end);
}

/** Numbers may be longer than a double holds. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
