// Sources → the files of a set of pages: bundled, split, minified, named by their content and compressed beforehand.
// script/build runs it for the program; a program that runs from its sources does it when the pages are first asked for.
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { describeError, HabError } from "../../error/index.ts";
import { webErrors } from "../errors.ts";
import { documentText } from "./document.ts";
import { BASES, DOCUMENT, type Encoding, type PageFile, type PagesName, type PagesPack } from "./pack.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const WEB = join(ROOT, "src/web");

const TITLES: Readonly<Record<PagesName, string>> = { depot: "Depot", supervisor: "Supervisor" };

/** Which of the fonts that the style names come with the document: those that the first view shows. */
const FIRST_FONTS = /plex-sans|plex-mono-latin-400/;

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  html: "text/html; charset=utf-8",
  woff2: "font/woff2",
};

/**
 * The sources are written for React; what runs is Preact's double of it: a third of the script, and less than half of the work
 * until a page can be read (decision 54).
 */
const RUNTIME: Readonly<Record<string, string>> = {
  react: "preact/compat",
  "react-dom/client": "preact/compat/client",
  "react/jsx-runtime": "preact/jsx-runtime",
};

const runtime: Bun.BunPlugin = {
  name: "the runtime of the pages",
  setup(build) {
    build.onResolve({ filter: /^react(-dom)?(\/|$)/ }, ({ path }) => {
      const module = RUNTIME[path];
      if (module === undefined) throw new Error(`${path} has no double in Preact`);
      return { path: Bun.resolveSync(module, WEB) };
    });
  },
};

/** How hard to compress: as well as it goes for the program, quickly for a test. */
export type Effort = "best" | "quick";

/** Bundles one set of pages. Throws HAB-WEB-002. */
export async function bundlePages(name: PagesName, effort: Effort): Promise<PagesPack> {
  const sources = join(WEB, name);
  const files: PageFile[] = [];
  const add = (file: string, bytes: Uint8Array<ArrayBuffer>): string => {
    files.push(pageFile(file, bytes, effort));
    return file;
  };
  const scripts = await build({
    entrypoints: [join(sources, "main.tsx")],
    splitting: true,
    metafile: true,
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: { runtime: "automatic", development: false },
    plugins: [runtime],
  });
  for (const output of scripts.outputs)
    add(basename(output.path), new Uint8Array(await output.arrayBuffer()));
  const script = scripts.outputs.find((output) => output.kind === "entry-point");
  if (script === undefined) throw notBundled(name, "it has no script to begin with");
  const first = [basename(script.path), ...staticImports(scripts, basename(script.path))];
  const { style, fonts } = await bundleStyle(join(sources, "style.css"), add);
  const icon = addHashed("icon.svg", new Uint8Array(readFileSync(join(WEB, "shared/icon.svg"))), add);
  const document = documentText({
    ...{ title: TITLES[name], base: BASES[name], script: basename(script.path), style, icon },
    imports: first.slice(1),
    fonts: fonts.filter((font) => FIRST_FONTS.test(font)),
  });
  add(DOCUMENT, new TextEncoder().encode(document));
  return {
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
    pages: await patternsOf(name),
    firstScripts: first,
  };
}

async function build(options: Bun.BuildConfig): Promise<Bun.BuildOutput> {
  try {
    return await Bun.build({ root: WEB, target: "browser", format: "esm", minify: true, ...options });
  } catch (cause) {
    const messages =
      cause instanceof AggregateError ? cause.errors.map(String).join("\n") : describeError(cause);
    throw new HabError(webErrors.pagesNotBundled, messages, { cause });
  }
}

function notBundled(name: PagesName, problem: string): HabError {
  return new HabError(webErrors.pagesNotBundled, `The ${name}'s pages cannot be bundled: ${problem}`);
}

/** Names of the chunks that a script needs before it can run. */
function staticImports(built: Bun.BuildOutput, script: string): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const entry = Object.entries(built.metafile?.outputs ?? {}).find(([path]) => basename(path) === name);
    for (const { path, kind } of entry?.[1].imports ?? []) {
      const imported = basename(path);
      if (kind !== "import-statement" || found.has(imported)) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(script);
  return [...found].sort();
}

/** The style as one file, with its fonts beside it: the bundler would put them into it. */
async function bundleStyle(
  path: string,
  add: (file: string, bytes: Uint8Array<ArrayBuffer>) => string,
): Promise<{ style: string; fonts: string[] }> {
  const built = await build({ entrypoints: [path], external: ["*.woff2"] });
  const output = built.outputs.find(({ path }) => path.endsWith(".css"));
  const fonts: string[] = [];
  const text = ((await output?.text()) ?? "").replace(
    /url\("?([^")]*\.woff2)"?\)/g,
    (_, reference: string) => {
      const bytes = new Uint8Array(readFileSync(join(ROOT, "node_modules", reference)));
      const font = addHashed(basename(reference), bytes, add);
      if (!fonts.includes(font)) fonts.push(font);
      return `url("./${font}")`;
    },
  );
  return { style: addHashed("style.css", new TextEncoder().encode(text), add), fonts };
}

function addHashed(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  add: (file: string, bytes: Uint8Array<ArrayBuffer>) => string,
): string {
  const dot = file.lastIndexOf(".");
  return add(`${file.slice(0, dot)}-${tagOf(bytes).slice(0, 8)}${file.slice(dot)}`, bytes);
}

function tagOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16);
}

function pageFile(name: string, bytes: Uint8Array<ArrayBuffer>, effort: Effort): PageFile {
  const extension = name.slice(name.lastIndexOf(".") + 1);
  const type = TYPES[extension];
  if (type === undefined)
    throw new HabError(webErrors.pagesNotBundled, `${name} is of no type that is served`);
  const bodies = new Map<Encoding, Uint8Array<ArrayBuffer>>();
  if (extension === "woff2") bodies.set("identity", bytes);
  else {
    // Browsers take Brotli only over TLS and on this machine: many a depot is reached with gzip.
    const quality = effort === "best" ? constants.BROTLI_MAX_QUALITY : 4;
    bodies.set(
      "br",
      new Uint8Array(
        brotliCompressSync(bytes, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: quality,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          },
        }),
      ),
    );
    bodies.set("gzip", new Uint8Array(gzipSync(bytes, { level: effort === "best" ? 9 : 6 })));
  }
  return { name, type, tag: tagOf(bytes), bodies };
}

/** One line of a table of pages, as all of them are written. */
const TABLE_LINE = /\bpage\("([^"]+)", [A-Z]\w+\)/g;

/** Addresses of pages. Their table is read as text: with what it imports the pages themselves would be run here. */
async function patternsOf(name: PagesName): Promise<readonly string[]> {
  const path = join(WEB, name, "pages.ts");
  const text = await Bun.file(path).text();
  const patterns = [...text.matchAll(TABLE_LINE)].map(([, pattern = ""]) => pattern);
  // A line in another form would be a page that the server does not know.
  if (patterns.length !== text.split("page(").length - 1)
    throw notBundled(name, `a line of ${path} is in a form that is not understood`);
  return patterns;
}
