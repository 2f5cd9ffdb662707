import { describe, expect, test } from "bun:test";
import { identifiersOf, imageName, type NamingOptions } from "./image-name.ts";

const IDENT = { origin: "core", name: "foo", version: "1.2.3", release: "20200430153200" };
const NO_TAGS: NamingOptions = {
  name: "{{pkg_origin}}/{{pkg_name}}",
  tagLatest: false,
  tagVersion: false,
  tagVersionRelease: false,
};

describe("names of images (reference/plan-build.md §22)", () => {
  test("every variable", async () => {
    const name = "{{pkg_origin}}-{{pkg_name}}-{{pkg_version}}-{{pkg_release}}-{{channel}}";
    expect((await imageName(IDENT, "base", { ...NO_TAGS, name })).name).toBe(
      "core-foo-1.2.3-20200430153200-base",
    );
  });

  test("behind a registry, with a port and a path", async () => {
    const registry = "registry.mycompany.com:8080/v1";
    expect((await imageName(IDENT, "base", { ...NO_TAGS, registry })).name).toBe(`${registry}/core/foo`);
  });

  test("all tags, in order", async () => {
    const { tags } = await imageName(IDENT, "base", {
      ...NO_TAGS,
      tagLatest: true,
      tagVersion: true,
      tagVersionRelease: true,
      tagCustom: "{{pkg_name}}-Custom",
    });
    expect(tags).toEqual(["latest", "1.2.3", "1.2.3-20200430153200", "foo-custom"]);
  });

  test("without tags the name is the identifier", async () => {
    expect(identifiersOf(await imageName(IDENT, "base", NO_TAGS))).toEqual(["core/foo"]);
  });

  test.each([["{{"], ["white space"], ["/"], ["a//b"], ["-a"], ["../../x"], ["a:b"], [""]])(
    "%p is refused",
    async (name) => {
      expect(imageName(IDENT, "base", { ...NO_TAGS, name })).rejects.toThrow();
    },
  );

  test.each([["a/b"], ["x".repeat(129)], ["-x"]])("the tag %p is refused", (tagCustom) => {
    expect(imageName(IDENT, "base", { ...NO_TAGS, tagCustom })).rejects.toThrow("tag");
  });
});
