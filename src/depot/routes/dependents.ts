// Who depends on a package (reference/depot-api.md §6).
import { z } from "zod";
import { dependentsAnswer } from "../answer-schemas.ts";
import { json } from "../answers.ts";
import { MAX_NAME_LENGTH } from "../limits.ts";
import { originName, packageName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { dependentsOf } from "../store/dependents.ts";

export const dependentRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/rdeps/:origin/:name",
    summary: "Packages that depend on any release of this one",
    access: "anyone",
    answers: { 200: dependentsAnswer },
    params: z.object({ origin: originName, name: packageName }),
    // Compat: any text is a target here; one that is none has no packages.
    query: z.object({ target: z.string().max(MAX_NAME_LENGTH).default("x86_64-linux") }),
    async handle({ depot, params, query, account }) {
      const found = await dependentsOf(depot.database.db, params.origin, params.name, query.target, account);
      return json(200, { ...params, rdeps: found.map(({ origin, name }) => `${origin}/${name}`) });
    },
  }),
];
