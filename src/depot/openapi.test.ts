// That answers are as described is what test/depot checks; here, that the document itself is sound.
import { expect, test } from "bun:test";
import { describeApi } from "./index.ts";
import { ROUTES } from "./routes/index.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = (await describeApi()) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, ...operation })),
);

test("it is OpenAPI 3.1, plain JSON, and has every route", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  // Besides the routes: /status.
  expect(operations.length).toBe(ROUTES.length + 1);
});

test("operations have names of their own and say what they do", () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { summary } of operations) expect(summary).toMatch(/^[A-Z].*[^.]$/);
});

test("every parameter of a path is declared, and nothing else", () => {
  for (const { path, parameters = [] } of operations) {
    const inPath = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name);
    const declared = parameters.filter((parameter) => parameter.in === "path");
    expect(`${path} ${declared.map(({ name }) => name).join()}`).toBe(`${path} ${inPath.join()}`);
    expect(declared.every(({ required }) => required)).toBe(true);
  }
});

test("every operation has an answer for when it succeeds or says why it never does", () => {
  const without = operations.filter(
    ({ responses }) => !Object.keys(responses).some((status) => status < "400"),
  );
  expect(without.map(({ operationId }) => operationId).sort()).toEqual([
    "getProfileLicense",
    "putProfileLicense",
  ]);
});
