// The rows of the suite: one request and what must come of it, each a test of its own. Rows run in their order and share one
// depot, whose state they build up.
import { expect, test } from "bun:test";
import type { DepotUnderTest, Person, Received, Sent } from "./client.ts";
import { fakeFixture, fixture } from "./fixtures.ts";

/** A path, or one that is known only when its row runs. */
type Path = string | (() => string);

/** The whole body, a pattern of it, some of its JSON, or a look at the answer. */
type Expected = string | RegExp | object | ((answer: Received) => void);

export interface Suite {
  depot(): DepotUnderTest;
  /** What earlier rows found out: ids of accounts and invitations. */
  readonly known: Map<string, string>;
  /** Who sends, what, and the answer's status; without `expected` the body does not matter. */
  row(
    as: Person | "nobody",
    method: string,
    path: Path,
    status: number,
    expected?: Expected,
    sent?: Omit<Sent, "as"> | (() => Promise<Omit<Sent, "as">>),
  ): void;
  /** Uploads the fixture of an ident, as its row of the suite does. */
  upload(as: Person | "nobody", ident: string, status?: number, options?: UploadRow): void;
}

export interface UploadRow {
  readonly expected?: Expected;
  readonly forced?: boolean;
  /** Another hart of the same ident. */
  readonly fake?: boolean;
}

export const EMPTY = "";

export function suiteOf(depot: () => DepotUnderTest): Suite {
  const known = new Map<string, string>();
  return {
    depot,
    known,
    upload(as, ident, status = 201, { expected, forced = false, fake = false } = {}) {
      test(`${as}: upload ${fake ? "another " : ""}${ident}${forced ? ", forced" : ""} → ${status}`, async () => {
        const { bytes, checksum } = await (fake ? fakeFixture(ident) : fixture(ident));
        const query = `checksum=${checksum}${forced ? "&forced=true" : ""}`;
        const answer = await depot().call("POST", `/depot/pkgs/${ident}?${query}`, {
          as: as === "nobody" ? undefined : as,
          body: bytes,
        });
        expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
        check(answer, expected ?? (status === 201 ? `/pkgs/${ident}/download` : EMPTY));
      });
    },
    row(as, method, path, status, expected, sent = {}) {
      const shown = typeof path === "string" ? path : String(path).replace(/^\(\) => /, "");
      test(`${as}: ${method} ${shown} → ${status}`, async () => {
        const content = typeof sent === "function" ? await sent() : sent;
        const answer = await depot().call(method, typeof path === "string" ? path : path(), {
          ...content,
          as: as === "nobody" ? undefined : as,
        });
        expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
        check(answer, expected);
      });
    },
  };
}

function check(answer: Received, expected: Expected | undefined): void {
  if (expected === undefined) return;
  if (typeof expected === "function") return void (expected as (answer: Received) => void)(answer);
  if (typeof expected === "string") return void expect(answer.text).toBe(expected);
  if (expected instanceof RegExp) return void expect(answer.text).toMatch(expected);
  if (Array.isArray(expected)) return void expect(answer.json).toEqual(expected);
  expect(answer.json).toMatchObject(expected);
}

export interface IdentItem {
  readonly origin: string;
  readonly name: string;
  readonly version: string | null;
  readonly release: string | null;
}

export interface Page<Item> {
  readonly range_start: number;
  readonly range_end: number;
  readonly total_count: number;
  readonly data: readonly Item[];
}

/** `origin/name/version/release`, as far as there is any. */
export function identText({ origin, name, version, release }: IdentItem): string {
  return [origin, name, version, release].filter((part) => part !== null).join("/");
}

/** A page from `start` to `end` of `total`, with these idents at these places. */
export function idents(start: number, end: number, total: number, at: Readonly<Record<number, string>> = {}) {
  return ({ json }: Received): void => {
    const page = json as Page<IdentItem>;
    expect([page.range_start, page.range_end, page.total_count]).toEqual([start, end, total]);
    for (const [index, ident] of Object.entries(at))
      expect(
        page.data[Number(index)] === undefined ? "" : identText(page.data[Number(index)] as IdentItem),
      ).toBe(ident);
  };
}

/** An answer whose `ident` is this one. */
export function isPackage(ident: string, more: object = {}) {
  return ({ json }: Received): void => {
    expect(identText((json as { ident: IdentItem }).ident)).toBe(ident);
    expect(json).toMatchObject(more);
  };
}

/** A list of objects with these names, in this order. */
export function names(...wanted: readonly string[]) {
  return ({ json }: Received): void =>
    expect((json as { name: string }[]).map(({ name }) => name)).toEqual([...wanted]);
}
