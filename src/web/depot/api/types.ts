// Answers of the depot's API as these pages read them (reference/depot-api.md §5); what is not shown is left out.

export interface Ident {
  readonly origin: string;
  readonly name: string;
  readonly version: string | null;
  readonly release: string | null;
}

export interface FullIdent extends Ident {
  readonly version: string;
  readonly release: string;
}

/** A part of a list; `range_end + 1` begins the next. */
export interface Page<Item> {
  readonly range_start: number;
  readonly range_end: number;
  readonly total_count: number;
  readonly data: readonly Item[];
}

export interface ListItem extends Ident {
  readonly channels: readonly string[];
  readonly platforms: readonly string[];
}

export interface Version {
  readonly origin: string;
  readonly name: string;
  readonly version: string;
  /** A number as text. */
  readonly release_count: string;
  readonly latest: string;
  readonly platforms: readonly string[];
  readonly visibility: "public" | "private" | "hidden";
}

export interface Package {
  readonly ident: FullIdent;
  readonly checksum: string;
  readonly target: string;
  readonly deps: readonly FullIdent[];
  readonly tdeps: readonly FullIdent[];
  readonly build_deps: readonly FullIdent[];
  readonly build_tdeps: readonly FullIdent[];
  readonly exposes: readonly number[];
  readonly visibility: "public" | "private" | "hidden";
  readonly created_at: string;
  readonly channels: readonly string[];
  readonly package_type: string;
  readonly is_a_service: boolean;
  readonly size: number;
}

export interface PackageChannel {
  readonly name: string;
  readonly created_at: string;
  readonly promoted_at: string;
}

export interface Overview {
  readonly package_count: number;
  readonly origin_count: number;
  readonly origins: readonly { readonly name: string; readonly package_count: number }[];
  readonly newest: readonly (FullIdent & { readonly target: string; readonly created_at: string })[];
}

export interface PackageOverview {
  /** Newest release over all channels, for the words about it. */
  readonly description: string;
  readonly is_a_service: boolean;
  readonly targets: readonly string[];
  /** The newest release of each channel, for each target. */
  readonly heads: readonly (FullIdent & {
    readonly channel: string;
    readonly target: string;
    readonly promoted_at: string;
  })[];
}

export interface Graph {
  readonly nodes: readonly { readonly ident: string; readonly size: number | null }[];
  readonly edges: readonly (readonly [number, number])[];
  readonly left_out: number;
  readonly dependent_count: number;
  readonly dependents: readonly { readonly ident: string; readonly is_direct: boolean }[];
}

export interface ContentsFile {
  readonly path: string;
  readonly kind: "file" | "symlink" | "hard link" | "other";
  readonly size: number;
  readonly mode: number;
  readonly link: string | null;
}

export interface Contents {
  readonly file_count: number;
  readonly total_bytes: number;
  readonly files: readonly ContentsFile[];
  readonly readme: { readonly path: string; readonly text: string; readonly is_cut: boolean } | null;
  readonly manifest: string;
  readonly config: string;
  readonly records: readonly string[];
  readonly signer: string;
}

export interface Origin {
  readonly name: string;
  readonly owner_account: string;
  readonly default_package_visibility: string;
}
