// Read-mes of strangers: whatever they hold, nothing of it acts, fetches, or deceives.
import { expect, test } from "bun:test";
import { isValidElement, type ReactNode } from "react";
import { markdownElements } from "./markdown.tsx";
import { outsideAddress, plainText } from "./policy.ts";

interface Seen {
  readonly kinds: Set<string>;
  readonly addresses: string[];
  readonly properties: Set<string>;
  text: string;
}

/** Everything that a tree of elements would put into a document. */
function look(
  node: ReactNode,
  seen: Seen = { kinds: new Set(), addresses: [], properties: new Set(), text: "" },
): Seen {
  if (typeof node === "string") seen.text += node;
  else if (Array.isArray(node)) for (const each of node) look(each as ReactNode, seen);
  else if (isValidElement<Record<string, unknown>>(node)) {
    if (typeof node.type === "string") seen.kinds.add(node.type);
    for (const [name, value] of Object.entries(node.props)) {
      if (name !== "children") seen.properties.add(name);
      if (name === "href" || name === "src") seen.addresses.push(String(value));
    }
    look(node.props["children"] as ReactNode, seen);
  }
  return seen;
}

const KINDS = new Set(
  "p h2 h3 h4 em strong s code pre a span ul ol li blockquote br hr section table thead tbody tr th td".split(
    " ",
  ),
);
const PROPERTIES = new Set("dir href rel title className tabIndex aria-label scope start".split(" "));

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\nscript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](vbscript:x)",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](file:///etc/passwd)",
  "[x](//evil.example/x)",
  "[x](/v1/sign-out)",
  "[x](https://user:secret@evil.example/)",
  "![x](https://evil.example/track.png)",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "<iframe src=https://evil.example></iframe>",
  '<form action=https://evil.example><input name="token"></form>',
  "<style>*{display:none}</style>",
  '<svg><script href="data:,alert(1)"/></svg>',
  '<div style="position:fixed;inset:0">',
  "<base href=https://evil.example>",
  "<meta http-equiv=refresh content=0;url=https://evil.example>",
  "<!--><script>alert(1)</script>-->",
  "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
  "`<script>` and ```\n<script>alert(1)</script>\n```",
  "[x]: javascript:alert(1)\n\n[x]",
  "<javascript:alert(1)>",
  "[^1]\n\n[^1]: <script>alert(1)</script>",
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
  '[x](https://ok.example "onmouseover=alert(1)")',
];

test.each(HOSTILE)("%j becomes nothing that acts", (text) => {
  const seen = look(markdownElements(text));
  expect([...seen.kinds].filter((kind) => !KINDS.has(kind))).toEqual([]);
  expect([...seen.properties].filter((name) => !PROPERTIES.has(name))).toEqual([]);
  for (const address of seen.addresses) expect(address).toMatch(/^(https?:\/\/(?!.*@)|mailto:)/);
  expect(seen.addresses.join()).not.toContain("evil");
});

test("what is meant well is kept", () => {
  const seen = look(
    markdownElements("# Title\n\nSee [us](https://example.org/a?b=1), **now**.\n\n- [x] done"),
  );
  expect(seen.addresses).toEqual(["https://example.org/a?b=1"]);
  expect(seen.text).toContain("Title");
  expect([...seen.kinds]).toEqual(expect.arrayContaining(["h2", "p", "a", "strong", "ul", "li"]));
});

test.each([
  ["quotes in quotes", `${"> ".repeat(5000)}x`],
  ["lists in lists", Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n")],
  ["lists in one line", `${"- ".repeat(3_000)}x`],
  ["nothing but brackets", "[".repeat(20_000)],
  ["nothing but stars", "*a ".repeat(30_000)],
  ["one line of a table", `|${" x |".repeat(5_000)}`],
])("%s does not hang or break the page", (_, text) => {
  expect(() => look(markdownElements(text))).not.toThrow();
});

test("characters that turn text around or hide it are taken out", () => {
  expect(plainText("rm -rf \u202e/ tmp\u2066\u200b")).toBe("rm -rf / tmp");
  expect(plainText("a\0b\tc\n")).toBe("a\ufffdb\tc\n");
  expect(plainText("שלום עולם")).toBe("שלום עולם");
});

test.each(["ftp://x", "about:blank", "blob:https://x", "#part", "../up", "", "https://"])(
  "%p is no address to link to",
  (text) => expect(outsideAddress(text)).toBeUndefined(),
);
