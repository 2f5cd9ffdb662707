// The web pages, as their servers see them: which address is answered how. What runs in a browser is in shared/, depot/
// and supervisor/, and gets into the program as bundled files (build/).
import type { PagesName } from "./build/pack.ts";
import type { Pages } from "./build/serve.ts";

export { webErrors } from "./errors.ts";
export type { Pages, PagesName };

/** Opens the pages of the depot or the Supervisor; nothing of them is loaded before. Throws HabError (HAB-WEB-001 to -003). */
export async function openPages(name: PagesName): Promise<Pages> {
  return await (await import("./build/open.ts")).openPagesOf(name);
}

/** The same, opened with the first request for them. A failure is thrown to whoever asks, and tried again by the next. */
export function lazyPages(name: PagesName): Pages {
  let opened: Promise<Pages> | undefined;
  return {
    async answer(request, path) {
      opened ??= openPages(name).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return await (await opened).answer(request, path);
    },
  };
}
export type * as SupervisorTold from "./supervisor/told/shapes.ts";
