// The export room: packages as container images, archives and portable services. Nothing heavy is loaded before it is asked for.
import type { ContainerOptions, ExportedImage } from "./container.ts";
import type { ExportedPortable, PortableOptions } from "./portable.ts";
import type { AmazonOptions } from "./registry/amazon.ts";
import type { Credentials } from "./registry/authorization.ts";
import type { ExportedTar, TarOptions } from "./tar.ts";

export type { ContainerOptions, ExportedImage } from "./container.ts";
export { type Engine, hasEngine, loadIntoEngine } from "./engine.ts";
export { exportErrors } from "./errors.ts";
export type { Image } from "./image.ts";
export { DEFAULT_IMAGE_NAME, type ImageName, identifiersOf, type NamingOptions } from "./image-name.ts";
export type { ExportedPortable, PortableOptions } from "./portable.ts";
export type { AmazonOptions } from "./registry/amazon.ts";
export type { Credentials } from "./registry/authorization.ts";
export { type PushOptions, pushImage } from "./registry/push.ts";
export { repositoryOf } from "./registry/reference.ts";
export type { Origin, RootOptions } from "./root.ts";
export type { ExportedTar, TarOptions } from "./tar.ts";

/** A container image; see `container.ts`. */
export async function exportContainer(options: ContainerOptions): Promise<ExportedImage> {
  return (await import("./container.ts")).exportContainer(options);
}

/** A compressed archive; see `tar.ts`. */
export async function exportTar(options: TarOptions): Promise<ExportedTar> {
  return (await import("./tar.ts")).exportTar(options);
}

/** A portable service of systemd; see `portable.ts`. */
export async function exportPortable(options: PortableOptions): Promise<ExportedPortable> {
  return (await import("./portable.ts")).exportPortable(options);
}

/** User name and password for a registry of Amazon; see `registry/amazon.ts`. */
export async function amazonCredentials(options: AmazonOptions): Promise<Credentials> {
  return (await import("./registry/amazon.ts")).amazonCredentials(options);
}
