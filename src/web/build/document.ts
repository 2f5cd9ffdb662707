// The one HTML document: what every page starts from. It holds no script and no style of its own, so that the policy of
// serve.ts can forbid both.

export interface DocumentParts {
  readonly title: string;
  readonly base: string;
  readonly script: string;
  /** Other scripts that are needed at once: what the first one imports. */
  readonly imports: readonly string[];
  readonly style: string;
  /** Fonts of the first view, fetched beside the style that names them. */
  readonly fonts: readonly string[];
  readonly icon: string;
}

export function documentText(parts: DocumentParts): string {
  const at = (name: string): string => `${parts.base}/assets/${name}`;
  const lines = [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Colours of light and dark as in shared/style/tokens.css: what surrounds the page on a telephone.
    '<meta name="theme-color" content="#f7f6f3" media="(prefers-color-scheme: light)">',
    '<meta name="theme-color" content="#14171a" media="(prefers-color-scheme: dark)">',
    `<title>${parts.title}</title>`,
    `<link rel="icon" type="image/svg+xml" href="${at(parts.icon)}">`,
    `<link rel="stylesheet" href="${at(parts.style)}">`,
    ...parts.fonts.map(
      (font) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="${at(font)}">`,
    ),
    ...parts.imports.map((name) => `<link rel="modulepreload" href="${at(name)}">`),
    `<script type="module" src="${at(parts.script)}"></script>`,
    "</head>",
    "<body>",
    '<div id="app"></div>',
    "<noscript><p>These pages need JavaScript. The same can be done with the commands of <code>hab</code>.</p></noscript>",
    "</body>",
    "</html>",
  ];
  return `${lines.join("\n")}\n`;
}
