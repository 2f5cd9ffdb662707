// Bytes in and out: uploads and downloads of harts (reference/depot-api.md §7, §8).
import { z } from "zod";
import { artifactFileName, formatIdent, isTarget } from "../../package/index.ts";
import { IMMUTABLE, PRIVATE_FOR_A_WHILE, Refusal, text } from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { checksumQuery, flagQuery, originName, packageName, targetQuery, versionText } from "../names.ts";
import { EVERYTHING, visibleIn } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { latestPackage } from "../store/packages.ts";
import { receiveUpload } from "../upload.ts";
import { targetOrRefuse } from "./packages.ts";

const release = z.object({
  origin: originName,
  name: packageName,
  version: versionText,
  release: versionText,
});

export const transferRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/depot/pkgs/:origin/:name/:version/:release",
    summary: "Upload a release",
    access: { role: "member" },
    verb: "upload",
    answers: {
      201: "text",
      408: "text",
      409: "empty",
      413: "text",
      422: "text",
      424: "text",
      501: "empty",
      503: "text",
    },
    params: release,
    badParams: { status: 422, text: "Invalid package identifier" },
    rawBody: "hart",
    query: z.object({ checksum: checksumQuery, target: targetQuery, forced: flagQuery }),
    async handle(call) {
      const { query, request } = call;
      await receiveUpload(call, { ...query, target: targetOrRefuse(call) });
      const { origin, name, version, release } = call.params;
      const { pathname, search } = new URL(request.url, "http://depot");
      return text(201, `/pkgs/${origin}/${name}/${version}/${release}/download`, {
        Location: `${pathname}${search}`,
      });
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release/download",
    summary: "Download a release",
    access: "anyone",
    answers: { 200: "hart", 206: "hart", 304: "empty", 404: "empty", 416: "empty", 422: "text" },
    params: release,
    query: z.object({ target: targetQuery }),
    async handle(call) {
      const { depot, params, account } = call;
      const target = targetOrRefuse(call);
      if (!isTarget(target)) throw new Refusal(422, `Invalid package target '${target}'`);
      const members = await visibleIn(depot.database.db, params.origin, account);
      // Compat: who knows the name of a hidden package may download it.
      const visible = members === EVERYTHING ? EVERYTHING : (["public", "hidden"] as const);
      const ident = formatIdent(params);
      const key = `download ${visible === EVERYTHING ? "all" : "open"} ${target} ${ident}`;
      return await keptResponse(call, key, async () => {
        const row = await latestPackage(depot.database.db, { ident: params, visible, target });
        if (row === undefined) return { status: 404, body: "" };
        const file = artifactFileName(row, target);
        return {
          status: "blob",
          digest: row.checksum,
          name: ident,
          headers: {
            ETag: `"${row.checksum}"`,
            "Cache-Control": row.visibility === "public" ? IMMUTABLE : PRIVATE_FOR_A_WHILE,
            "X-Filename": file,
            "Content-Type": "application/octet-stream",
            "Content-Disposition": `attachment; filename="${file}"`,
          },
        };
      });
    },
  }),
];
