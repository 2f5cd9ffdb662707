// `hab pkg export container`: packages and all they need as a container image (reference/plan-build.md §17.2, §17.3).
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { HabError } from "../error/index.ts";
import { isPresent, isRegularFile } from "../host/index.ts";
import { type InstalledPackage, releaseSeconds, type TarMember } from "../package/index.ts";
import { explained, writeTar } from "./archive.ts";
import { askedFor, certificatesOf, habOf, SHELL_PACKAGE } from "./base.ts";
import { containerFiles } from "./container-files.ts";
import { exportErrors } from "./errors.ts";
import { type Image, writeImage } from "./image.ts";
import { type ImageName, identifiersOf, imageName, type NamingOptions } from "./image-name.ts";
import { layerOrder } from "./layer-order.ts";
import { treeMembers } from "./members.ts";
import { ExportRoot, type RootOptions } from "./root.ts";
import { WorkDirectory } from "./work-directory.ts";

export interface ContainerOptions extends RootOptions {
  /** Idents and paths of harts, as the user typed them. */
  readonly sources: readonly string[];
  /** Packages to take `hab` and what it runs from; without any it is this very program. */
  readonly habPackages: readonly string[];
  readonly naming: NamingOptions;
  readonly singleLayer: boolean;
  /** Where the layout or the archive goes. */
  readonly destination: (name: ImageName, primary: InstalledPackage) => string;
  /** An archive that `docker load` and `podman load` take, or the directory of an OCI image layout. */
  readonly form: "archive" | "directory";
  /** Time of the image, seconds since 1970; by default that of the primary's release. */
  readonly epochSeconds?: number | undefined;
  /** What is being done, for people. */
  readonly onStep: (step: string) => void;
  /** Bytes that layers hold so far, before they are compressed. */
  readonly onBytes?: (bytes: number) => void;
  readonly onMissing: (what: string, why: string) => void;
  /** The image before it goes where it should: what is done with it must not need that. */
  readonly use?: (image: Image, name: ImageName) => Promise<void>;
}

export interface ExportedImage {
  readonly path: string;
  readonly name: ImageName;
  readonly ident: string;
  /** `sha256:…` of the configuration, which engines call the image's id. */
  readonly id: string;
  /** `sha256:…` of the manifest, which registries know it by. */
  readonly digest: string;
  readonly layers: number;
  readonly bytes: number;
}

/**
 * Exports. What is made appears whole or not at all. Throws HAB-EXP-001 to 004, 007, 008, those of installing, and what `use`
 * throws.
 */
export async function exportContainer(options: ContainerOptions): Promise<ExportedImage> {
  const { sources, signal } = options;
  using root = new ExportRoot(options);
  const packages: InstalledPackage[] = [];
  for (const source of sources) packages.push(await root.install(source));
  const index = packages.findIndex((pkg) => pkg.isRunnable);
  const primary = packages[index];
  if (primary === undefined)
    throw new HabError(exportErrors.noService, `${packages.join(", ")}: none of them has a run hook`);
  const name = await imageName(primary.ident, options.from.channel, options.naming);
  const shell = await root.installBase(SHELL_PACKAGE);
  const certificates = await certificatesOf(root, options.onMissing, options.signal);
  const { base, hab, members } = await habOf(root, options.habPackages);

  const destination = options.destination(name, primary);
  requireFree(destination, options.form);
  try {
    using work = new WorkDirectory(dirname(destination));
    options.onStep(`layers of ${identifiersOf(name).join(", ")}`);
    const image = await writeImage({
      directory: join(work.path, "image"),
      root: root.directory,
      packages: layerOrder(
        [shell, ...base, ...(certificates === undefined ? [] : [certificates]), ...packages].map(
          ({ ident }) => ident,
        ),
        (ident) => root.package(ident).deps,
      ),
      singleLayer: options.singleLayer,
      above: [
        ...(members.length === 0 ? [] : [{ title: hab, members }]),
        {
          title: "accounts, commands, start script",
          members: containerFiles({
            primary,
            primaryIdent: askedFor(sources[index] ?? "", primary),
            packages,
            shell,
            certificates,
            hab,
          }),
        },
      ],
      primary,
      primaryIdent: askedFor(sources[index] ?? "", primary),
      ports: [...new Set(packages.filter((pkg) => pkg.isRunnable).flatMap((pkg) => pkg.exposes))],
      identifiers: identifiersOf(name),
      epochSeconds: options.epochSeconds ?? releaseSeconds(primary.ident.release) ?? 0,
      ...(options.onBytes && { onBytes: options.onBytes }),
      signal,
    });
    await options.use?.(image, name);
    const { manifest, config, layers } = image;
    if (options.form === "directory") replaceDirectory(image.directory, destination);
    else
      await writeTar({
        path: destination,
        members: layoutMembers(image.directory),
        compressed: false,
        signal,
      });
    return {
      path: destination,
      name,
      ident: primary.toString(),
      id: config.digest,
      digest: manifest.digest,
      layers: layers.length,
      bytes: layers.reduce((sum, layer) => sum + layer.size, config.size + manifest.size),
    };
  } catch (error) {
    throw explained(error, destination);
  }
}

function requireFree(path: string, form: "archive" | "directory"): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!isPresent(path)) return;
  const isLayout = isRegularFile(join(path, "oci-layout"));
  if (form === "archive" ? !isRegularFile(path) : !isLayout)
    throw new HabError(exportErrors.targetExists, `${path} is there and is no earlier export`);
}

function replaceDirectory(from: string, to: string): void {
  const old = `${from}.old`;
  if (isPresent(to)) renameSync(to, old);
  renameSync(from, to);
}

/** The layout as an archive; when it was written, and with which mask, says nothing of the image. */
function* layoutMembers(path: string): Generator<TarMember> {
  for (const name of readdirSync(path).sort())
    for (const member of treeMembers(join(path, name), name))
      yield { ...member, mode: member.content === "directory" ? 0o755 : 0o644, mtimeSeconds: 0 };
}
