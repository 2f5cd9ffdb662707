// Uploads in pieces (docs/decisions/0038): how much is here, the next piece, all of it put together, or given up.
import { z } from "zod";
import { uploadProgressAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { PIECE_BYTES } from "../limits.ts";
import { checksumQuery, flagQuery, originName, packageName, targetQuery, versionText } from "../names.ts";
import { type Route, route } from "../route.ts";
import { assembleUpload, dropUpload, receivePiece, uploadKey, uploadOffset } from "../upload-pieces.ts";
import { targetOrRefuse } from "./packages.ts";

const common = {
  path: "/depot/pkgs/:origin/:name/:version/:release/upload",
  access: { role: "member" },
  verb: "upload",
  params: z.object({ origin: originName, name: packageName, version: versionText, release: versionText }),
  badParams: { status: 422, text: "Invalid package identifier" },
} as const;

const ofUpload = { checksum: checksumQuery, target: targetQuery };

const progress = (offset: number) => json(200, { offset, piece_bytes: PIECE_BYTES }, NO_CACHE);

export const uploadPieceRoutes: readonly Route[] = [
  route({
    ...common,
    method: "GET",
    summary: "How much of an upload in pieces is here",
    answers: { 200: uploadProgressAnswer, 409: "empty", 422: "text" },
    query: z.object({ ...ofUpload, forced: flagQuery }),
    async handle(call) {
      const { checksum, forced } = call.query;
      const key = uploadKey(call, { checksum, target: targetOrRefuse(call) });
      return progress(await uploadOffset(call, key, forced));
    },
  }),
  route({
    ...common,
    method: "PUT",
    summary: "Upload the next piece of a release",
    rawBody: "hart",
    answers: { 200: uploadProgressAnswer, 408: "text", 409: "text", 413: "text", 422: "text", 503: "text" },
    query: z.object({
      ...ofUpload,
      offset: z
        .string()
        .regex(/^[0-9]{1,15}$/)
        .transform(Number)
        .default(0),
    }),
    async handle(call) {
      const key = uploadKey(call, { checksum: call.query.checksum, target: targetOrRefuse(call) });
      return progress(await receivePiece(call, key, call.query.offset));
    },
  }),
  route({
    ...common,
    method: "POST",
    summary: "Make a release of the pieces that were uploaded",
    answers: { 201: "text", 404: "text", 409: "text", 422: "text", 424: "text", 503: "text" },
    query: z.object({ ...ofUpload, forced: flagQuery }),
    async handle(call) {
      const { checksum, forced } = call.query;
      const key = uploadKey(call, { checksum, target: targetOrRefuse(call) });
      await assembleUpload(call, key, forced);
      return text(201, `/pkgs/${key.ident}/download`, { Location: `/v1/depot/pkgs/${key.ident}` });
    },
  }),
  route({
    ...common,
    method: "DELETE",
    summary: "Give up an upload in pieces",
    answers: { 204: "empty", 422: "text" },
    query: z.object(ofUpload),
    async handle(call) {
      const key = uploadKey(call, { checksum: call.query.checksum, target: targetOrRefuse(call) });
      await dropUpload(call.depot, key);
      return empty(204);
    },
  }),
];
