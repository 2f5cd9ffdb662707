// A depot with an origin that has everything: a public and a private package, members of every role, keys, a secret, an
// integration and an invitation. What only members may know carries words that no answer to others may hold.
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptAnonymously, formatKey, parseKey } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { temporaryDirectory } from "../../src/depot/testing/directory.ts";
import { makeHart, originKeys } from "../../src/depot/testing/harts.ts";
import { PEOPLE } from "./matrix.ts";

/** What only members of the origin may read. */
export const INNER = /closed|marker|9\.9\.9/;

export interface FurnishedDepot {
  readonly depot: TestDepot;
  /** By role, and of a stranger. */
  readonly tokens: Map<string, string>;
  stop(): Promise<void>;
}

export async function startFurnishedDepot(): Promise<FurnishedDepot> {
  const directory = temporaryDirectory("hab-depot-furnished-");
  const accountsFile = join(directory, "accounts.toml");
  const roles = PEOPLE.slice(2);
  const nameOf = (role: string) => (role === "owner" ? role : `marker-${role}`);
  writeFileSync(
    accountsFile,
    [
      ...roles.map((role) => account(nameOf(role), `acme = "${role}"`)),
      account("stranger"),
      account("marker-guest"),
      account("other", 'other = "owner"'),
    ].join("\n"),
  );
  chmodSync(accountsFile, 0o600);
  const depot = await startTestDepot({ accountsFile });
  const tokens = new Map(roles.map((role) => [role as string, `token-${nameOf(role)}`]));
  tokens.set("stranger", "token-stranger");
  await furnish(depot, "token-owner");
  return {
    depot,
    tokens,
    async stop() {
      await depot.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function account(name: string, origins = ""): string {
  return `[[accounts]]\nname = "${name}"\ntoken = "token-${name}"\norigins = { ${origins} }\n`;
}

async function furnish(depot: TestDepot, token: string): Promise<void> {
  const done = async (method: string, path: string, options: object = {}): Promise<Response> => {
    const response = await depot.call(method, path, { token, ...options });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const open = "acme/open/1.0.0/20260101000000";
  const closed = "acme/closed/9.9.9/20260101000000";
  const dependency = { DEPS: `${open}\n`, TDEPS: `${open}\n` };
  for (const [ident, files] of [
    [open, {}],
    [closed, { MANIFEST: "marker\n", ...dependency }],
  ] as const) {
    const hart = await makeHart(ident, files);
    await done("POST", `/depot/pkgs/${ident}?checksum=${hart.checksum}`, { body: hart.bytes });
    const release = ident.slice("acme/".length);
    await done("PUT", `/depot/channels/acme/stable/pkgs/${release}/promote`);
  }
  await done("PATCH", `/depot/pkgs/${closed}/private`);
  await done("PUT", "/settings/acme/closed", { json: { visibility: "private" } });
  await done("POST", "/depot/origins/acme/keys/20260102030405", {
    body: formatKey(originKeys("acme").publicKey),
  });
  const key = await (await done("GET", "/depot/origins/acme/encryption_key")).text();
  const value = await encryptAnonymously(parseKey("origin-encryption-public", key), Buffer.from("marker"));
  await done("POST", "/depot/origins/acme/secret", { json: { name: "marker-secret", value } });
  await done("PUT", "/depot/origins/acme/integrations/docker/marker-registry", { json: { password: "p" } });
  await done("POST", "/depot/origins/acme/users/marker-guest/invitations");
  await done("POST", "/depot/channels/acme/empty");
  await done("POST", "/depot/channels/acme/gated");
  await done("PUT", "/depot/channels/acme/gated/gate", {
    json: { approvals: 1, approvers: { accounts: ["marker-member"] } },
  });
  await done("POST", "/depot/origins/acme/webhooks", {
    json: { url: "https://marker.example.com/", active: false },
  });
  await done("POST", "/depot/channels/acme/promotions", { json: { from: "stable", to: "gated" } });
}
