// Channels: made, promoted to, listed, demoted from, deleted, and whole ones moved (reference/depot-api.md §20.3, channels.js).
import { expect } from "bun:test";
import {
  EMPTY,
  type IdentItem,
  idents,
  identText,
  isPackage,
  names,
  type Page,
  type Suite,
} from "../rows.ts";
import { events } from "./events.ts";
import { FIRST, SECOND } from "./packages.ts";

const CHANNELS = "/depot/channels/neurosis";
const PROMOTED = ["stable", "Innovation-2024", "LTS-2024", "foo"] as const;

interface Event {
  readonly operation: string;
  readonly channel: string;
  readonly package_ident: IdentItem;
}

const change = (channel: string, what: string, release = "20171205003213"): string =>
  `${CHANNELS}/${channel}/pkgs/testapp/0.1.3/${release}/${what}`;

/** A page of events from the start: how many, and of what the first ones were. */
function eventPage(total: number, ...firstOnes: string[]) {
  return ({ json }: { json: unknown }): void => {
    const page = json as Page<Event>;
    expect([page.range_start, page.range_end, page.total_count]).toEqual([
      0,
      total === 0 ? 0 : total - 1,
      total,
    ]);
    const said = page.data.map(({ operation, channel }) => `${operation} ${channel}`);
    expect(said.slice(0, firstOnes.length)).toEqual(firstOnes);
  };
}

export function channels(suite: Suite): void {
  const { row, known } = suite;
  row("nobody", "POST", `${CHANNELS}/foo`, 401, EMPTY);
  for (const name of ["foo", "LTS-2024", "Innovation-2024", "bar"])
    row("bobo", "POST", `${CHANNELS}/${name}`, 201, ({ json }) => {
      expect(json).toMatchObject({ name, owner_id: known.get("bobo") });
    });
  row("bobo", "POST", `${CHANNELS}/foo`, 409, EMPTY);

  row("nobody", "PUT", change("foo", "promote"), 401, EMPTY);
  row("mystique", "PUT", change("foo", "promote"), 401, EMPTY);
  row("nobody", "GET", events(), 200, eventPage(0));
  for (const name of ["foo", "LTS-2024", "Innovation-2024", "stable"])
    row("bobo", "PUT", change(name, "promote"), 200, EMPTY);
  row("bobo", "PUT", change("nosuchchannel", "promote"), 404, EMPTY);
  row("bobo", "PUT", change("foo", "promote", "20000101000000"), 404, EMPTY);
  row(
    "bobo",
    "GET",
    `/depot/pkgs/${FIRST}/channels`,
    200,
    names("unstable", "stable", "foo", "LTS-2024", "Innovation-2024"),
  );
  row("nobody", "GET", events(), 200, eventPage(4, ...PROMOTED.map((name) => `Promote ${name}`)));
  row("nobody", "GET", events("&channel=foo"), 200, eventPage(1, "Promote foo"));
  row("nobody", "GET", events("&channel=stable"), 200, eventPage(1, "Promote stable"));
  row("nobody", "GET", events("&query=neurosis%2Ftestapp"), 200, eventPage(4));
  row("nobody", "GET", events("&query=nosuchapp"), 200, eventPage(0));
  row("nobody", "GET", "/depot/events?from_date=2024-1-1&to_date=2024-1-1", 200, eventPage(0));
  row("nobody", "GET", "/depot/events?from_date=2024-13-1&to_date=2024-1-1", 400, /./);
  row("nobody", "GET", "/depot/events?to_date=2024-1-1", 400, /./);
  row("bobo", "PUT", change("foo", "promote"), 200, EMPTY);
  row("nobody", "GET", events(), 200, eventPage(4));
  row("bobo", "PUT", change("bar", "promote", "20171206004121"), 200, EMPTY);
  row("nobody", "GET", events(), 200, eventPage(4));
  row(
    "bobo",
    "GET",
    events(),
    200,
    eventPage(
      41,
      "Promote bar",
      ...PROMOTED.map((name) => `Promote ${name}`),
      "Demote base-2025",
      "Demote stable",
      "Promote base-2025",
    ),
  );
  reading(suite);
  demotion(suite);
  wholeChannels(suite);
}

