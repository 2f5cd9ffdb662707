// What each role may do (reference/depot-api.md §20.3, roles.js), and the last rows (etc.js).
import { expect } from "bun:test";
import type { Sent } from "../client.ts";
import { keyFiles } from "../fixtures.ts";
import { EMPTY, isPackage, type Page, type Suite } from "../rows.ts";

const ORIGIN = "/depot/origins/rcpd";
const IDENT = "rcpd/testapp/0.1.0/20200401202136";

export function roles(suite: Suite): void {
  const { row, known, upload } = suite;
  row(
    "bobo",
    "POST",
    "/depot/origins",
    201,
    { name: "rcpd" },
    {
      json: { name: "rcpd", default_package_visibility: "private" },
    },
  );
  row("bobo", "POST", `${ORIGIN}/secret_keys/20200401201503`, 201, EMPTY, {
    body: keyFiles("rcpd", "20200401201503").secretKey,
  });
  row("bobo", "POST", `${ORIGIN}/users/lkennedy/invitations`, 201, ({ json }) => {
    known.set("to lkennedy", (json as { id: string }).id);
  });
  row("lkennedy", "PUT", () => `/depot/origins/rcpd/invitations/${known.get("to lkennedy")}`, 204, EMPTY);

  const setRole = (role: string): void => {
    row("bobo", "PUT", `${ORIGIN}/users/lkennedy/role?role=${role}`, 204, EMPTY);
    row("bobo", "GET", `${ORIGIN}/users/lkennedy/role`, 200, `{"role":"${role}"}`);
  };
  row("mystique", "GET", `${ORIGIN}/users/lkennedy/role`, 403, EMPTY);
  row("bobo", "GET", `${ORIGIN}/users/lkennedy/role`, 200, '{"role":"readonly_member"}');
  row("bobo", "PUT", `${ORIGIN}/users/lkennedy/role?role=king`, 422, "Invalid member role 'king'");
  row("bobo", "PUT", `${ORIGIN}/users/lkennedy/role?role=owner`, 403, EMPTY);
  row("bobo", "PUT", `${ORIGIN}/users/bobo/role?role=member`, 403, EMPTY);
  row("bobo", "PUT", `${ORIGIN}/users/hank/role?role=member`, 404, EMPTY);
  row("bobo", "PUT", `${ORIGIN}/users/nosuchaccount/role?role=member`, 404, EMPTY);

  readonlyMember(suite);
  setRole("member");
  member(suite);
  setRole("maintainer");
  maintainer(suite);
  setRole("administrator");
  administrator(suite);
  setRole("member");

  upload("bobo", IDENT);
  row("hank", "GET", "/depot/pkgs/rcpd/testapp/latest", 404, EMPTY);
  row("hank", "GET", "/depot/pkgs/search/rcpd", 200, { total_count: 0 });
  row("bobo", "PUT", ORIGIN, 204, EMPTY, { json: { default_package_visibility: "public" } });
  row(
    "bobo",
    "PUT",
    "/settings/rcpd/testapp",
    200,
    { visibility: "public" },
    { json: { visibility: "public" } },
  );
  upload("bobo", IDENT, 201, { forced: true });
  row("hank", "GET", "/depot/pkgs/rcpd/testapp/latest", 200, isPackage(IDENT));
  row("hank", "GET", "/depot/pkgs/search/rcpd", 200, ({ json }) => {
    expect((json as Page<unknown>).total_count).toBe(1);
  });
  row("bobo", "PUT", "/depot/origins/umbrella/users/lkennedy/role?role=member", 404, EMPTY);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the original's suite sends exactly this.
const LITERAL = "${revision}";
const NOTHING: Sent = { body: "" };

/** What neither a reader nor a member may do. */
function notForMembers({ row }: Suite): void {
  row("lkennedy", "POST", `${ORIGIN}/users/wesker/invitations`, 403, EMPTY);
  row("lkennedy", "PUT", `${ORIGIN}/users/lkennedy/role?role=maintainer`, 403, EMPTY);
  row("lkennedy", "PUT", `${ORIGIN}/users/bobo/role?role=member`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/keys`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/keys/${LITERAL}`, 403, undefined, NOTHING);
  row("lkennedy", "POST", `${ORIGIN}/secret_keys/${LITERAL}`, 403, EMPTY, NOTHING);
  row("lkennedy", "GET", `${ORIGIN}/secret`, 403, EMPTY);
  row("lkennedy", "DELETE", `${ORIGIN}/secret/foo`, 403, EMPTY);
  row(
    "lkennedy",
    "PUT",
    "/depot/channels/rcpd/unstable/pkgs/testapp/0.1.0/20200401202136/demote",
    403,
    EMPTY,
  );
  row("lkennedy", "PUT", "/depot/channels/rcpd/stable/pkgs/testapp/0.1.0/20200401202136/promote", 401, EMPTY);
  row("lkennedy", "PUT", `${ORIGIN}/integrations/docker/foo`, 403, EMPTY, { json: {} });
  row("lkennedy", "PUT", "/settings/rcpd/testapp", 403, EMPTY, { json: { visibility: "public" } });
  row("lkennedy", "PUT", ORIGIN, 403, EMPTY, { json: { default_package_visibility: "public" } });
}

function readonlyMember(suite: Suite): void {
  const { row, upload } = suite;
  notForMembers(suite);
  row("lkennedy", "GET", `${ORIGIN}/users/bobo/role`, 403, EMPTY);
  upload("lkennedy", IDENT, 403);
  row("lkennedy", "DELETE", `/depot/pkgs/${IDENT}`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/secret_keys/latest`, 403, EMPTY, NOTHING);
}

function member(suite: Suite): void {
  const { row, upload } = suite;
  notForMembers(suite);
  row("lkennedy", "GET", `${ORIGIN}/users/bobo/role`, 200, '{"role":"owner"}');
  upload("lkennedy", IDENT);
  row("lkennedy", "DELETE", `/depot/pkgs/${IDENT}`, 204, EMPTY);
  row("lkennedy", "GET", `${ORIGIN}/secret_keys/latest`, 200, /^SIG-SEC-1\nrcpd-/);
  row("lkennedy", "POST", "/depot/pkgs/schedule/rcpd/testapp", 404, EMPTY);
}

function maintainer({ row }: Suite): void {
  row("lkennedy", "PUT", `${ORIGIN}/users/lkennedy/role?role=administrator`, 403, EMPTY);
  row("lkennedy", "PUT", `${ORIGIN}/users/bobo/role?role=member`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/keys`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/secret_keys/latest`, 403, EMPTY, NOTHING);
  row("lkennedy", "POST", `${ORIGIN}/keys/${LITERAL}`, 403, undefined, NOTHING);
  row("lkennedy", "POST", `${ORIGIN}/secret_keys/${LITERAL}`, 403, EMPTY, NOTHING);
  row("lkennedy", "GET", `${ORIGIN}/secret`, 403, EMPTY);
  row("lkennedy", "DELETE", `${ORIGIN}/secret/foo`, 403, EMPTY);
  row(
    "lkennedy",
    "PUT",
    "/depot/channels/rcpd/unstable/pkgs/testapp/0.1.0/20200401202136/demote",
    403,
    EMPTY,
  );
}

function administrator({ row, upload }: Suite): void {
  upload("lkennedy", IDENT);
  row("lkennedy", "PUT", `${ORIGIN}/users/lkennedy/role?role=owner`, 403, EMPTY);
  row("lkennedy", "PUT", `${ORIGIN}/users/bobo/role?role=member`, 403, EMPTY);
  row("lkennedy", "POST", `${ORIGIN}/keys`, 201, EMPTY);
  row("lkennedy", "GET", `${ORIGIN}/secret_keys/latest`, 200, /^SIG-SEC-1\nrcpd-/);
  row("lkennedy", "POST", `${ORIGIN}/keys/${LITERAL}`, 422, "Invalid origin public key", NOTHING);
  row("lkennedy", "POST", `${ORIGIN}/secret_keys/${LITERAL}`, 422, "Invalid origin secret key", NOTHING);
  row("lkennedy", "GET", `${ORIGIN}/secret`, 200, "[]");
  row("lkennedy", "DELETE", `${ORIGIN}/secret/foo`, 200, EMPTY);
  row("lkennedy", "PUT", "/depot/channels/rcpd/stable/pkgs/testapp/0.1.0/20200401202136/promote", 200, EMPTY);
  row("lkennedy", "PUT", "/depot/channels/rcpd/stable/pkgs/testapp/0.1.0/20200401202136/demote", 200, EMPTY);
  row("lkennedy", "DELETE", `/depot/pkgs/${IDENT}`, 204, EMPTY);
}

export function etc({ row, upload }: Suite): void {
  const target = "?target=x86_64-windows";
  const change = (channel: string, release: string): string =>
    `/depot/channels/neurosis/${channel}/pkgs/winapp/0.1.0/${release}/promote${target}`;
  for (const [release, channels] of [
    ["20231113160958", ["bar", "stable"]],
    ["20231116041041", ["stable"]],
  ] as const) {
    upload("bobo", `neurosis/winapp/0.1.0/${release}`);
    row("bobo", "PATCH", `/depot/pkgs/neurosis/winapp/0.1.0/${release}/public`, 200, EMPTY);
    for (const channel of channels) row("bobo", "PUT", change(channel, release), 200, EMPTY);
  }
}
