// Templates in the Handlebars dialect of Habitat. The door of the room.
export type { TemplateData } from "./data.ts";
export { type DeprecatedSyntax, findDeprecatedSyntax, formatDeprecatedSyntax } from "./deprecated.ts";
export { templateErrors } from "./errors.ts";
export { type TemplateReference, templateReferences } from "./references.ts";
export { type CompileOptions, compileTemplates, type TemplateSet } from "./set.ts";
