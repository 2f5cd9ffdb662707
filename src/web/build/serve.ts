// Answers requests for pages and their files: the policy that keeps a page to itself, what may be cached for how long, and
// which addresses are pages at all.
import { gunzipSync } from "node:zlib";
import { matchPattern } from "../shared/router/pattern.ts";
import { DOCUMENT, type Encoding, type PageFile, type PagesPack } from "./pack.ts";

export interface Pages {
  /**
   * The answer to a request, or undefined when it is none for pages: not GET or HEAD, not below the base, or no page and
   * asked for by something that does not read HTML. `path` is the path of the address, still encoded.
   */
  answer(request: Request, path: string): Promise<Response | undefined>;
}

/**
 * Everything is forbidden but files and data of this very server. No script or style in the document, none made from text,
 * no frame around it.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Permissions-Policy":
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};

/** The name holds a hash of the content, so what it names never changes. */
const FOREVER = "public, max-age=31536000, immutable";
/** Kept, but asked about each time: the next version of the program has another. */
const ASK_EACH_TIME = "no-cache";

/** Serves a pack below `base` (`""`, or a path such as `/ui`). */
export function servePack(pack: PagesPack, base: string): Pages {
  const files = new Map(pack.files.map((file) => [file.name, file]));
  const document = files.get(DOCUMENT);
  files.delete(DOCUMENT);
  const assets = `${base}/assets/`;
  return {
    async answer(request, path) {
      if (request.method !== "GET" && request.method !== "HEAD") return undefined;
      if (path.startsWith(assets)) {
        const file = files.get(path.slice(assets.length));
        return file === undefined ? undefined : respond(request, file, 200, FOREVER);
      }
      if (!(path === base || path.startsWith(`${base}/`))) return undefined;
      const below = path.slice(base.length);
      if (document === undefined) return undefined;
      const isPage = pack.pages.some((pattern) => matchPattern(pattern, below) !== undefined);
      if (isPage) return respond(request, document, 200, ASK_EACH_TIME);
      // Somebody who looks gets a page that says so and leads on; a program gets the plain answer of its server.
      const readsHtml = request.headers.get("accept")?.includes("text/html") === true;
      return readsHtml ? respond(request, document, 404, ASK_EACH_TIME) : undefined;
    },
  };
}

function respond(request: Request, file: PageFile, status: number, caching: string): Response {
  const encoding = chooseEncoding(file, request.headers.get("accept-encoding") ?? "");
  const tag = `"${file.tag}-${encoding}"`;
  const headers: Record<string, string> = {
    ...PAGE_HEADERS,
    "Cache-Control": caching,
    ETag: tag,
    ...(file.bodies.has("identity") ? {} : { Vary: "Accept-Encoding" }),
  };
  if (status === 200 && hasTag(request.headers.get("if-none-match"), tag))
    return new Response(null, { status: 304, headers });
  const body = bodyOf(file, encoding);
  headers["Content-Type"] = file.type;
  headers["Content-Length"] = String(body.length);
  if (encoding !== "identity") headers["Content-Encoding"] = encoding;
  return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

/** The smallest form of a file that the client takes. */
export function chooseEncoding(file: Pick<PageFile, "bodies">, accepted: string): Encoding {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .map((part) => part.trim())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(";")[0]?.trim()),
  );
  for (const encoding of ["br", "gzip"] as const)
    if (file.bodies.has(encoding) && (taken.has(encoding) || taken.has("*"))) return encoding;
  return "identity";
}

function bodyOf(file: PageFile, encoding: Encoding): Uint8Array<ArrayBuffer> {
  const body = file.bodies.get(encoding);
  if (body !== undefined) return body;
  // Hardly anybody asks for it so: not worth its place in the program.
  return new Uint8Array(gunzipSync(file.bodies.get("gzip") ?? new Uint8Array()));
}

function hasTag(header: string | null, tag: string): boolean {
  return (header ?? "")
    .split(",")
    .some((each) => each.trim().replace(/^W\//, "") === tag || each.trim() === "*");
}
