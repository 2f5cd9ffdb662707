// The part of the library that is used: it throws when the text is not an expression.
declare module "spdx-expression-parse" {
  export default function parse(expression: string): unknown;
}
