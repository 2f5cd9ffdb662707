// Names and tags of an image from their templates (reference/plan-build.md §17.2).
import { HabError } from "../error/index.ts";
import type { FullIdent } from "../package/index.ts";
import { compileTemplates } from "../template/index.ts";
import { exportErrors } from "./errors.ts";

export const DEFAULT_IMAGE_NAME = "{{pkg_origin}}/{{pkg_name}}";

export interface NamingOptions {
  /** Template of the name; variables are `pkg_origin`, `pkg_name`, `pkg_version`, `pkg_release` and `channel`. */
  readonly name: string;
  /** Host (and path) of the registry the name begins with. */
  readonly registry?: string | undefined;
  readonly tagLatest: boolean;
  readonly tagVersion: boolean;
  readonly tagVersionRelease: boolean;
  /** Template of one more tag. */
  readonly tagCustom?: string | undefined;
}

export interface ImageName {
  readonly name: string;
  /** May be empty: the name alone then identifies the image. */
  readonly tags: readonly string[];
}

/** What one refers to the image by: `name:tag` for each tag, or the name where there is none. */
export function identifiersOf({ name, tags }: ImageName): string[] {
  return tags.length === 0 ? [name] : tags.map((tag) => `${name}:${tag}`);
}

// OCI distribution specification 1.1, "Pulling manifests": <name> and <reference>.
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^(?:[a-z0-9.-]+(?::[0-9]+)?/)?${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const MAX_NAME_LENGTH = 255;

/** Name and tags of the image of this package. Throws HAB-EXP-002 and errors of the template. */
export async function imageName(
  ident: FullIdent,
  channel: string,
  options: NamingOptions,
): Promise<ImageName> {
  const render = async (template: string) => {
    const templates = await compileTemplates(new Map([["name", template]]));
    const data = {
      pkg_origin: ident.origin,
      pkg_name: ident.name,
      pkg_version: ident.version,
      pkg_release: ident.release,
      channel,
    };
    return templates.render("name", data).toLowerCase();
  };
  const registry = options.registry?.replace(/\/+$/, "");
  const rendered = await render(options.name);
  const name = registry === undefined ? rendered : `${registry}/${rendered}`;
  const version = ident.version.toLowerCase();
  const tags = [
    ...(options.tagLatest ? ["latest"] : []),
    ...(options.tagVersion ? [version] : []),
    ...(options.tagVersionRelease ? [`${version}-${ident.release}`] : []),
    ...(options.tagCustom === undefined ? [] : [await render(options.tagCustom)]),
  ];
  if (name.length > MAX_NAME_LENGTH || !REPOSITORY.test(name))
    throw new HabError(exportErrors.badName, `'${name}' cannot be the name of an image`);
  for (const tag of tags)
    if (!TAG.test(tag)) throw new HabError(exportErrors.badName, `'${tag}' cannot be a tag of an image`);
  return { name, tags: [...new Set(tags)] };
}
