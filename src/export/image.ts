// A container image of packages, as an OCI image layout (OCI image specification 1.1): a layer for each package, so that
// images share them, then hab, then what is particular to this image. No engine and no daemon takes part.
import { join } from "node:path";
import { writeFileWhole } from "../host/index.ts";
import { type FullIdent, formatIdent, type InstalledPackage, type TarMember } from "../package/index.ts";
import { BlobDirectory, type Descriptor, type Layer } from "./blobs.ts";
import { layerGroups } from "./layer-order.ts";
import { packageMembers } from "./members.ts";

/** The HTTP gateway of the Supervisor. */
const GATEWAY_PORT = "9631";
/** Where an engine would name its platform so. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

const LAYERS_AT_A_TIME = 4;

export interface ImageOptions {
  /** Empty directory for the layout. */
  readonly directory: string;
  /** Root the packages are installed under. */
  readonly root: string;
  /** Every package of the image, lowest first. */
  readonly packages: readonly FullIdent[];
  /** One layer for all packages instead of one for each. */
  readonly singleLayer: boolean;
  /** Layers above the packages, with what a reader of the history is told. */
  readonly above: readonly { readonly title: string; readonly members: readonly TarMember[] }[];
  readonly primary: InstalledPackage;
  readonly primaryIdent: string;
  /** Ports that packages expose. */
  readonly ports: readonly string[];
  /** `name:tag` of the image, for those who load the layout. */
  readonly identifiers: readonly string[];
  /** Time of the image, seconds since 1970. */
  readonly epochSeconds: number;
  /** Bytes that layers hold so far, before they are compressed. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface Image {
  readonly directory: string;
  readonly blobs: BlobDirectory;
  readonly manifest: Descriptor;
  /** Its digest is what engines call the id of the image. */
  readonly config: Descriptor;
  readonly layers: readonly Layer[];
}

/** Writes the image. The same packages make the same image, byte for byte. Throws system errors (a full disk). */
export async function writeImage(options: ImageOptions): Promise<Image> {
  const { directory, root, packages, signal } = options;
  const blobs = new BlobDirectory(directory);
  const groups = options.singleLayer ? [packages] : layerGroups(packages);
  const contents = [
    ...groups.map((group) => ({
      title: group.map(formatIdent).join(" "),
      members: packageMembers(root, group),
    })),
    ...options.above,
  ];
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    options.onBytes?.(bytes);
  };
  const layers = await mapSome(contents, LAYERS_AT_A_TIME, ({ members }) =>
    blobs.writeLayer(members, count, signal),
  );
  const created = new Date(options.epochSeconds * 1000).toISOString().replace(".000Z", "Z");
  const config = blobs.writeJson("application/vnd.oci.image.config.v1+json", {
    created,
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: "linux",
    config: {
      ExposedPorts: Object.fromEntries([GATEWAY_PORT, ...options.ports].map((port) => [`${port}/tcp`, {}])),
      Env: ["PATH=/bin"],
      Entrypoint: ["/init.sh"],
      Cmd: ["run", options.primaryIdent],
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: contents.map(({ title }) => ({ created, created_by: `hab pkg export container: ${title}` })),
  });
  const { ident } = options.primary;
  const manifest = blobs.writeJson("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    annotations: {
      "org.opencontainers.image.created": created,
      "org.opencontainers.image.title": `${ident.origin}/${ident.name}`,
      "org.opencontainers.image.version": `${ident.version}-${ident.release}`,
    },
  });
  writeJson(join(directory, "index.json"), {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: options.identifiers.map((identifier) => ({
      ...manifest,
      annotations: {
        "io.containerd.image.name": identifier,
        "org.opencontainers.image.ref.name": tagOf(identifier),
      },
    })),
  });
  // `docker load` of engines that do not know the layout.
  writeJson(join(directory, "manifest.json"), [
    {
      Config: blobName(config.digest),
      RepoTags: options.identifiers.map((each) => (hasTag(each) ? each : `${each}:latest`)),
      Layers: layers.map(({ digest }) => blobName(digest)),
    },
  ]);
  writeJson(join(directory, "oci-layout"), { imageLayoutVersion: "1.0.0" });
  return { directory, blobs, manifest, config, layers };
}

function writeJson(path: string, document: unknown): void {
  writeFileWhole(path, JSON.stringify(document), { mode: 0o644 });
}

/** Name of a blob below the layout. */
export function blobName(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function hasTag(identifier: string): boolean {
  return /:[^/]*$/.test(identifier);
}

function tagOf(identifier: string): string {
  return hasTag(identifier) ? identifier.slice(identifier.lastIndexOf(":") + 1) : "latest";
}

/** As Promise.all, with at most `most` at work; the first failure ends it. */
async function mapSome<T, R>(items: readonly T[], most: number, use: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const work = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await use(items[index] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  // All have ended before a failure is told: nobody writes any more into what the caller then removes.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, work));
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return results;
}
