// What a helper is. A value helper gives a value, inline and in a sub-expression; as a block it still prints that value.
// A condition is a value helper whose block form chooses a branch. A block helper writes.
import type { TemplateData } from "./data.ts";

/** How a helper is called, whatever its kind. */
export interface HelperCall {
  readonly args: readonly TemplateData[];
  /** Value of `name=…`, or undefined. */
  option(name: string): TemplateData | undefined;
  readonly root: TemplateData;
  /** Where packages are installed, `/hab/pkgs` under FS_ROOT. */
  readonly packagesRoot: string;
  /** Ends the rendering with an error that names the place. */
  fail(message: string): never;
}

/** What one round of a loop knows: `@index`, `@key`, `@first`, `@last`, and the values of `as |item position|`. */
export interface Round {
  /** The item as the first name of `as |…|` has it. */
  readonly item: TemplateData;
  /** For the second name: a whole number, or a key. */
  readonly position?: number | string | undefined;
  readonly index?: number | undefined;
  readonly key?: string | undefined;
  readonly first?: boolean | undefined;
  readonly last?: boolean | undefined;
}

export interface BlockCall extends HelperCall {
  /** Renders the body in the current scope. */
  body(): void;
  /** Renders the else branch, if there is one. */
  inverse(): void;
  /** Renders the body in a scope of its own; `isLoop` false keeps the loop variables of the scope around it. */
  bodyWith(value: TemplateData, round: Round, isLoop: boolean): void;
}

export type Helper =
  | { readonly kind: "value"; value(call: HelperCall): TemplateData }
  | { readonly kind: "condition"; value(call: HelperCall): boolean }
  | { readonly kind: "block"; block(call: BlockCall): void };

/** An argument a helper cannot do without; `name` is what the original calls it. */
export function required(call: HelperCall, name: string, index: number): TemplateData {
  const value = call.args[index];
  if (value === undefined)
    call.fail(`Helper/Decorator ${name} param at index ${index} required but not found`);
  return value;
}
