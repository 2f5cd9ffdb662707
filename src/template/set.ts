// Templates that belong together: those of a package's config folder, or one hook.
import { HabError } from "../error/index.ts";
import type { Template } from "./ast.ts";
import type { TemplateData } from "./data.ts";
import { type DeprecatedSyntax, findDeprecatedSyntax } from "./deprecated.ts";
import { templateErrors } from "./errors.ts";
import { parseTemplate } from "./parse.ts";
import { renderTemplate } from "./render.ts";

/** Compiled templates, each known to the others as a partial by its name. Rendering is synchronous and pure. */
export interface TemplateSet {
  readonly names: readonly string[];
  /** @throws HAB-TPL-002, HAB-TPL-003, HAB-TPL-004 (no template of this name). */
  render(name: string, data: TemplateData): string;
}

export interface CompileOptions {
  /** Where packages are, for `pkgPathFor`: `/hab/pkgs` under FS_ROOT, which is the default. */
  readonly packagesRoot?: string;
  /** Called for each line that uses the deprecated `object[index]`, before anything is compiled. */
  readonly onDeprecated?: (warning: DeprecatedSyntax) => void;
}

/**
 * Compiles templates, given by their names (paths below the folder they come from).
 * @throws HAB-TPL-001 at the first syntax error, with name, line and column.
 */
export async function compileTemplates(
  files: ReadonlyMap<string, string>,
  options: CompileOptions = {},
): Promise<TemplateSet> {
  const { onDeprecated, packagesRoot = "/hab/pkgs" } = options;
  const templates = new Map<string, Template>();
  for (const [name, source] of files) {
    if (onDeprecated !== undefined) findDeprecatedSyntax(name, source).forEach(onDeprecated);
    templates.set(name, parseTemplate(name, source));
  }
  const surroundings = { templates, packagesRoot };
  return {
    names: [...templates.keys()],
    render: (name, data) => {
      const template = templates.get(name);
      if (template === undefined) throw new HabError(templateErrors.missing, `no template is named ${name}`);
      return renderTemplate(template, data, surroundings);
    },
  };
}
