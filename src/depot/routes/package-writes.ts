// Changing packages that are here: visibility and deletion (reference/depot-api.md §6).
import { z } from "zod";
import { empty, Refusal, text } from "../answers.ts";
import { announceBlob } from "../blobs/ledger.ts";
import { originName, packageName, targetQuery, versionText } from "../names.ts";
import { emptyChannelsOf } from "../promotion/change-channel.ts";
import { type Route, route } from "../route.ts";
import { recordAudit } from "../store/audit.ts";
import { hasDependents } from "../store/dependents.ts";
import { channelsOfPackage, packageOf, setVisibility } from "../store/packages.ts";
import { deletePackage } from "../store/removal.ts";
import { targetOrRefuse } from "./packages.ts";

const ofRelease = { origin: originName, name: packageName, version: versionText, release: versionText };

export const packageWriteRoutes: readonly Route[] = [
  route({
    method: "PATCH",
    path: "/depot/pkgs/:origin/:name/:version/:release/:visibility",
    summary: "Change who may see a release",
    access: { role: "maintainer" },
    verb: "manage",
    answers: { 200: "empty", 422: "text" },
    params: z.object({ ...ofRelease, visibility: z.enum(["public", "private", "hidden"]) }),
    badParams: { status: 422, text: "Invalid package name or visibility" },
    query: z.object({}),
    async handle(call) {
      const { origin, name, version, release, visibility } = call.params;
      if (visibility === "hidden") return text(422, "Not allowed to set packages to 'hidden'");
      const ident = `${origin}/${name}/${version}/${release}`;
      await call.depot.database.write(async (writing) => {
        await setVisibility(writing, ident, visibility);
        await recordAudit(writing, call.actor(), {
          operation: "package-visibility",
          subject: ident,
          origin,
          details: { visibility },
        });
      });
      return empty(200);
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/pkgs/:origin/:name/:version/:release",
    summary: "Delete a release that is not in the stable channel and that nothing depends on",
    access: { role: "member" },
    verb: "manage",
    answers: { 204: "empty", 404: "empty", 422: "text" },
    params: z.object(ofRelease),
    query: z.object({ target: targetQuery }),
    async handle(call) {
      const { origin, name, version, release } = call.params;
      const target = targetOrRefuse(call);
      const ident = `${origin}/${name}/${version}/${release}`;
      const { checksum, intent } = await call.depot.database.write(async (writing) => {
        const { db } = writing;
        const row = await packageOf(db, ident, target);
        const channels = row === undefined ? [] : await channelsOfPackage(db, row.id);
        if (channels.some((channel) => channel.name === "stable"))
          throw new Refusal(422, `Deleting package in stable channel not allowed '${ident}'`);
        if (await hasDependents(db, origin, name, target))
          throw new Refusal(422, `Deleting package with rdeps not allowed '${ident}'`);
        if (row === undefined) throw new Refusal(404);
        await emptyChannelsOf(writing, call.actor(), row);
        await deletePackage(writing, row.id);
        await recordAudit(writing, call.actor(), {
          operation: "package-delete",
          subject: ident,
          origin,
          details: { target, checksum: row.checksum },
        });
        return { checksum: row.checksum, intent: await announceBlob(writing, row.checksum) };
      });
      await call.depot.blobs.removeUnreferenced(checksum, intent);
      return empty(204);
    },
  }),
];
