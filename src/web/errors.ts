// Failures of the pages as part of the program. What a page shows to its reader is in shared/data/problem.ts.
import { errorKinds } from "../error/index.ts";

export const webErrors = errorKinds({
  pagesMissing: {
    code: "HAB-WEB-001",
    title: "This program was built without its web pages",
    remedy: "Build it with script/build, which puts them in; the API works without them",
  },
  pagesNotBundled: {
    code: "HAB-WEB-002",
    title: "The web pages could not be bundled from their sources",
    remedy: "Correct what the message names, then try again",
  },
  packMalformed: {
    code: "HAB-WEB-003",
    title: "The web pages inside this program are damaged",
    remedy: "Install the program again",
  },
});
