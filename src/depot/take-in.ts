// Everything that a package's coming in changes, in one transaction: an upload, a bundle, or another depot's.
import { type FullIdent, formatIdent, type Target } from "../package/index.ts";
import { Refusal } from "./answers.ts";
import type { IncomingBlob } from "./blobs/blob-store.ts";
import type { CheckedHart } from "./hart-check.ts";
import { changeChannel } from "./promotion/change-channel.ts";
import { type Actor, recordAudit } from "./store/audit.ts";
import type { Writing } from "./store/database.ts";
import { findChannel, findOrigin } from "./store/origins.ts";
import { insertSettings, packageOf, putPackage, settingsVisibility } from "./store/packages.ts";
import { indexPackageName } from "./store/search.ts";
import { versionOrder } from "./version-order.ts";

export interface Arrival {
  readonly ident: FullIdent;
  readonly incoming: Pick<IncomingBlob, "digest" | "size">;
  readonly hart: CheckedHart;
  /** Replaces the row of an existing package, if the bytes are the same. */
  readonly forced: boolean;
}

/** Writes the rows of a checked package and puts it into `unstable`. Gives the package's id. Throws Refusal. */
export async function writePackage(
  writing: Writing,
  actor: Actor,
  { ident: parts, incoming, hart, forced }: Arrival,
): Promise<string> {
  const { origin, name, version, release } = parts;
  const ident = formatIdent(parts);
  // Asked again, now that nobody else can write: two uploads of one release may have come this far together.
  const known = await packageOf(writing.db, ident, hart.target);
  if (known !== undefined && !forced) throw new Refusal(409);
  if (known !== undefined && known.checksum !== incoming.digest) throw new Refusal(422, "ds:up:4");
  const channel = await findChannel(writing.db, origin, "unstable");
  const row = await findOrigin(writing.db, origin);
  if (channel === undefined || row === undefined) throw new Refusal(403);
  let visibility = await settingsVisibility(writing.db, origin, name);
  if (visibility === undefined) {
    visibility = row.default_package_visibility;
    await insertSettings(writing, actor.accountId, origin, name, visibility);
  }
  const packageId = await putPackage(
    writing,
    {
      owner_id: actor.accountId,
      origin,
      name,
      version,
      release,
      ident,
      target: hart.target,
      ...versionOrder(version),
      checksum: incoming.digest,
      size: incoming.size,
      manifest: hart.manifest,
      config: hart.config,
      deps: JSON.stringify(hart.deps.map(formatIdent)),
      tdeps: JSON.stringify(hart.tdeps.map(formatIdent)),
      build_deps: JSON.stringify(hart.buildDeps.map(formatIdent)),
      build_tdeps: JSON.stringify(hart.buildTdeps.map(formatIdent)),
      exposes: JSON.stringify(hart.exposes),
      package_type: hart.packageType,
      visibility,
      signer: hart.signer,
    },
    hart.tdeps.map((each) => ({ origin: each.origin, name: each.name, ident: formatIdent(each) })),
  );
  await changeChannel(writing, actor, channel, {
    action: "upload",
    add: [{ id: packageId, ident, target: hart.target }],
  });
  await indexPackageName(writing, origin, name);
  await recordAudit(writing, actor, {
    operation: "package-upload",
    subject: ident,
    origin,
    details: { target: hart.target satisfies Target, checksum: incoming.digest, forced },
  });
  return packageId;
}
