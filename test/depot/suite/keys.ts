// Keys, integrations, profiles and the rest (reference/depot-api.md §20.3: keys.js, integrations.js, profile.js, ext.js,
// misc.js).
import { expect } from "bun:test";
import { keyFiles, NEUROSIS_REVISION as REVISION } from "../fixtures.ts";
import { EMPTY, type Suite } from "../rows.ts";

const ORIGIN = "/depot/origins/neurosis";

export function keys({ row }: Suite): void {
  const { publicKey, secretKey } = keyFiles("neurosis", REVISION);
  const key = { body: publicKey };
  row("nobody", "POST", `${ORIGIN}/keys/${REVISION}`, 401, EMPTY, key);
  row("mystique", "POST", `${ORIGIN}/keys/${REVISION}`, 403, EMPTY, key);
  row(
    "bobo",
    "POST",
    `${ORIGIN}/keys/${REVISION}`,
    201,
    ({ text, headers }) => {
      expect(text).toBe(`/origins/neurosis/keys/${REVISION}`);
      expect(headers.get("location")).toBe(`/v1${ORIGIN}/keys/${REVISION}`);
      expect(headers.get("content-type")).toBeNull();
    },
    key,
  );
  row("bobo", "POST", `${ORIGIN}/keys/${REVISION}`, 409, EMPTY, key);
  for (const revision of [REVISION, "latest"])
    row("nobody", "GET", `${ORIGIN}/keys/${revision}`, 200, ({ text, headers }) => {
      expect(text).toBe(publicKey);
      expect(headers.get("x-filename")).toBe(`neurosis-${REVISION}.pub`);
    });
  row("nobody", "GET", `${ORIGIN}/keys/20200101000000`, 404, EMPTY);

  const secret = { body: secretKey };
  row("nobody", "POST", `${ORIGIN}/secret_keys/${REVISION}`, 401, EMPTY, secret);
  row("mystique", "POST", `${ORIGIN}/secret_keys/${REVISION}`, 403, EMPTY, secret);
  row("bobo", "POST", `${ORIGIN}/secret_keys/${REVISION}`, 201, EMPTY, secret);
  row("bobo", "POST", `${ORIGIN}/secret_keys/${REVISION}`, 409, EMPTY, secret);
  row("nobody", "GET", ORIGIN, 200, {
    private_key_name: `neurosis-${REVISION}`,
    default_package_visibility: "public",
  });
  row("nobody", "GET", `${ORIGIN}/secret_keys/latest`, 401, EMPTY);
  row("mystique", "GET", `${ORIGIN}/secret_keys/latest`, 403, EMPTY);
  row("bobo", "GET", `${ORIGIN}/secret_keys/latest`, 200, ({ text, headers }) => {
    expect(text).toBe(secretKey);
    expect(headers.get("x-filename")).toBe(`neurosis-${REVISION}.sig.key`);
  });

  row("nobody", "GET", `${ORIGIN}/encryption_key`, 401, EMPTY);
  row("mystique", "GET", `${ORIGIN}/encryption_key`, 403, EMPTY);
  row("bobo", "GET", `${ORIGIN}/encryption_key`, 200, /^BOX-PUB-1\nneurosis-\d{14}\n\n/);
  row("nobody", "POST", `${ORIGIN}/keys`, 401, EMPTY);
  row("mystique", "POST", `${ORIGIN}/keys`, 403, EMPTY);
  row("bobo", "POST", `${ORIGIN}/keys`, 201, EMPTY);
  row("nobody", "GET", `${ORIGIN}/keys`, 200, ({ json }) => {
    const all = json as { origin: string; revision: string; location: string }[];
    expect(all.length).toBe(2);
    expect(all[0]?.revision.localeCompare(all[1]?.revision ?? "")).toBe(1);
    for (const { origin, revision, location } of all) {
      expect(origin).toBe("neurosis");
      expect(location).toBe(`/origins/neurosis/keys/${revision}`);
    }
  });
}

