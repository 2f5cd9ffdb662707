// What must be true of a hart before the depot takes it, in the order and with the answers of the original
// (reference/depot-api.md §7), and beyond it: the signature where the key is known, and no dependency on itself.
import { open } from "node:fs/promises";
import {
  digestsEqual,
  formatNamedRevision,
  openSignedMessage,
  parseDigest,
  parseKey,
} from "../crypto/index.ts";
import { describeError, HabError } from "../error/index.ts";
import {
  type ArchiveMetadata,
  type ArchiveMetafile,
  type FullIdent,
  formatIdent,
  type HartHeader,
  hashRest,
  type PackageType,
  parseFullIdent,
  parseIdentLines,
  parsePorts,
  parseTarget,
  payloadPart,
  readHartHeader,
  readMetafiles,
  required,
  requirePackageType,
  sameIdent,
  type Target,
} from "../package/index.ts";
import { Refusal } from "./answers.ts";
import type { IncomingBlob } from "./blobs/blob-store.ts";
import { EVERYTHING } from "./roles.ts";
import type { Queries } from "./store/database.ts";
import { findKey } from "./store/origin-keys.ts";
import { directDependents, latestPackage, packageOf } from "./store/packages.ts";

/** What the database keeps of a hart that passed. */
export interface CheckedHart
  extends Pick<
    ArchiveMetadata,
    "target" | "packageType" | "manifest" | "deps" | "tdeps" | "buildDeps" | "buildTdeps" | "exposes"
  > {
  /** Its default.toml; empty where it has none. */
  readonly config: string;
  /** `name-revision` of the signing key. */
  readonly signer: string;
}

/** What the client says of the hart. */
export interface StatedHart {
  readonly checksum: string;
  readonly forced: boolean;
}

/** Checks a received hart. Refuses with 422 and the original's text, or 424 for a dependency circle. */
export async function checkHart(
  db: Queries,
  incoming: IncomingBlob,
  ident: FullIdent,
  stated: StatedHart,
): Promise<CheckedHart> {
  const file = await open(incoming.path, "r");
  try {
    const { header, files } = await refusing("ds:up:0", async () => {
      const header = await readHartHeader(incoming.path);
      const files = await readMetafiles(payloadPart(file.fd, header));
      requirePackageType(files);
      return { header, files };
    });
    const packageType = requirePackageType(files);
    const target = await refusing("ds:up:1", () => parseTarget(required(files, "TARGET")));
    if (!checksumsEqual(stated.checksum, incoming.digest)) throw new Refusal(422, "ds:up:3");
    await checkPackageType(db, ident, target, packageType);
    const known = stated.forced ? await packageOf(db, formatIdent(ident), target) : undefined;
    if (known !== undefined && known.checksum !== incoming.digest) throw new Refusal(422, "ds:up:4");
    // The original finds this out after it has stored the file, and leaves it behind.
    const own = await refusing("ds:up:6", () => parseFullIdent(required(files, "IDENT")));
    if (!sameIdent(own, ident)) throw new Refusal(422, "ds:up:6");
    const hart = await refusing("ds:up:0", () => contents(files, header, target, packageType));
    await checkSignature(db, file.fd, header);
    await checkCircle(db, ident, hart);
    return hart;
  } finally {
    await file.close();
  }
}

/** Runs a check; what is wrong with the hart becomes the answer, anything else goes on as it is. */
async function refusing<Result>(label: string, check: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof HabError) throw new Refusal(422, `${label}, err=${describeError(error)}`);
    throw error;
  }
}

function contents(
  files: ReadonlyMap<ArchiveMetafile, string>,
  header: HartHeader,
  target: Target,
  packageType: PackageType,
): CheckedHart {
  const idents = (name: ArchiveMetafile): FullIdent[] => [...parseIdentLines(files.get(name) ?? "", name)];
  return {
    target,
    packageType,
    manifest: required(files, "MANIFEST"),
    config: files.get("default.toml") ?? "",
    deps: idents("DEPS"),
    tdeps: idents("TDEPS"),
    buildDeps: idents("BUILD_DEPS"),
    buildTdeps: idents("BUILD_TDEPS"),
    exposes: [...parsePorts(files.get("EXPOSES") ?? "", "EXPOSES")],
    signer: formatNamedRevision(header.signer),
  };
}

function checksumsEqual(stated: string, actual: string): boolean {
  return /^[0-9a-f]{64}$/.test(stated) && digestsEqual(stated, actual);
}

/** A package stays standard or native for its whole life on a target. */
async function checkPackageType(
  db: Queries,
  ident: FullIdent,
  target: Target,
  packageType: PackageType,
): Promise<void> {
  const latest = await latestPackage(db, {
    ident: { origin: ident.origin, name: ident.name },
    visible: EVERYTHING,
    target,
  });
  if (latest !== undefined && latest.package_type !== packageType)
    throw new Refusal(
      422,
      `Package type mismatch; expected '${latest.package_type}', found '${packageType}'`,
    );
}

/**
 * The signature, if the depot holds the key it names. Packages signed with keys nobody has uploaded are taken, as by
 * the original; whoever installs them will ask for the key.
 */
async function checkSignature(db: Queries, fd: number, header: HartHeader): Promise<void> {
  const { name, revision } = header.signer;
  const key = await findKey(db, name, "signing-public", revision);
  if (key === undefined) return;
  await refusing(`Invalid signature of ${name}-${revision}`, async () => {
    const signed = await openSignedMessage(parseKey("origin-public", key.body), header.signature);
    const expected = parseDigest(new TextDecoder().decode(signed));
    if (!digestsEqual(expected, await hashRest(fd, header.payloadOffset)))
      throw new Refusal(422, "the content is not what was signed");
  });
}

/** No package may depend on itself, be it through a package that is already here. */
async function checkCircle(db: Queries, ident: FullIdent, hart: CheckedHart): Promise<void> {
  const own = formatIdent(ident);
  const needed = new Set([...hart.deps, ...hart.tdeps].map(formatIdent));
  const dependents = await directDependents(db, own, hart.target);
  const through = needed.has(own) ? own : dependents.find((dependent) => needed.has(dependent));
  if (through !== undefined) throw new Refusal(424, `Circular dependency of ${own} through ${through}`);
}