function reading({ row }: Suite): void {
  for (const part of ["", "/testapp", "/testapp/0.1.3"])
    row("nobody", "GET", `${CHANNELS}/foo/pkgs${part}`, 200, idents(0, 0, 1, { 0: FIRST }));
  row("nobody", "GET", `${CHANNELS}/foo/pkgs/0.1.3/testapp`, 200, idents(0, 0, 0));
  row("nobody", "GET", `${CHANNELS}/nosuchchannel/pkgs`, 200, idents(0, 0, 0));
  row(
    "bobo",
    "GET",
    "/depot/pkgs/neurosis/testapp/0.1.3",
    200,
    idents(0, 2, 3, {
      0: "neurosis/testapp/0.1.3/20190327162537",
    }),
  );
  for (const part of ["testapp/0.1.3/20171205003213", "testapp/latest", "testapp/0.1.3/latest"])
    row("nobody", "GET", `${CHANNELS}/foo/pkgs/${part}`, 200, isPackage(FIRST));
  row("nobody", "GET", `${CHANNELS}/foo/pkgs/20171205003213/testapp/0.1.3`, 404, EMPTY);
  row("nobody", "GET", `${CHANNELS}/bar/pkgs/testapp/0.1.3/latest`, 404, EMPTY);
  row("mystique", "GET", `${CHANNELS}/bar/pkgs/testapp/0.1.3/latest`, 404, EMPTY);
  row("bobo", "GET", `${CHANNELS}/bar/pkgs/testapp/0.1.3/latest`, 200, isPackage(SECOND));

  row("nobody", "GET", `${CHANNELS}/foo/pkgs/_latest`, 400, EMPTY);
  row("nobody", "GET", `${CHANNELS}/foo/pkgs/_latest?target=x86_64-linux`, 200, ({ json }) => {
    const { data } = json as { data: IdentItem[] };
    expect(json).toMatchObject({ channel: "foo", target: "x86_64-linux" });
    expect(data.map(identText)).toEqual([FIRST]);
  });
  row("nobody", "GET", `${CHANNELS}/baz/pkgs/_latest?target=x86_64-linux`, 200, { channel: "baz", data: [] });
  row("nobody", "GET", `${CHANNELS}/unstable/pkgs/_latest?target=x86_64-linux`, 200, ({ json }) => {
    const data = (json as { data: IdentItem[] }).data.map(identText);
    expect(data.length).toBe(13);
    expect([data[0], data[11], data[12]]).toEqual([
      "neurosis/abracadabra/3.0/20190618175235",
      "neurosis/testapp/0.1.13/20190511004436",
      "neurosis/testapp2/v1.2.3-master/20181018162212",
    ]);
  });
  row(
    "nobody",
    "GET",
    CHANNELS,
    200,
    names("Innovation-2024", "LTS-2024", "bar", "foo", "stable", "unstable"),
  );
  row("nobody", "GET", "/depot/channels/nosuchorigin", 200, "[]");
}

function demotion({ row }: Suite): void {
  row("nobody", "PUT", change("foo", "demote"), 401, EMPTY);
  row("mystique", "PUT", change("foo", "demote"), 401, EMPTY);
  row("bobo", "PUT", change("foo", "demote"), 200, EMPTY);
  row("bobo", "PUT", change("foo", "demote"), 400, EMPTY);
  row("bobo", "PUT", change("unstable", "demote"), 403, EMPTY);
  row("nobody", "GET", `${CHANNELS}/foo/pkgs`, 200, idents(0, 0, 0));
  row("bobo", "DELETE", `${CHANNELS}/stable`, 403, EMPTY);
  row("bobo", "DELETE", `${CHANNELS}/unstable`, 403, EMPTY);
  row("nobody", "DELETE", `${CHANNELS}/foo`, 401, EMPTY);
  row("mystique", "DELETE", `${CHANNELS}/foo`, 401, EMPTY);
  row("bobo", "DELETE", `${CHANNELS}/foo`, 200, EMPTY);
}

function wholeChannels({ row }: Suite): void {
  const move = (from: string, what: string, to: string): string =>
    `${CHANNELS}/${from}/pkgs/${what}?channel=${to}`;
  row("nobody", "PUT", move("foo", "promote", "throneroom"), 401, EMPTY);
  row("mystique", "PUT", move("foo", "promote", "throneroom"), 401, EMPTY);
  row("bobo", "PUT", move("foo", "promote", "foo"), 400, EMPTY);
  row("bobo", "PUT", move("foo", "promote", "unstable"), 400, EMPTY);
  row("bobo", "PUT", move("unstable", "promote", "foo"), 200, EMPTY);
  row("bobo", "PUT", move("foo", "promote", "throneroom"), 200, EMPTY);
  row("bobo", "PUT", move("foo", "promote", "throneroom"), 200, EMPTY);
  row("bobo", "PUT", move("bar", "promote", "throneroom"), 200, EMPTY);
  row("nobody", "GET", `${CHANNELS}/foo/pkgs`, 200, idents(0, 31, 32));
  row("nobody", "PUT", move("foo", "demote", "throneroom"), 401, EMPTY);
  row("mystique", "PUT", move("foo", "demote", "throneroom"), 401, EMPTY);
  row("bobo", "PUT", move("foo", "demote", "throneroom"), 200, EMPTY);
  row("bobo", "PUT", move("unstable", "demote", "unstable"), 400, EMPTY);
  row("bobo", "PUT", move("foo", "demote", "foo"), 400, EMPTY);
  row("bobo", "PUT", move("unstable", "demote", "stable"), 400, EMPTY);
  row("nobody", "GET", `${CHANNELS}/throneroom/pkgs`, 200, idents(0, 0, 0));
}
