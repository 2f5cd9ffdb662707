// Where packages come from when they are not here: what install asks of a depot. The depot client implements it.
import type { FullIdent, PackageIdent } from "./ident.ts";
import type { Target } from "./target.ts";

/** Bytes received so far, and in all where known. */
export type OnProgress = (received: number, total: number | undefined) => void;

/** Looks at a download while it arrives. What it throws ends the download, and nothing appears at the destination. */
export interface DownloadCheck {
  /** From the first byte again: what came so far is void. */
  restart(): void;
  /** The next bytes, in order. */
  push(piece: Uint8Array): void;
  /** All has arrived. Throws when it is not what it should be. */
  finish(): Promise<void>;
}

export interface DownloadRequest {
  readonly onProgress?: OnProgress | undefined;
  readonly check?: DownloadCheck | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PackageSource {
  /** The newest release in the channel that satisfies `ident`; undefined when there is none. Other failures throw. */
  latest(
    ident: PackageIdent,
    options: { readonly channel: string; readonly target: Target; readonly signal?: AbortSignal },
  ): Promise<FullIdent | undefined>;
  /**
   * Brings the artifact into `destinationDirectory` as a whole file (temporary name, sync, rename; mode 0644) under
   * `artifactFileName(ident, target)`, replacing one that is there, and answers its path. Retries what is worth it.
   */
  download(
    ident: FullIdent,
    target: Target,
    destinationDirectory: string,
    request?: DownloadRequest,
  ): Promise<string>;
  /** Text of the public signing key of this name and revision. */
  originKey(revision: { readonly name: string; readonly revision: string }): Promise<string>;
  /** Channels of the origin that hold a release satisfying `ident`: a help in messages, so failures answer none. */
  channelsOf?(ident: PackageIdent, target: Target): Promise<readonly string[]>;
}

/** A source that is made when something is asked of it: what it takes to talk to a depot need not be loaded before. */
export function lazyPackageSource(make: () => Promise<PackageSource>): PackageSource {
  let made: Promise<PackageSource> | undefined;
  const source = () => {
    made ??= make();
    return made;
  };
  return {
    latest: async (...question) => (await source()).latest(...question),
    download: async (...order) => (await source()).download(...order),
    originKey: async (revision) => (await source()).originKey(revision),
    channelsOf: async (...question) => (await (await source()).channelsOf?.(...question)) ?? [],
  };
}
