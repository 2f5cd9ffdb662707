// Search (reference/depot-api.md §10).
import { z } from "zod";
import { identAnswer, pageOf } from "../answer-schemas.ts";
import { page, pageOffset, Refusal } from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import { flagQuery, rangeQuery, searchText } from "../names.ts";
import type { Caller } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { termsOf } from "../search-words.ts";
import { identShape } from "../shapes.ts";
import { searchNames, searchReleases } from "../store/search.ts";

const found = pageOf(identAnswer);

export const searchRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/pkgs/search/:query",
    summary: "Search packages by words of origin and name",
    access: "anyone",
    answers: { 200: found, 206: found, 422: "text" },
    params: z.object({ query: searchText }),
    badParams: { status: 422, text: "The search text is too long" },
    query: z.object({ range: rangeQuery, distinct: flagQuery }),
    async handle(call) {
      const { depot, params, query, account } = call;
      // Compat: decoded a second time, so `neurosis%252Ftestapp` and `neurosis%2Ftestapp` are the same.
      const terms = termsOf(decodedAgain(params.query));
      const offset = pageOffset(query.range);
      const key = `search ${query.distinct} ${offset} ${viewName(account)} ${terms.join(" ")}`;
      return await keptResponse(call, key, async () => {
        if (terms.length === 0) return page(offset, 0, []);
        const window = { offset, limit: PAGE_SIZE };
        const search = query.distinct ? searchNames : searchReleases;
        const { total, items } = await search(depot.database.db, terms, account, window);
        return page(offset, total, items.map(identShape));
      });
    },
  }),
];

/** What a caller sees depends on the account and on the origins their token reaches. */
function viewName(caller: Caller | undefined): string {
  return caller === undefined ? "" : `${caller.id}/${caller.origins?.join(",") ?? "*"}`;
}

function decodedAgain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (cause instanceof URIError) throw new Refusal(422, "The search text is not percent-encoded UTF-8");
    throw cause;
  }
}
