// What is allowed in text of strangers.

/**
 * The address as it may be linked to: of the web or of a letter, written out in full, without a name and password before the
 * host. Undefined for all else: scripts, data, this very server (a read-me must not make its reader act here), parts of a page.
 */
export function outsideAddress(text: string): string | undefined {
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    return undefined;
  }
  if (address.protocol === "mailto:") return address.href;
  if (address.protocol !== "https:" && address.protocol !== "http:") return undefined;
  if (address.username !== "" || address.password !== "") return undefined;
  if (typeof location !== "undefined" && address.host === location.host) return undefined;
  return address.href;
}

/** Text that is parsed at most, in characters; what is longer is shown as it is. */
const MAX_PARSED_LENGTH = 128 * 1024;
/** Lists in lists and quotes in quotes: each line costs the parser the depth of what is around it. */
const MAX_NESTING = 20;
/** Columns a list goes in with each step, at least. */
const LEAST_INDENT = 2;

/** Whether the parser is done with a text in reasonable time. */
export function isParsable(text: string): boolean {
  if (text.length > MAX_PARSED_LENGTH) return false;
  for (const line of text.split("\n")) {
    const [, indent = "", marks = ""] = /^([ \t]*)((?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*)/.exec(line) ?? [];
    // No list and no quote begins here; or it is a rule, however long.
    if (marks === "" || /^[-*][-* \t]*$/.test(line)) continue;
    const columns = indent.replaceAll("\t", "    ").length;
    const marked = marks.match(/>|[-*+]|\d+[.)]/g)?.length ?? 0;
    if (columns / LEAST_INDENT + marked > MAX_NESTING) return false;
  }
  return true;
}

/** Characters that show text in another order than it is in, or not at all: with them a command can look harmless. */
const DECEIVING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu;

/** The text without what deceives the eye, and without control characters. */
export function plainText(text: string): string {
  return text.replace(DECEIVING, "").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");
}
