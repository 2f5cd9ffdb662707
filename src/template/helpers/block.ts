// The block helpers of Handlebars, `lookup`, `len` and `log` (reference/services.md §20).
import { entries, isArray, isObject, isTruthy, normal, property, size, type TemplateData } from "../data.ts";
import { type BlockCall, type Helper, type HelperCall, required } from "../helper.ts";

/** Whether the condition of `if` holds. Compat: `unless` reports its missing argument as that of `if`. */
function holds(call: BlockCall): boolean {
  return isTruthy(required(call, "if", 0), isTruthy(call.option("includeZero") ?? null));
}

function each(call: BlockCall): void {
  const list = required(call, "each", 0);
  if (isArray(list) && list.length > 0) {
    const last = list.length - 1;
    for (let index = 0; index <= last; index++) {
      const item = normal(list[index]);
      call.bodyWith(
        item,
        { item, position: index, index, key: undefined, first: index === 0, last: index === last },
        true,
      );
    }
  } else if (isObject(list) && size(list) > 0) {
    const all = entries(list);
    const last = all.length - 1;
    for (const [index, [key, value]] of all.entries()) {
      const item = normal(value);
      call.bodyWith(
        item,
        { item, position: key, index, key, first: index === 0, last: index === last },
        true,
      );
    }
  } else {
    call.inverse();
  }
}

/** By index or key, keeping the type; null for anything else. */
function lookup(call: HelperCall): TemplateData {
  const collection = required(call, "lookup", 0);
  const key = required(call, "lookup", 1);
  if (isArray(collection)) {
    return typeof key === "bigint" && key >= 0n && key < BigInt(collection.length)
      ? normal(collection[Number(key)])
      : null;
  }
  return isObject(collection) && typeof key === "string" ? normal(property(collection, key)) : null;
}

function len(call: HelperCall): bigint {
  const value = call.args[0];
  if (value === undefined) call.fail("Helper/Decorator len param with name x required but not found");
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isArray(value)) return BigInt(value.length);
  return isObject(value) ? BigInt(size(value)) : 0n;
}

const LOG_LEVELS: readonly TemplateData[] = ["trace", "debug", "info", "warn", "error"];

export const blockHelpers: readonly (readonly [string, Helper])[] = [
  ["if", { kind: "block", block: (call) => (holds(call) ? call.body() : call.inverse()) }],
  ["unless", { kind: "block", block: (call) => (holds(call) ? call.inverse() : call.body()) }],
  ["each", { kind: "block", block: each }],
  [
    "with",
    {
      kind: "block",
      block: (call) => {
        const value = required(call, "with", 0);
        if (isTruthy(value)) call.bodyWith(value, { item: value }, false);
        else call.inverse();
      },
    },
  ],
  ["raw", { kind: "block", block: (call) => call.body() }],
  ["lookup", { kind: "value", value: lookup }],
  ["len", { kind: "value", value: len }],
  [
    "log",
    {
      kind: "block",
      block: (call) => {
        // Rendering has no output but its text; only a wrong level is noticed.
        const level = call.option("level") ?? "info";
        if (!LOG_LEVELS.includes(level)) call.fail(`Invalid logging level: ${String(level)}`);
      },
    },
  ],
];