export function integrations({ row }: Suite): void {
  const content = { json: { some: "random", json: "does_not_matter", password: "hidden" } };
  const foo = `${ORIGIN}/integrations/docker/foo`;
  row("nobody", "PUT", foo, 401, EMPTY, content);
  row("mystique", "PUT", foo, 403, EMPTY, content);
  row("bobo", "PUT", foo, 400, /./, { body: "no json" });
  row("bobo", "PUT", foo, 201, EMPTY, content);
  row("nobody", "GET", `${ORIGIN}/integrations`, 401, EMPTY);
  row("mystique", "GET", `${ORIGIN}/integrations`, 403, EMPTY);
  row("bobo", "GET", `${ORIGIN}/integrations`, 200, '{"docker":["foo"]}');
  row("nobody", "GET", `${ORIGIN}/integrations/docker/names`, 401, EMPTY);
  row("mystique", "GET", `${ORIGIN}/integrations/docker/names`, 403, EMPTY);
  row("bobo", "GET", `${ORIGIN}/integrations/docker/names`, 200, '{"names":["foo"]}');
  row(
    "bobo",
    "GET",
    foo,
    200,
    '{"origin":"neurosis","integration":"docker","name":"foo","body":{"some":"random","json":"does_not_matter"}}',
  );
  row("nobody", "DELETE", foo, 401, EMPTY);
  row("mystique", "DELETE", foo, 403, EMPTY);
  row("bobo", "DELETE", foo, 204, EMPTY);
  row("bobo", "GET", foo, 404, EMPTY);
  row("bobo", "PUT", `${ORIGIN}/integrations/docker/docker`, 201, EMPTY, content);
}

export function profile({ row, known }: Suite): void {
  const email = { json: { email: "haha@example.com" } };
  row("nobody", "PATCH", "/profile", 401, EMPTY, email);
  row("bobo", "PATCH", "/profile", 400, EMPTY, { json: { email: "" } });
  row("bobo", "PATCH", "/profile", 200, EMPTY, email);
  row("nobody", "GET", "/profile", 401, EMPTY);
  row("bobo", "GET", "/profile", 200, { name: "bobo", email: "haha@example.com" });

  const keep = (who: string) => (answer: { json: unknown }) => {
    const { id, token } = answer.json as { id: string; token: string };
    expect(token).toMatch(/^_/);
    known.set(`token of ${who}`, id);
  };
  const own = (who: string) => () => `/profile/access-tokens/${known.get(`token of ${who}`)}`;
  row("nobody", "POST", "/profile/access-tokens", 401, EMPTY);
  row("bobo", "POST", "/profile/access-tokens", 200, keep("bobo"));
  row("nobody", "GET", "/profile/access-tokens", 401, EMPTY);
  row("bobo", "GET", "/profile/access-tokens", 200, ({ json }) => {
    const { tokens } = json as { tokens: { id: string }[] };
    expect(tokens.map(({ id }) => id)).toEqual([known.get("token of bobo") ?? ""]);
  });
  row("nobody", "DELETE", own("bobo"), 401, EMPTY);
  row("bobo", "DELETE", "/profile/access-tokens/word", 422, "Error parsing access token.");
  row("bobo", "DELETE", own("bobo"), 200, EMPTY);
  row("bobo", "POST", "/profile/access-tokens", 200, keep("bobo"));
  row("mystique", "POST", "/profile/access-tokens", 200, keep("mystique"));
  row("mystique", "DELETE", own("bobo"), 401, "Unauthorized access.");
  row("bobo", "DELETE", own("bobo"), 200, EMPTY);
}

export function misc({ row }: Suite): void {
  row("nobody", "POST", "/ext/integrations/docker/credentials/validate", 401, EMPTY, { json: {} });
  row("bobo", "POST", "/ext/integrations/docker/credentials/validate", 400, /./, { json: {} });
  row("bobo", "POST", "/ext/integrations/docker/credentials/validate", 400, /./, {
    json: { username: "a", password: "b", url: "http://127.0.0.1:1" },
  });
  row("nobody", "GET", "/status", 200, EMPTY);
  row("nobody", "POST", "/status", 405, EMPTY);
  const rdeps = "/rdeps/neurosis/testapp?target=x86_64-linux";
  row("nobody", "GET", rdeps, 200, '{"origin":"neurosis","name":"testapp","rdeps":["neurosis/oddversion7"]}');
  row(
    "nobody",
    "GET",
    "/rdeps/neurosis/testapp?target=nosuch",
    200,
    '{"origin":"neurosis","name":"testapp","rdeps":[]}',
  );
  row("bobo", "PUT", ORIGIN, 204, EMPTY, { json: { default_package_visibility: "private" } });
  row("nobody", "GET", rdeps, 200, '{"origin":"neurosis","name":"testapp","rdeps":[]}');
  row("bobo", "GET", rdeps, 200, '{"origin":"neurosis","name":"testapp","rdeps":["neurosis/oddversion7"]}');
}
