// Checks answers against the API's own description: path, method, status, media type, and the body by its schema, in the
// order of keys that the description has.
import Ajv, { type ValidateFunction } from "ajv/dist/2020";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Answer {
  readonly method: string;
  /** Below `/v1`, with its query. */
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/** Makes a check that gives what is wrong with an answer, or undefined; paths the document does not know must answer 404. */
export function describedBy(document: ApiDocument): (answer: Answer) => string | undefined {
  const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true, validateFormats: false });
  const compiled = new Map<Schema, ValidateFunction>();
  const templates = Object.entries(document.paths).map(([template, operations]) => ({
    operations,
    pattern: new RegExp(`^${template.replace(/\{[a-z_]+\}/g, "[^/]+")}$`),
    // A word in a path goes before a parameter; the one with the most words is meant.
    words: template.split("/").filter((part) => part !== "" && !part.startsWith("{")).length,
  }));

  return ({ method, path, status, type, body }) => {
    const [bare = ""] = path.split("?");
    const operation = templates
      .filter(
        ({ pattern, operations }) => pattern.test(bare) && operations[method.toLowerCase()] !== undefined,
      )
      .sort((one, other) => other.words - one.words)[0]?.operations[method.toLowerCase()];
    if (operation === undefined)
      return [401, 404, 405].includes(status) && body === ""
        ? undefined
        : `${method} ${bare} is not described`;
    const where = `${operation.operationId} ${status}`;
    const response = operation.responses[String(status)];
    if (response === undefined) return `${where}: the status is not described`;
    const content = response.content ?? {};
    if (body === "" && content["application/json"] === undefined) return undefined;
    const [named = ""] = (type ?? "text/plain").split(";");
    const media = content[named];
    if (media === undefined) return `${where}: ${named} is not described, body ${body.slice(0, 80)}`;
    if (named !== "application/json" || media.schema === undefined) return undefined;
    const { schema } = media;
    const validate = compiled.get(schema) ?? ajv.compile(schema as object);
    compiled.set(schema, validate);
    const value: unknown = JSON.parse(body);
    if (!validate(value)) return `${where}: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 200)}`;
    const disorder = wrongOrder(schema, value);
    return disorder === undefined ? undefined : `${where}: keys are ${disorder}`;
  };
}

/** The keys of the first object whose order is not that of its schema. */
function wrongOrder(schema: Schema, value: unknown): string | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const disorder = wrongOrder(schema.items ?? {}, item);
      if (disorder !== undefined) return disorder;
    }
    return undefined;
  }
  if (typeof value !== "object" || value === null || schema.properties === undefined) return undefined;
  const keys = Object.keys(value).join();
  if (keys !== Object.keys(schema.properties).join()) return keys;
  for (const [key, inner] of Object.entries(value)) {
    const disorder = wrongOrder(schema.properties[key] ?? {}, inner);
    if (disorder !== undefined) return disorder;
  }
  return undefined;
}
