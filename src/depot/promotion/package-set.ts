// Which packages a promotion means: what a channel holds, what a list names, or what is named of a channel. Decided once:
// what is promoted, now or after its approval, is exactly this.
import { Refusal } from "../answers.ts";
import type { Queries } from "../store/database.ts";
import type { Channel } from "../store/origins.ts";
import type { RequestedPackage } from "../store/promotion-requests.ts";

export interface SetWords {
  readonly origin: string;
  readonly from: Channel | undefined;
  /** Full idents; undefined for all of `from`. */
  readonly idents: readonly string[] | undefined;
  /** Undefined for all targets. */
  readonly target: string | undefined;
}

/** Packages of one request for promotion. */
export const MAX_SET_PACKAGES = 20_000;

/** Idents asked for in one question. */
const IDENTS_A_QUESTION = 500;

/** The packages, by ident and target. Refuses with 404 when one that is named is not there, 422 when there are none. */
export async function choosePackages(db: Queries, words: SetWords): Promise<RequestedPackage[]> {
  const { origin, from, idents, target } = words;
  const chosen: RequestedPackage[] = [];
  const question = (some: readonly string[] | undefined) => {
    let query = db
      .selectFrom("packages")
      .select(["packages.id", "packages.ident", "packages.target", "packages.checksum"])
      .where("packages.origin", "=", origin);
    if (some !== undefined) query = query.where("packages.ident", "in", some);
    if (target !== undefined) query = query.where("packages.target", "=", target);
    if (from !== undefined)
      query = query.where("packages.id", "in", (select) =>
        select
          .selectFrom("channel_packages")
          .select("channel_packages.package_id")
          .where("channel_packages.channel_id", "=", from.id),
      );
    return query
      .orderBy("packages.ident")
      .orderBy("packages.target")
      .limit(MAX_SET_PACKAGES + 1)
      .execute();
  };
  if (idents === undefined) chosen.push(...(await question(undefined)));
  else
    for (let start = 0; start < idents.length; start += IDENTS_A_QUESTION)
      chosen.push(...(await question(idents.slice(start, start + IDENTS_A_QUESTION))));
  const known = new Set(chosen.map(({ ident }) => ident));
  const missing = (idents ?? []).filter((ident) => !known.has(ident));
  if (missing.length > 0)
    throw new Refusal(
      404,
      `Not in ${from === undefined ? "the depot" : `the channel ${from.name}`}: ${missing.join(", ")}`,
    );
  if (chosen.length === 0) throw new Refusal(422, "There is nothing to promote");
  if (chosen.length > MAX_SET_PACKAGES)
    throw new Refusal(422, `More than ${MAX_SET_PACKAGES} packages cannot be promoted at once`);
  return chosen;
}
