// What `hab plan init` takes software for, by its files, and the plan it writes for it. That such plans build and run:
// test/plans/init.test.ts.
import { describe, expect, test } from "bun:test";
import { detectProject, draftFor } from "./detect.ts";
import type { ProjectFiles } from "./project.ts";
import { parsePlanText } from "./testing/parse-plan.ts";
import { SAMPLES } from "./testing/samples.ts";
import { planFiles } from "./write.ts";

const PLAN = { name: "sample", origin: "acme" };

/** Files by path, as a directory would have them. */
function project(texts: Readonly<Record<string, string>>): ProjectFiles {
  const paths = Object.keys(texts);
  const below = (path: string) => (path === "." ? "" : `${path.replace(/^\.\//, "")}/`);
  const plain = (path: string) => path.replace(/^\.\//, "");
  return {
    has: (path) => paths.some((each) => each === path || each.startsWith(`${path}/`)),
    read: (path) => texts[plain(path)],
    list: (path) => [
      ...new Set(
        paths.flatMap((each) =>
          each.startsWith(below(path)) ? [each.slice(below(path).length).split("/")[0] ?? ""] : [],
        ),
      ),
    ],
  };
}

const found = (texts: Readonly<Record<string, string>>) => detectProject(project(texts), PLAN)?.found;

describe("software is taken for", () => {
  test.each([
    ["node", "a program in Node.js, started with server.js"],
    ["python", "a program in Python, started with app.py"],
    ["ruby", "a program in Ruby, started with app.rb"],
    ["java", "a program in Java, started with the class com.acme.Hello"],
    ["go", "a program in Go, at the top of its module"],
    ["program", "a program built by make"],
  ] as const)("%s", (language, what) => {
    expect(found(SAMPLES[language].files)).toBe(what);
  });

  test.each([
    [
      { "package.json": '{"scripts": {"start": "node --enable-source-maps dist/main.js"}}' },
      "--enable-source-maps dist/main.js",
    ],
    [
      {
        "package.json": '{"scripts": {"start": "nodemon x; rm -rf /"}, "main": "lib/it.js"}',
        "lib/it.js": "",
      },
      "lib/it.js",
    ],
    [{ "package.json": "{ broken", "index.js": "" }, "index.js"],
    [{ "pyproject.toml": "[project]", "manage.py": "" }, "manage.py"],
    [{ "go.mod": "", "package.json": "{}", "cmd/sample/main.go": "", "cmd/other/main.go": "" }, "cmd/sample"],
    [{ "pom.xml": "", "package.json.txt": "" }, "`mvn package`"],
    [{ "build.gradle.kts": "" }, "`gradle build`"],
    [{ Gemfile: "", "package.json": "{}", "config.ru": "" }, "by rackup"],
    [{ configure: "", "src/a.cc": "" }, "configure and make"],
    [{ "Hello.java": "class Hello { static void main(String[] a) {} }" }, "the class Hello"],
  ])("what its files say: %j", (texts, what) => {
    expect(found(texts)).toContain(what);
  });

  test("nothing where no file speaks for it", () => {
    expect(found({ "README.md": "", "data.json": "{}" })).toBeUndefined();
    expect(draftFor("go", project(SAMPLES.node.files), PLAN)).toBeUndefined();
  });

  test("what is asked for, where it is several things", () => {
    const both = project({ ...SAMPLES.node.files, ...SAMPLES.python.files });
    expect(draftFor("python", both, PLAN)?.found).toContain("Python");
  });
});

describe("the plan", () => {
  const files = (texts: Readonly<Record<string, string>>) => {
    const draft = detectProject(project(texts), PLAN);
    return new Map(draft === undefined ? [] : planFiles(draft, PLAN).map(({ path, text }) => [path, text]));
  };

  test("takes version, description and licence from the project, as texts that bash does nothing with", () => {
    const plan = files({
      "package.json": JSON.stringify({ version: "1.2.3", description: 'a "$(b)" `c`\\ d', license: "MIT" }),
    }).get("plan.sh");
    expect(parsePlanText(plan ?? "")).toMatchObject({
      pkg_version: "1.2.3",
      pkg_description: 'a "$(b)" `c`\\ d',
      pkg_license: "MIT",
    });
  });

  test("takes them from pyproject.toml", () => {
    const plan = files({ "pyproject.toml": '[project]\nversion = "2.0"\n', "app.py": "" }).get("plan.sh");
    expect(plan).toContain("pkg_version=2.0\n");
  });

  test("of a version that no package can have keeps one that a package can have", () => {
    expect(files({ "package.json": '{"version": "v1/2"}' }).get("plan.sh")).toContain("pkg_version=0.1.0\n");
  });

  test("of what is no service has no hooks", () => {
    expect([...files(SAMPLES.program.files).keys()]).toEqual(["plan.sh", "default.toml", "README.md"]);
    expect([...files(SAMPLES.go.files).keys()]).toContain("hooks/run");
  });

  test("with modules asks for them before it packs them", () => {
    const plan = files({ "package.json": '{"dependencies": {"pg": "8"}}' }).get("plan.sh");
    expect(plan).toContain("npm ci --omit=dev");
  });
});
