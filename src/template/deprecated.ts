// The warning about `object[index]`, which older packages still write (reference/services.md §19).

export interface DeprecatedSyntax {
  /** Name of the template. */
  readonly name: string;
  readonly line: number;
  /** The line as it is, and as it should be. */
  readonly found: string;
  readonly suggestion: string;
}

/** Lines that use `object[index]` inside of a tag. */
export function findDeprecatedSyntax(name: string, source: string): DeprecatedSyntax[] {
  if (!source.includes("[")) return [];
  const warnings: DeprecatedSyntax[] = [];
  for (const [index, found] of source.split(/\r?\n/).entries()) {
    const suggestion = withoutDeprecatedSyntax(found);
    if (suggestion !== found) warnings.push({ name, line: index + 1, found, suggestion });
  }
  return warnings;
}

/** Puts the missing dot before each `[` that follows a name or another `]`. What follows a blank is an array literal. */
export function withoutDeprecatedSyntax(line: string): string {
  return line.replace(/\{\{[^}]*/g, (tag) => tag.replace(/(?<=[A-Za-z0-9\-_$:\]\u0080-\uffff])\[/g, ".["));
}

/** The warning as the original prints it; `path` is that of the template's file. */
export function formatDeprecatedSyntax(warning: DeprecatedSyntax, path: string): string {
  return [
    "***************************************************",
    "warning: Deprecated object access syntax in handlebars template",
    "Use 'object.[index]' syntax instead of 'object[index]'",
    "See https://github.com/habitat-sh/habitat/issues/6323 for more information",
    `--> ${path}:${warning.line}`,
    `change '${warning.found}'`,
    `to     '${warning.suggestion}'`,
    "*******************************************************",
  ].join("\n");
}
