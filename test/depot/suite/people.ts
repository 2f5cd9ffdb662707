// Sessions, invitations and members (reference/depot-api.md §20.2, sessions.js, invitations.js).
import { expect } from "bun:test";
import { EMPTY, names, type Suite } from "../rows.ts";

export function sessions({ row, known }: Suite): void {
  for (const name of ["bobo", "mystique", "wesker", "lkennedy"])
    row("nobody", "GET", `/authenticate/${name}`, 200, ({ json }) => {
      expect(json).toMatchObject({ name, flags: 0 });
      known.set(name, (json as { id: string }).id);
    });
  row("nobody", "GET", "/authenticate/nosuchcode", 401, EMPTY);
}

export function invitations({ row, known }: Suite): void {
  const id = (json: unknown): string => (json as { id: string }).id;
  row("nobody", "POST", "/depot/origins/neurosis/users/wesker/invitations", 401, EMPTY);
  row("hank", "POST", "/depot/origins/neurosis/users/wesker/invitations", 403, EMPTY);
  row("bobo", "POST", "/depot/origins/neurosis/users/wesker/invitations", 201, ({ json }) => {
    expect(json).toMatchObject({
      account_id: known.get("wesker"),
      origin: "neurosis",
      owner_id: known.get("bobo"),
    });
    known.set("to wesker", id(json));
  });
  row("bobo", "POST", "/depot/origins/neurosis/users/wesker/invitations", 409, EMPTY);
  row("bobo", "GET", "/depot/origins/neurosis/invitations", 200, ({ json }) => {
    expect((json as { invitations: unknown[] }).invitations[0]).toMatchObject({
      id: known.get("to wesker"),
      account_id: known.get("wesker"),
      account_name: "wesker",
      origin: "neurosis",
      owner_id: known.get("bobo"),
    });
  });
  row("nobody", "POST", "/depot/origins/xmen/users/bobo/invitations", 401, EMPTY);
  row("bobo", "POST", "/depot/origins/xmen/users/bobo/invitations", 403, EMPTY);
  row("mystique", "POST", "/depot/origins/xmen/users/bobo/invitations", 201, ({ json }) => {
    known.set("to bobo", id(json));
  });
  const toBobo = () => ({
    id: known.get("to bobo"),
    account_id: known.get("bobo"),
    account_name: "bobo",
    origin: "xmen",
    owner_id: known.get("mystique"),
  });
  row("mystique", "GET", "/depot/origins/xmen/invitations", 200, ({ json }) => {
    expect((json as { invitations: unknown[] }).invitations[0]).toMatchObject(toBobo());
  });
  row("bobo", "GET", "/user/invitations", 200, ({ json }) => {
    expect((json as unknown[])[0]).toMatchObject(toBobo());
  });
  row("nobody", "PUT", () => `/depot/origins/neurosis/invitations/${known.get("to wesker")}`, 401, EMPTY);
  row("bobo", "PUT", () => `/depot/origins/neurosis/invitations/${known.get("to wesker")}`, 204, EMPTY);
  row("wesker", "GET", "/user/origins", 200, ({ json }) => {
    expect((json as { name: string }[])[0]?.name).toBe("neurosis");
  });
  row("nobody", "PUT", () => `/depot/origins/xmen/invitations/${known.get("to bobo")}`, 401, EMPTY);
  row("bobo", "PUT", () => `/depot/origins/xmen/invitations/${known.get("to bobo")}`, 204, EMPTY);
  row("mystique", "GET", "/depot/origins/xmen/invitations", 200, '{"origin":"xmen","invitations":[]}');
  row("bobo", "GET", "/user/invitations", 200, "[]");
  row("bobo", "GET", "/user/origins", 200, names("neurosis", "xmen"));

  const members = (...all: string[]) => JSON.stringify({ origin: "xmen", members: all });
  row("nobody", "GET", "/depot/origins/xmen/users", 401, EMPTY);
  row("hank", "GET", "/depot/origins/xmen/users", 403, EMPTY);
  row("mystique", "GET", "/depot/origins/xmen/users", 200, members("bobo", "mystique"));
  row("nobody", "DELETE", "/depot/origins/xmen/users/bobo", 401, EMPTY);
  row("hank", "DELETE", "/depot/origins/xmen/users/bobo", 403, EMPTY);
  row("mystique", "DELETE", "/depot/origins/xmen/users/mystique", 422, "Removing the owner is not allowd");
  row("mystique", "DELETE", "/depot/origins/xmen/users/nosuchaccount", 404, EMPTY);
  row("mystique", "DELETE", "/depot/origins/xmen/users/bobo", 204, EMPTY);
  row("mystique", "GET", "/depot/origins/xmen/users", 200, members("mystique"));
}

export function settings({ row, known }: Suite): void {
  const made = (name: string) => (answer: { json: unknown }) =>
    expect(answer.json).toMatchObject({
      origin: "neurosis",
      name,
      visibility: "public",
      owner_id: known.get("bobo"),
    });
  const toPrivate = { json: { visibility: "private" } };
  row("nobody", "POST", "/settings/neurosis/testapp", 401, EMPTY);
  row("bobo", "POST", "/settings/neurosis/testapp", 201, made("testapp"));
  row("bobo", "POST", "/settings/neurosis/testapp", 409, EMPTY);
  row("bobo", "POST", "/settings/neurosis/wittr", 201, made("wittr"));
  row("nobody", "PUT", "/settings/neurosis/wittr", 401, EMPTY, toPrivate);
  row("mystique", "PUT", "/settings/neurosis/wittr", 403, EMPTY, toPrivate);
  row("bobo", "PUT", "/settings/neurosis/wittr", 422, "Missing required package visibility", { json: {} });
  row("bobo", "PUT", "/settings/neurosis/wittr", 400, EMPTY, { json: { visibility: "secret" } });
  row("bobo", "PUT", "/settings/neurosis/nosuchapp", 404, EMPTY, toPrivate);
  row("bobo", "PUT", "/settings/neurosis/wittr", 200, { visibility: "private" }, toPrivate);
  row("nobody", "GET", "/settings/neurosis/wittr", 401, EMPTY);
  row("mystique", "GET", "/settings/neurosis/wittr", 403, EMPTY);
  row("bobo", "GET", "/settings/neurosis/wittr", 200, { name: "wittr", visibility: "private" });
  row("bobo", "GET", "/settings/neurosis/testapp", 200, { name: "testapp", visibility: "public" });
  row("nobody", "DELETE", "/settings/neurosis/wittr", 401, EMPTY);
  row("mystique", "DELETE", "/settings/neurosis/wittr", 403, EMPTY);
  row("bobo", "DELETE", "/settings/neurosis/testapp", 204, EMPTY);
  row("bobo", "GET", "/settings/neurosis/testapp", 404, EMPTY);
}
