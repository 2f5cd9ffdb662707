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

/** Characters that show text in another order than it is in, or not at all: with them a command can look harmless. */
const DECEIVING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu;

/** The text without what deceives the eye, and without control characters. */
export function plainText(text: string): string {
  return text.replace(DECEIVING, "").replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");
}
