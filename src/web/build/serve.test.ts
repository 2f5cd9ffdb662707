// How pages are served: policy, caching, what is a page and what is not, and that the first view stays small.
import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { isKind } from "../../error/index.ts";
import { webErrors } from "../errors.ts";
import { bundlePages } from "./bundle.ts";
import { decodePack, encodePack, type PageFile, type PagesPack } from "./pack.ts";
import { chooseEncoding, servePack } from "./serve.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
const file = (name: string, text: string): PageFile => ({
  name,
  type: "text/plain",
  tag: `tag-of-${name}`,
  bodies: new Map([["gzip", new Uint8Array(gzipSync(text))]]),
});
const PACK: PagesPack = {
  files: [file("index.html", "the document"), file("main-1.js", "the script")],
  pages: ["/", "/pkgs/:origin"],
  firstScripts: ["main-1.js"],
};
const pages = servePack(PACK, "/ui");
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  pages.answer(new Request(`http://x${path}`, { method, headers }), path);

describe("addresses", () => {
  test.each(["/ui", "/ui/", "/ui/pkgs/core", "/ui/pkgs/core/"])("%s is a page", async (path) => {
    const response = await get(path);
    expect([response?.status, await response?.text()]).toEqual([200, "the document"]);
  });
  test.each([
    "/",
    "/uix",
    "/ui/pkgs",
    "/ui/assets/none.js",
    "/ui/assets/index.html",
    "/ui/pkgs/%zz",
    "/ui/assets/../x",
  ])("%s is none", async (path) => {
    expect(await get(path)).toBeUndefined();
  });
  test("an unknown one leads somebody with a browser on, as not found", async () => {
    const response = await get("/ui/pkgs", { accept: "text/html,*/*" });
    expect([response?.status, await response?.text()]).toEqual([404, "the document"]);
  });
  test("nothing is written to", async () => expect(await get("/ui", {}, "POST")).toBeUndefined());
});

describe("caching", () => {
  test("files for good, the document asked about each time", async () => {
    expect((await get("/ui/assets/main-1.js"))?.headers.get("cache-control")).toContain("immutable");
    expect((await get("/ui"))?.headers.get("cache-control")).toBe("no-cache");
  });
  test("what the client has is not sent again, and each encoding has a tag of its own", async () => {
    const first = await get("/ui", { "accept-encoding": "gzip" });
    const tag = first?.headers.get("etag") ?? "";
    const again = await get("/ui", { "accept-encoding": "gzip", "if-none-match": `"other", W/${tag}` });
    expect([again?.status, await again?.text()]).toEqual([304, ""]);
    expect((await get("/ui", { "if-none-match": tag }))?.status).toBe(200);
  });
  test("HEAD tells the length and gives nothing", async () => {
    const response = await get("/ui", {}, "HEAD");
    expect([response?.headers.get("content-length"), await response?.text()]).toEqual(["12", ""]);
  });
});

describe("encodings", () => {
  const both = { bodies: new Map([["br", bytes("")] as const, ["gzip", bytes("")] as const]) };
  test.each([
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["*", "br"],
    ["", "identity"],
    ["gzip;q=0", "identity"],
  ])("%p gets %s", (accepted, encoding) => expect(chooseEncoding(both, accepted)).toBe(encoding as never));
});

test("every answer carries the policy", async () => {
  for (const path of ["/ui", "/ui/assets/main-1.js"]) {
    const policy = (await get(path))?.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect((await get(path))?.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

describe("the pack", () => {
  test("is read as it was written", () => expect(decodePack(new Uint8Array(encodePack(PACK)))).toEqual(PACK));
  test.each([0, 3, 20])("cut off after %d bytes is refused", (length) => {
    try {
      decodePack(new Uint8Array(encodePack(PACK)).slice(0, length));
      throw new Error("was taken");
    } catch (error) {
      expect(isKind(error, webErrors.packMalformed)).toBe(true);
    }
  });
});

test.each(["depot", "supervisor"] as const)(
  "the %s's first view needs less than 100 kB of script",
  async (name) => {
    const pack = await bundlePages(name, "quick");
    const size = (files: readonly PageFile[]): number =>
      files.reduce((sum, { bodies }) => sum + (bodies.get("gzip")?.length ?? 0), 0);
    const scripts = pack.files.filter(({ name }) => name.endsWith(".js"));
    const first = scripts.filter(({ name }) => pack.firstScripts.includes(name));
    expect(size(first)).toBeGreaterThan(10_000);
    // The whole of it, what comes later too, and most of that at once: every page is in the first script.
    expect(size(scripts)).toBeLessThan(100_000);
    expect(size(first)).toBeLessThan(65_000);
    expect(first.length).toBe(1);
    const html = new TextDecoder().decode(
      Bun.gunzipSync(pack.files.find(({ name }) => name === "index.html")?.bodies.get("gzip") ?? bytes("")),
    );
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son[a-z]+="|http/);
  },
);
