// Origins: made, handed on, left and deleted (reference/depot-api.md §20.2, origins.js).
import { expect } from "bun:test";
import type { Sent } from "../client.ts";
import { keyFiles } from "../fixtures.ts";
import { EMPTY, type Suite } from "../rows.ts";

const PRIVATE = { json: { name: "neurosis", default_package_visibility: "private" } };
const SECRET = { json: { name: "foo", value: "bar" } };

export function origins({ row, known, upload }: Suite): void {
  const create = (name: string): Sent => ({ json: { name } });
  row("nobody", "POST", "/depot/origins", 401, EMPTY, create("neurosis"));
  row(
    "bobo",
    "POST",
    "/depot/origins",
    201,
    { name: "neurosis", default_package_visibility: "private" },
    PRIVATE,
  );
  row("nobody", "GET", "/depot/origins/neurosis", 200, {
    name: "neurosis",
    default_package_visibility: "private",
    owner_account: "bobo",
    private_key_name: null,
  });
  row("wesker", "POST", "/depot/origins", 201, { name: "umbrella" }, create("umbrella"));
  row("mystique", "POST", "/depot/origins", 201, { name: "xmen" }, create("xmen"));
  row("hank", "POST", "/depot/origins", 403, EMPTY, create("hank"));

  const open = { json: { default_package_visibility: "public" } };
  row("nobody", "PUT", "/depot/origins/neurosis", 401, EMPTY, open);
  row("mystique", "PUT", "/depot/origins/neurosis", 403, EMPTY, open);
  row("bobo", "PUT", "/depot/origins/neurosis", 204, EMPTY, open);
  row("nobody", "GET", "/depot/origins/neurosis", 200, { default_package_visibility: "public" });

  row("nobody", "POST", "/depot/origins/neurosis/secret", 401, EMPTY, SECRET);
  row("nobody", "GET", "/depot/origins/neurosis/secret", 401, EMPTY);
  row("nobody", "DELETE", "/depot/origins/neurosis/secret/foo", 401, EMPTY);
  row("bobo", "GET", "/depot/origins/neurosis/secret", 200, "[]");

  row("wesker", "POST", "/depot/origins/umbrella/users/bobo/invitations", 201, ({ json }) => {
    expect(json).toMatchObject({ origin: "umbrella" });
    known.set("umbrella invitation", (json as { id: string }).id);
  });
  row("bobo", "PUT", () => `/depot/origins/umbrella/invitations/${known.get("umbrella invitation")}`, 204);
  row("nobody", "POST", "/depot/origins/umbrella/transfer/bobo", 401, EMPTY);
  row("bobo", "POST", "/depot/origins/umbrella/transfer/bobo", 403, EMPTY);
  row(
    "wesker",
    "POST",
    "/depot/origins/umbrella/transfer/wesker",
    422,
    "Cannot transfer origin ownership to self",
  );
  row("wesker", "POST", "/depot/origins/umbrella/transfer/mystique", 403, EMPTY);
  row("wesker", "POST", "/depot/origins/umbrella/transfer/nosuchaccount", 404, EMPTY);
  row("wesker", "POST", "/depot/origins/umbrella/transfer/bobo", 204, EMPTY);
  row("bobo", "GET", "/depot/origins/umbrella/users/wesker/role", 200, '{"role":"maintainer"}');
  row("bobo", "GET", "/depot/origins/umbrella/users/bobo/role", 200, '{"role":"owner"}');

  row("nobody", "POST", "/depot/origins/umbrella/depart", 401, EMPTY);
  row(
    "bobo",
    "POST",
    "/depot/origins/umbrella/depart",
    403,
    "Departing the owner from the origin is not allowed",
  );
  row("mystique", "POST", "/depot/origins/umbrella/depart", 422, /./);
  row("mystique", "POST", "/depot/origins/grifoobity/depart", 422, /grifoobity/);
  row("wesker", "POST", "/depot/origins/umbrella/depart", 204, EMPTY);
  row("bobo", "GET", "/depot/origins/umbrella/users", 200, '{"origin":"umbrella","members":["bobo"]}');

  row("nobody", "DELETE", "/depot/origins/umbrella", 401, EMPTY);
  row("mystique", "DELETE", "/depot/origins/umbrella", 403, EMPTY);
  row("bobo", "DELETE", "/depot/origins/umbrella", 204, EMPTY);

  deletions({ row, known, upload });
}

/** What keeps an origin from being deleted, one thing after the other. */
function deletions({ row, known, upload }: Pick<Suite, "row" | "known" | "upload">): void {
  const origin = "/depot/origins/deletemeifyoucan";
  const remain = (what: string): RegExp =>
    new RegExp(`^There are ${what} remaining in origin deletemeifyoucan\\.`);
  const create = () =>
    row(
      "bobo",
      "POST",
      "/depot/origins",
      201,
      { name: "deletemeifyoucan" },
      {
        json: { name: "deletemeifyoucan", default_package_visibility: "private" },
      },
    );
  const gone = () => {
    row("bobo", "DELETE", origin, 204, EMPTY);
    row("bobo", "GET", origin, 404, EMPTY);
  };

  create();
  row("bobo", "POST", `${origin}/users/wesker/invitations`, 201, ({ json }) => {
    known.set("deleted invitation", (json as { id: string }).id);
  });
  row(
    "wesker",
    "PUT",
    () => `/depot/origins/deletemeifyoucan/invitations/${known.get("deleted invitation")}`,
    204,
  );
  row("bobo", "DELETE", origin, 409, remain("2 members"));
  row("wesker", "POST", `${origin}/depart`, 204, EMPTY);
  gone();

  create();
  const integration = `${origin}/integrations/docker/testintegration`;
  row("bobo", "PUT", integration, 201, EMPTY, { json: { some: "random", json: "does_not_matter" } });
  row("bobo", "DELETE", origin, 409, remain("1 integrations"));
  row("bobo", "DELETE", integration, 204, EMPTY);
  gone();

  create();
  row("bobo", "POST", "/depot/channels/deletemeifyoucan/testchan", 201, { name: "testchan" });
  row(
    "bobo",
    "DELETE",
    origin,
    409,
    "There are 3 channels remaining in origin deletemeifyoucan. Only two are allowed [unstable, stable].",
  );
  row("bobo", "DELETE", "/depot/channels/deletemeifyoucan/testchan", 200, EMPTY);
  gone();

  create();
  const ident = "deletemeifyoucan/testapp/0.1.3/20200205165325";
  row("bobo", "POST", `${origin}/keys/20200205153202`, 201, "/origins/deletemeifyoucan/keys/20200205153202", {
    body: keyFiles("deletemeifyoucan", "20200205153202").publicKey,
  });
  upload("bobo", ident);
  row("bobo", "DELETE", origin, 409, remain("1 packages"));
  row(
    "bobo",
    "DELETE",
    "/settings/deletemeifyoucan/testapp",
    409,
    "There are 1 packages remaining for setting deletemeifyoucan/testapp. Must be zero.",
  );
  row("bobo", "DELETE", `/depot/pkgs/${ident}`, 204, EMPTY);
  row("bobo", "DELETE", origin, 409, remain("1 package settings entries"));
  row("bobo", "DELETE", "/settings/deletemeifyoucan/testapp", 204, EMPTY);
  gone();
}
