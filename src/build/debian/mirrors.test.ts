import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptSources, chooseMirrors } from "./mirrors.ts";

const root = mkdtempSync(join(tmpdir(), "hab-mirrors-"));
afterAll(() => rmSync(root, { recursive: true }));
const NOTHING_NAMED = { main: undefined, security: undefined };

function apt(name: string, files: Record<string, string>): string {
  const directory = join(root, name);
  mkdirSync(join(directory, "sources.list.d"), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  return directory;
}

test("the machine's apt names the mirrors in either form", () => {
  const directory = apt("both", {
    "sources.list": `# deb http://old/debian bookworm main
deb-src http://src/debian bookworm main
deb [arch=amd64 signed-by=/x] https://vendor/apt stable main
deb [ signed-by=/y ] http://one/debian/ bookworm main # a comment
`,
    "sources.list.d/security.sources": `Types: deb deb-src
# comment
URIs: http://two/debian-security/
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off/debian
Suites: bookworm
`,
    "sources.list.d/broken.sources": "Types deb",
    "sources.list.d/ignored.save": "deb http://save/debian bookworm main",
  });
  expect(aptSources(directory).map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
    "https://vendor/apt stable",
    "http://one/debian bookworm",
    "http://two/debian-security bookworm-security",
  ]);
  expect(chooseMirrors(NOTHING_NAMED, "bookworm", directory)).toEqual({
    main: "http://one/debian",
    security: "http://two/debian-security",
  });
  // Another release is on the same mirrors.
  expect(chooseMirrors(NOTHING_NAMED, "trixie", directory).main).toBe("http://one/debian");
});

test("what is named comes first, without its slash; without apt it is Debian's own address", () => {
  const named = { main: "file:///srv/debian/", security: "http://s//" };
  expect(chooseMirrors(named, "bookworm", join(root, "nothing"))).toEqual({
    main: "file:///srv/debian",
    security: "http://s",
  });
  expect(chooseMirrors(NOTHING_NAMED, "bookworm", join(root, "nothing")).security).toEndWith(
    "/debian-security",
  );
});
