// Addresses: of the API, and of pages. Every part is encoded here and nowhere else.
import type { Ident } from "./types.ts";

const API = "/v1/depot";

type Words = Readonly<Record<string, string | number | boolean | undefined>>;

function withWords(path: string, words: Words = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

function joined(parts: readonly (string | null | undefined)[]): string {
  return parts
    .filter((part): part is string => part !== null && part !== undefined)
    .map((part) => `/${encodeURIComponent(part)}`)
    .join("");
}

/** An address of the API: `apiPath(["pkgs", origin], { range: 0 })`. */
export function apiPath(parts: readonly (string | null | undefined)[], words?: Words): string {
  return withWords(`${API}${joined(parts)}`, words);
}

export type PartialIdent = Pick<Ident, "origin"> & Partial<Ident>;

export function identParts({
  origin,
  name,
  version,
  release,
}: PartialIdent): readonly (string | null | undefined)[] {
  return [origin, name, version, release];
}

/** The page of an origin, a package or a release. */
export function pageOf(ident: PartialIdent, words?: Words): string {
  return withWords(`/pkgs${joined(identParts(ident))}`, words);
}

export function searchApi(text: string, range = 0): string {
  return apiPath(["pkgs", "search", text], { distinct: true, range });
}
