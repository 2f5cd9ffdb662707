// The text of an answer, up to a size: what answers need not be the depot one thinks it is.

/** Largest answer read into memory: the manifest and dependencies of a package take less than 2 MiB. */
export const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;

/** The body as text; undefined, and the rest unread, when it is longer than `limitBytes`. Throws when it breaks off. */
export async function boundedText(response: Response, limitBytes: number): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces).toString();
    length += value.length;
    if (length > limitBytes) {
      await reader.cancel();
      return undefined;
    }
    pieces.push(value);
  }
}
