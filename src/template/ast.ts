// The compiled form of a template.
import type { TemplateData } from "./data.ts";
import type { Helper } from "./helper.ts";

export interface Template {
  readonly name: string;
  /** Kept to turn an offset into line and column when something fails. */
  readonly source: string;
  readonly nodes: readonly Node[];
}

export interface Segment {
  readonly name: string;
  /** The segment as an index of an array, or -1. */
  readonly index: number;
}

export interface Path {
  readonly kind: "path";
  /** As written. */
  readonly raw: string;
  /** Begins with `@`. */
  readonly local: boolean;
  /** Number of `../`. */
  readonly up: number;
  readonly segments: readonly Segment[];
}

export interface Literal {
  readonly kind: "literal";
  readonly value: TemplateData;
}

/** A helper with its arguments. Without `helper` there is none of that name, which is an error only when it is called. */
export interface Call {
  readonly kind: "call";
  readonly name: string;
  readonly helper: Helper | undefined;
  readonly params: readonly Expression[];
  readonly hash: readonly (readonly [string, Expression])[];
  readonly blockParams: readonly string[];
}

export type Expression = Path | Literal | Call;

/** `at` is the offset of the tag in the source. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly at: number; readonly value: Expression }
  | {
      readonly kind: "block";
      readonly at: number;
      readonly call: Call;
      readonly body: readonly Node[];
      readonly inverse: readonly Node[] | undefined;
    }
  | {
      readonly kind: "partial";
      readonly at: number;
      readonly name: string | Expression;
      readonly context: Expression | undefined;
      readonly hash: readonly (readonly [string, Expression])[];
      /** What stands before a partial alone on its line; goes before each line of its output. */
      readonly indent: string;
      readonly body: readonly Node[] | undefined;
    }
  | {
      readonly kind: "decorator";
      readonly at: number;
      readonly name: string;
      readonly params: readonly Expression[];
      readonly body: readonly Node[] | undefined;
    };
