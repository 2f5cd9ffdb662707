// The key that all members of an encrypted ring share (reference/supervisor.md §5 step 8): by name from the key cache, or
// as a text that is put there.
import { type KeyCache, parseKey, type SecretKey } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { supervisorErrors } from "../errors.ts";
import type { SupervisorOptions } from "../options.ts";

/** The ring key asked for; undefined for a ring without. The name goes before the text. Throws `ringKeyMissing`. */
export function ringKey(
  { ring, ringKey: text }: Pick<SupervisorOptions, "ring" | "ringKey">,
  cache: KeyCache,
): SecretKey<"ring"> | undefined {
  if (ring !== undefined) {
    return orMissing(`Cannot use the ring key '${ring}'`, () => {
      cache.setup();
      return cache.latest("ring", ring);
    });
  }
  if (text === undefined) return undefined;
  return orMissing("Cannot use the text of the ring key (HAB_RING_KEY)", () => {
    const key = parseKey("ring", text.reveal());
    cache.setup();
    cache.write(key);
    return key;
  });
}

function orMissing<Result>(what: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new HabError(supervisorErrors.ringKeyMissing, `${what}: ${describeError(error)}`, { cause: error });
  }
}
