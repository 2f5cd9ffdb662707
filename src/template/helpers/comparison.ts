// Comparisons and logic (reference/services.md §20): inline they print `true` or `false`, as a block they choose.
import { equal, isTruthy, type TemplateData } from "../data.ts";
import { type Helper, type HelperCall, required } from "../helper.ts";

/** Negative, zero or positive; undefined where the two have no order, which makes every comparison false. */
function compare(left: TemplateData, right: TemplateData): number | undefined {
  if (typeof left === "string" && typeof right === "string")
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  const a = numeric(left);
  const b = numeric(right);
  if (!isNumber(a) || !isNumber(b)) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumber(value: TemplateData): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
}

const NUMERIC = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A text that is a number as that number, anything else as it is. */
function numeric(value: TemplateData): TemplateData {
  return typeof value === "string" && NUMERIC.test(value) ? Number(value) : value;
}

function binary(name: string, test: (left: TemplateData, right: TemplateData) => boolean): [string, Helper] {
  return [
    name,
    { kind: "condition", value: (call) => test(required(call, name, 0), required(call, name, 1)) },
  ];
}

function ordered(name: string, test: (order: number) => boolean): [string, Helper] {
  return binary(name, (left, right) => {
    const order = compare(left, right);
    return order !== undefined && test(order);
  });
}

export const comparisonHelpers: readonly (readonly [string, Helper])[] = [
  binary("eq", equal),
  binary("ne", (left, right) => !equal(left, right)),
  ordered("gt", (order) => order > 0),
  ordered("gte", (order) => order >= 0),
  ordered("lt", (order) => order < 0),
  ordered("lte", (order) => order <= 0),
  ["and", { kind: "condition", value: (call: HelperCall) => call.args.every((value) => isTruthy(value)) }],
  ["or", { kind: "condition", value: (call: HelperCall) => call.args.some((value) => isTruthy(value)) }],
  ["not", { kind: "condition", value: (call: HelperCall) => !isTruthy(required(call, "not", 0)) }],
];
