// For tests: the error that something is expected to fail with.
import { expect } from "bun:test";
import { HabError } from "../../error/index.ts";

/** Fails where it does not. */
export async function failure(promise: Promise<unknown>): Promise<HabError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HabError);
  return error as HabError;
}
