// Fetches a source where there is no wget, with wget's exit statuses: 8 for an answer that is an error, 4 for a network
// that does not answer (reference/plan-build.md §9).
import { rename } from "node:fs/promises";
import { describeError, HabError } from "../error/index.ts";
import { removeIfPresent, temporaryPathFor } from "../host/index.ts";
import { buildErrors } from "./errors.ts";

/** Downloads `url` to `destination`, whole or not at all. Throws HAB-BLD-007 to HAB-BLD-009. */
export async function download(url: string, destination: string): Promise<void> {
  if (!/^https?:\/\//i.test(url))
    throw new HabError(buildErrors.unsupportedScheme, `'${url}' is neither an http nor an https address`);
  const temporary = temporaryPathFor(destination);
  try {
    const response = await fetch(url);
    if (!response.ok)
      throw new HabError(buildErrors.downloadRefused, `${url}: ${response.status} ${response.statusText}`);
    await Bun.write(temporary, response);
    await rename(temporary, destination);
  } catch (error) {
    removeIfPresent(temporary);
    if (error instanceof HabError) throw error;
    throw new HabError(buildErrors.downloadFailed, `${url}: ${describeError(error)}`, { cause: error });
  }
}
