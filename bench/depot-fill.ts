// A depot with many packages, made without uploading each: rows written straight into its database, all naming one
// small blob. For measuring what depends on their number.

import { OPERATOR } from "../src/depot/accounts.ts";
import type { DepotPlaceWords } from "../src/depot/index.ts";
import { openPlace } from "../src/depot/place.ts";
import { wordsOf } from "../src/depot/search-words.ts";
import { insertAccount } from "../src/depot/store/accounts.ts";
import { findChannel, insertOrigin } from "../src/depot/store/origins.ts";
import { type AnyRow, insertRows } from "../src/depot/store/whole-tables.ts";
import { versionOrder } from "../src/depot/version-order.ts";

const ORIGINS = 20;
const ROWS_A_TRANSACTION = 5_000;

/** Name of the package of this number, and its origin. */
export function nameOf(index: number): { origin: string; name: string } {
  return {
    origin: `origin${index % ORIGINS}`,
    name: `tool${index}-${["server", "client", "lib", "data"][index % 4]}`,
  };
}

/** Fills an empty depot with `packages` × `releases`, all in the channel stable. */
export async function fillDepot(place: DepotPlaceWords, packages: number, releases: number): Promise<void> {
  const open = await openPlace(place);
  try {
    const account = await open.database.write((writing) => insertAccount(writing, "filler", ""));
    const channels: string[] = [];
    for (let index = 0; index < ORIGINS; index++)
      channels.push(
        await open.database.write(async (writing) => {
          const { name } = await insertOrigin(writing, OPERATOR, account.id, `origin${index}`, "public");
          return (await findChannel(writing.db, name, "stable"))?.id ?? "";
        }),
      );
    for (let from = 0; from < packages * releases; from += ROWS_A_TRANSACTION)
      await open.database.write(async ({ db, at, newId }) => {
        const rows: AnyRow[] = [];
        const members: AnyRow[] = [];
        const words: AnyRow[] = [];
        for (let row = from; row < Math.min(from + ROWS_A_TRANSACTION, packages * releases); row++) {
          const index = Math.floor(row / releases);
          const { origin, name } = nameOf(index);
          const version = `1.${row % releases}.0`;
          const release = "20260101000000";
          const ident = `${origin}/${name}/${version}/${release}`;
          const id = newId();
          const dependency = JSON.stringify(["core/glibc/2.39/20260101000000"]);
          rows.push({
            ...{ id, owner_id: account.id, origin, name, version, release, ident, target: "x86_64-linux" },
            ...(versionOrder(version) as unknown as AnyRow),
            ...{
              checksum: "ab".repeat(32),
              size: 1000,
              manifest: `# ${ident}\n${"x".repeat(400)}\n`,
              config: "",
            },
            ...{ deps: dependency, tdeps: dependency, build_deps: "[]", build_tdeps: "[]", exposes: "[]" },
            ...{ package_type: "standard", visibility: "public", signer: `${origin}-20260101000000` },
            ...{ created_at: at, updated_at: at },
          });
          const channel_id = channels[index % ORIGINS] ?? "";
          members.push({ channel_id, package_id: id, created_at: at, updated_at: at });
          if (row % releases === 0)
            for (const word of new Set([...wordsOf(origin), ...wordsOf(name)]))
              words.push({ word, origin, name });
        }
        await insertRows(db, "packages", rows);
        await insertRows(db, "channel_packages", members);
        await insertRows(db, "search_words", words);
      });
  } finally {
    await open.database.close();
  }
}
