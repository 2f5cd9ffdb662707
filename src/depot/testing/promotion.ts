// For tests of promotions: an origin with people of several roles and small packages, on a depot of its own.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DepotOptions } from "../index.ts";
import { withDatabase } from "../place.ts";
import type { Writing } from "../store/database.ts";
import { startTestDepot, type TestDepot } from "./depot.ts";
import { temporaryDirectory } from "./directory.ts";
import { makeHart } from "./harts.ts";

export interface PromotionWorld {
  readonly depot: TestDepot;
  /** Sends JSON as somebody and gives status and answer; texts stay texts. */
  ask(as: string, method: string, path: string, json?: unknown): Promise<{ status: number; body: unknown }>;
  /** Changes the rows themselves. */
  write(work: (writing: Writing) => Promise<void>): Promise<void>;
  /** Uploads a release as owner. Gives its ident. */
  upload(ident: string): Promise<string>;
  stop(): Promise<void>;
}

const PEOPLE = {
  olga: "owner",
  adam: "administrator",
  mia: "maintainer",
  max: "maintainer",
  mona: "member",
  rita: "readonly_member",
} as const;

/** People of the origin acme: olga owns it, adam administers, mia and max maintain, mona and rita are less; eve is a stranger. */
export async function startPromotionWorld(
  options: Pick<DepotOptions, "webhookTargets" | "signInFile"> = {},
): Promise<PromotionWorld> {
  const directory = temporaryDirectory("hab-promotion-");
  const accountsFile = join(directory, "accounts.toml");
  const lines = Object.entries(PEOPLE).map(
    ([name, role]) =>
      `[[accounts]]\nname = "${name}"\ntoken = "token-${name}"\norigins = { acme = "${role}" }\n`,
  );
  lines.push(`[[accounts]]\nname = "eve"\ntoken = "token-eve"\norigins = { evil = "owner" }\n`);
  writeFileSync(accountsFile, lines.join("\n"));
  chmodSync(accountsFile, 0o600);
  const depot = await startTestDepot({ directory, accountsFile, ...options });
  return {
    depot,
    async ask(as, method, path, json) {
      const response = await depot.call(method, path, {
        token: `token-${as}`,
        ...(json !== undefined && { json }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
      return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
    },
    async upload(ident) {
      const { bytes, checksum } = await makeHart(ident);
      const answer = await depot.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}`, {
        token: "token-olga",
        body: bytes,
      });
      if (answer.status !== 201)
        throw new Error(`upload of ${ident}: ${answer.status} ${await answer.text()}`);
      return ident;
    },
    write: (work) => withDatabase(depot.place, (database) => database.write(work)),
    stop: () => depot.stop(),
  };
}
