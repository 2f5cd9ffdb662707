// How bytes that cannot be used are refused, wherever in a message the fault is found.
import { HabError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";

/** `malformedMessage`, saying what is wrong. */
export function malformed(what: string): HabError {
  return new HabError(ringErrors.malformedMessage, `Cannot use a message of the ring: ${what}`);
}

/** The value, which must be there. */
export function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw malformed(`no ${what}`);
  return value;
}

/** A port, which must be there and be one. */
export function requiredPort(number: number | undefined, what: string): number {
  const value = required(number, what);
  if (value < 0 || value > 65_535) throw malformed(`${what} ${value}`);
  return value;
}
