// Beyond the original: reads that answer what people look for in one request, for the pages (src/web/depot). All are as the
// caller may see it, and none changes anything.
import { z } from "zod";
import {
  contentsAnswer,
  dependencyGraphAnswer,
  overviewAnswer,
  packageOverviewAnswer,
} from "../answer-schemas.ts";
import { empty, IMMUTABLE, jsonText, PRIVATE_FOR_A_WHILE } from "../answers.ts";
import { RECORD_FILES } from "../contents/collect.ts";
import { keptResponse } from "../kept-answers.ts";
import { originName, packageName, targetQuery, versionText } from "../names.ts";
import type { Caller } from "../roles.ts";
import { type Call, type Route, route } from "../route.ts";
import { packageShape, timeShape } from "../shapes.ts";
import { dependencyGraph, dependentReleases } from "../store/dependency-graph.ts";
import { channelHeads, newestReleases, originCounts } from "../store/overview.ts";
import { latestPackage, type PackageRow } from "../store/packages.ts";
import { targetOrRefuse, viewOf } from "./packages.ts";

/** Newest releases in the overview. */
const NEWEST = 12;
/** Origins in the overview; the rest is found by search. */
const MAX_ORIGINS = 500;
/** Nodes of a graph that can still be drawn, and releases listed as dependents. */
const MAX_NODES = 500;
const MAX_DEPENDENTS = 500;

const ofRelease = { origin: originName, name: packageName, version: versionText, release: versionText };
const target = z.object({ target: targetQuery });

type ReleaseCall = Call<z.infer<z.ZodObject<typeof ofRelease>>, { readonly target?: string | undefined }>;

/** The release that is asked for, if the caller may see it; exactly of the target. */
async function releaseOf(call: ReleaseCall): Promise<PackageRow | undefined> {
  const { visible } = await viewOf(call.depot, call.params.origin, call.account);
  return await latestPackage(call.depot.database.db, {
    ident: call.params,
    visible,
    target: targetOrRefuse(call),
  });
}

function cachingOf(row: PackageRow): string {
  return row.visibility === "public" ? IMMUTABLE : PRIVATE_FOR_A_WHILE;
}

/** Longest description that is given. */
const MAX_DESCRIPTION_LENGTH = 2000;

/** What MANIFEST says between its heading and its list (reference/plan-build.md). */
function descriptionOf(manifest: string): string {
  const lines = manifest.split("\n", 200).slice(1);
  const end = lines.findIndex((line) => line.startsWith("* __") || line.startsWith("# "));
  return lines.slice(0, Math.max(end, 0)).join("\n").trim().slice(0, MAX_DESCRIPTION_LENGTH);
}

function viewName(caller: Caller | undefined): string {
  return caller === undefined ? "" : `${caller.id}/${caller.origins?.join(",") ?? "*"}`;
}

export const lookRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/overview",
    summary: "Origins with the number of their packages, and the newest releases",
    access: "anyone",
    answers: { 200: overviewAnswer },
    params: z.object({}),
    query: z.object({}),
    async handle(call) {
      const { depot, account } = call;
      const { db } = depot.database;
      return await keptResponse(call, `overview ${viewName(account)}`, async () => {
        const origins = await originCounts(db, account);
        const newest = await newestReleases(db, account, NEWEST);
        const answer: z.infer<typeof overviewAnswer> = {
          package_count: origins.reduce((sum, each) => sum + each.package_count, 0),
          origin_count: origins.length,
          origins: origins
            .slice(0, MAX_ORIGINS)
            .map(({ origin, package_count }) => ({ name: origin, package_count })),
          newest: newest.map((row) => ({ ...row, created_at: timeShape(row.created_at) })),
        };
        return { status: 200, body: JSON.stringify(answer) };
      });
    },
  }),
  route({
    method: "GET",
    path: "/depot/overview/:origin/:name",
    summary: "A package at a glance: what its channels offer",
    access: "anyone",
    answers: { 200: packageOverviewAnswer },
    params: z.object({ origin: originName, name: packageName }),
    query: z.object({}),
    async handle(call) {
      const { depot, params, account } = call;
      const { db } = depot.database;
      const view = await viewOf(depot, params.origin, account);
      const key = `glance ${params.origin}/${params.name} ${view.name}`;
      return await keptResponse(call, key, async () => {
        const heads = await channelHeads(db, params, view.visible);
        const newest = await latestPackage(db, { ident: params, visible: view.visible });
        const answer: z.infer<typeof packageOverviewAnswer> = {
          description: newest === undefined ? "" : descriptionOf(newest.manifest),
          is_a_service: newest !== undefined && packageShape(newest, [], false).is_a_service,
          targets: [...new Set(heads.map((head) => head.target))].sort(),
          heads: heads.map(({ id: _, ...head }) => ({ ...head, promoted_at: timeShape(head.promoted_at) })),
        };
        return { status: 200, body: JSON.stringify(answer) };
      });
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release/graph",
    summary: "What a release needs and what needs it, as a graph",
    access: "anyone",
    answers: { 200: dependencyGraphAnswer, 404: "empty", 422: "text" },
    params: z.object(ofRelease),
    query: target,
    async handle(call) {
      const row = await releaseOf(call);
      if (row === undefined) return empty(404);
      const { database } = call.depot;
      return await keptResponse(call, `graph ${row.id} ${viewName(call.account)}`, async () => {
        const graph = await dependencyGraph(database.db, row, call.account, MAX_NODES);
        const dependents = await dependentReleases(database.db, row, call.account, MAX_DEPENDENTS);
        const answer: z.infer<typeof dependencyGraphAnswer> = {
          nodes: [...graph.nodes],
          edges: graph.edges.map(([from, to]) => [from, to]),
          left_out: graph.left_out,
          dependent_count: dependents.total,
          dependents: dependents.items,
        };
        return { status: 200, body: JSON.stringify(answer) };
      });
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release/contents",
    summary: "What is inside a release: files with sizes, its read-me, manifest and configuration",
    access: "anyone",
    answers: { 200: contentsAnswer, 404: "empty", 422: "text", 503: "text" },
    params: z.object(ofRelease),
    query: target,
    async handle(call) {
      const row = await releaseOf(call);
      if (row === undefined) return empty(404);
      call.liftIdleLimit();
      const contents = await call.depot.contents.of(row.checksum);
      if (contents === undefined) return empty(404);
      const answer: z.infer<typeof contentsAnswer> = {
        file_count: contents.fileCount,
        total_bytes: contents.totalBytes,
        files: contents.files.map((file) => ({ ...file, link: file.link ?? null })),
        readme:
          contents.readMe === undefined
            ? null
            : { path: contents.readMe.path, text: contents.readMe.text, is_cut: contents.readMe.isCut },
        manifest: contents.manifest,
        config: contents.config,
        records: Object.keys(contents.records),
        signer: row.signer,
      };
      return jsonText(200, JSON.stringify(answer), cachingOf(row));
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release/records/:record",
    summary: "The bill of materials (sbom) or the provenance of a release, as it is in the package",
    access: "anyone",
    answers: { 200: z.unknown(), 404: "empty", 422: "text", 503: "text" },
    params: z.object({
      ...ofRelease,
      record: z.enum(Object.keys(RECORD_FILES) as [keyof typeof RECORD_FILES]),
    }),
    query: target,
    async handle(call) {
      const row = await releaseOf(call);
      if (row === undefined) return empty(404);
      call.liftIdleLimit();
      const text = (await call.depot.contents.of(row.checksum))?.records[call.params.record];
      return text === undefined ? empty(404) : jsonText(200, text, cachingOf(row));
    },
  }),
];
