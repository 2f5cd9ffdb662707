// Finds the pages: inside the program, or in its sources when it runs from them.
import { HabError } from "../../error/index.ts";
import { webErrors } from "../errors.ts";
import { BASES, decodePack, type PagesName, type PagesPack } from "./pack.ts";
import { type Pages, servePack } from "./serve.ts";

/** Opens a set of pages. Throws HAB-WEB-001 to -003. */
export async function openPagesOf(name: PagesName): Promise<Pages> {
  return servePack(await loadPack(name), BASES[name]);
}

/** A file of this ending is put into the program by script/build; Bun adds a hash to the name. */
const PACK_ENDING = ".pages";

export async function loadPack(name: PagesName): Promise<PagesPack> {
  const embedded = Bun.embeddedFiles.find((file) => {
    const { name: full } = file as Blob & { readonly name: string };
    return full.startsWith(name) && full.endsWith(PACK_ENDING);
  });
  if (embedded !== undefined) return decodePack(new Uint8Array(await embedded.arrayBuffer()));
  if (import.meta.dir.startsWith("/$bunfs"))
    throw new HabError(webErrors.pagesMissing, `This program holds no pages of the ${name}`);
  return await (await import("./bundle.ts")).bundlePages(name, "quick");
}
