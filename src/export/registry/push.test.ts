import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../crypto/index.ts";
import { isKind } from "../../error/index.ts";
import { BlobDirectory } from "../blobs.ts";
import { exportErrors } from "../errors.ts";
import type { Image } from "../image.ts";
import { amazonCredentials } from "./amazon.ts";
import { answerChallenge, parseChallenge } from "./authorization.ts";
import { type PushOptions, pushImage } from "./push.ts";
import { repositoryOf } from "./reference.ts";

const PASSWORD = "open sesame";

/** A registry that keeps what it is given, wants a token, and fails as it is told. */
class FakeRegistry {
  readonly blobs = new Map<string, Uint8Array>();
  readonly manifests = new Map<string, string>();
  readonly log: string[] = [];
  /** Answers to give first, instead of the right ones. */
  readonly failures: (() => Response)[] = [];
  challenge = "";
  #uploads = 0;
  readonly server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    fetch: (request) => this.#answer(request),
  });
  readonly host = `127.0.0.1:${this.server.port}`;

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.log.push(`${request.method} ${url.pathname}`);
    if (url.pathname === "/token") {
      if (request.headers.get("authorization") !== `Basic ${btoa(`ci:${PASSWORD}`)}`)
        return new Response("no", { status: 401 });
      expect(url.searchParams.get("scope")).toBe("repository:team/app:pull,push");
      return Response.json({ token: "t0ken" });
    }
    if (request.headers.get("authorization") !== "Bearer t0ken")
      return new Response("", { status: 401, headers: { "www-authenticate": this.challenge } });
    const failure = this.failures.shift();
    if (failure !== undefined) return failure();
    const blob = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url.pathname)?.[1];
    if (request.method === "HEAD")
      return new Response(null, { status: this.blobs.has(blob ?? "") ? 200 : 404 });
    if (request.method === "POST")
      return new Response(null, {
        status: 202,
        headers: { location: `/v2/team/app/blobs/uploads/${++this.#uploads}?state=x` },
      });
    const body = new Uint8Array(await request.arrayBuffer());
    const manifest = /\/manifests\/(.+)$/.exec(url.pathname)?.[1];
    if (manifest !== undefined) {
      this.manifests.set(manifest, Buffer.from(body).toString());
      return new Response(null, { status: 201 });
    }
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(body).digest("hex")}`;
    if (url.searchParams.get("digest") !== digest || url.searchParams.get("state") !== "x")
      return new Response("digest invalid", { status: 400 });
    this.blobs.set(digest, body);
    return new Response(null, { status: 201 });
  }
}

let registry: FakeRegistry;
let directory: string;
let image: Image;

beforeEach(async () => {
  registry = new FakeRegistry();
  registry.challenge = `Bearer realm="http://${registry.host}/token",service="reg, istry"`;
  directory = mkdtempSync(join(tmpdir(), "hab-push-"));
  const blobs = new BlobDirectory(directory);
  const layer = (text: string) =>
    blobs.writeLayer(
      [{ name: "file", mode: 0o644, mtimeSeconds: 0, content: Buffer.from(text) }],
      () => undefined,
      new AbortController().signal,
    );
  const layers = [await layer("one"), await layer("two")];
  const config = blobs.writeJson("application/vnd.oci.image.config.v1+json", {});
  const manifest = blobs.writeJson("application/vnd.oci.image.manifest.v1+json", { config });
  image = { directory, blobs, layers, config, manifest };
});

afterEach(async () => {
  await registry.server.stop(true);
  rmSync(directory, { recursive: true, force: true });
});

function push(changes: Partial<PushOptions> = {}): Promise<void> {
  return pushImage(image, {
    repository: repositoryOf(`${registry.host}/team/app`),
    tags: ["latest", "1.0"],
    credentials: { username: "ci", password: new Secret(PASSWORD) },
    signal: new AbortController().signal,
    retryDelaysMs: [1, 1],
    ...changes,
  });
}

describe("push", () => {
  test("every blob, then the manifest under every tag", async () => {
    await push();
    expect([...registry.blobs.keys()]).toEqual([...image.layers, image.config].map(({ digest }) => digest));
    expect([...registry.manifests.keys()]).toEqual(["latest", "1.0"]);
  });

  test("without tags the manifest is known by its digest", async () => {
    await push({ tags: [] });
    expect([...registry.manifests.keys()]).toEqual([image.manifest.digest]);
  });

  test("what is there is not sent again", async () => {
    await push();
    const sent: boolean[] = [];
    await push({ onBlob: (event) => sent.push(event.sent) });
    expect(sent).toEqual([false, false, false]);
  });

  test("one token serves for all", async () => {
    await push();
    expect(registry.log.filter((line) => line === "GET /token")).toHaveLength(1);
  });

  test("a registry that is busy, fails or breaks off is asked again", async () => {
    registry.failures.push(
      () => new Response("slow down", { status: 429 }),
      () => new Response("oops", { status: 503 }),
    );
    await push();
    expect(registry.manifests.size).toBe(2);
  });

  test("a registry that goes on failing ends the push, with what it said", async () => {
    for (let tried = 0; tried < 3; tried++)
      registry.failures.push(
        () => new Response(null, { status: 404 }),
        () => new Response("bad\u001b[31m disk", { status: 500 }),
      );
    const error = await push().catch((thrown: unknown) => thrown);
    expect(isKind(error, exportErrors.registryFailed)).toBe(true);
    expect(String(error)).toContain("500 bad [31m disk");
  });

  test("a refusal is final", async () => {
    registry.failures.push(() => new Response("denied", { status: 403 }));
    const error = await push().catch((thrown: unknown) => thrown);
    expect(isKind(error, exportErrors.registryRefused)).toBe(true);
    expect(registry.log.filter((line) => line.startsWith("HEAD"))).toHaveLength(2);
  });

  test("a wrong password is a refusal that does not tell it", async () => {
    const wrong = { username: "ci", password: new Secret("wrong pass") };
    const error = await push({ credentials: wrong }).catch((thrown: unknown) => thrown);
    expect(isKind(error, exportErrors.registryRefused)).toBe(true);
    expect(String(error)).not.toContain("wrong pass");
  });

  test("a registry that is not there", async () => {
    await registry.server.stop(true);
    const error = await push().catch((thrown: unknown) => thrown);
    expect(isKind(error, exportErrors.registryFailed)).toBe(true);
  });

  test("the password goes nowhere in the clear", async () => {
    const challenge = parseChallenge('Bearer realm="http://192.0.2.1/token"');
    if (challenge === undefined) throw new Error("no challenge");
    const signal = new AbortController().signal;
    const credentials = { username: "ci", password: new Secret(PASSWORD) };
    const error = await answerChallenge(
      challenge,
      "x",
      credentials,
      "https://registry.example.com",
      signal,
    ).catch((thrown: unknown) => thrown);
    expect(isKind(error, exportErrors.registryRefused)).toBe(true);
  });

  test("a registry that does not say where to upload", async () => {
    registry.failures.push(
      () => new Response(null, { status: 404 }),
      () => new Response(null, { status: 202 }),
    );
    const error = await push().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("does not say where");
  });
});

describe("names", () => {
  test.each([
    ["core/redis", "https://registry-1.docker.io", "core/redis"],
    ["redis", "https://registry-1.docker.io", "library/redis"],
    ["registry.example.com/v1/core/redis", "https://registry.example.com", "v1/core/redis"],
    ["registry.example.com:8443/redis", "https://registry.example.com:8443", "redis"],
    ["localhost:5000/redis", "http://localhost:5000", "redis"],
    ["127.0.0.1:5000/redis", "http://127.0.0.1:5000", "redis"],
    ["127.0.0.1.example.com/redis", "https://127.0.0.1.example.com", "redis"],
  ])("%s", (name, base, repository) => {
    expect(repositoryOf(name)).toEqual({ base, name: repository });
  });
});

describe("challenges", () => {
  test("parameters with commas and quotes in them", () => {
    const challenge = parseChallenge('Bearer realm="https://a/b?c=d,e", service="say \\"hi\\"",scope=x');
    expect([...(challenge?.parameters ?? [])]).toEqual([
      ["realm", "https://a/b?c=d,e"],
      ["service", 'say "hi"'],
      ["scope", "x"],
    ]);
  });

  test("a scheme that is not known is none", () => {
    expect(parseChallenge("Negotiate")).toBeUndefined();
    expect(parseChallenge(null)).toBeUndefined();
  });
});

describe("Amazon's tokens", () => {
  test("are asked for with a signature and taken apart", async () => {
    let seen: Headers | undefined;
    using amazon = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        seen = request.headers;
        return Response.json({ authorizationData: [{ authorizationToken: btoa("AWS:s3cret:more") }] });
      },
    });
    const { username, password } = await amazonCredentials({
      registry: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
      keyPair: { username: "AKIDEXAMPLE", password: new Secret("key") },
      endpoint: amazon.url.href,
      signal: new AbortController().signal,
    });
    expect([username, password.reveal()]).toEqual(["AWS", "s3cret:more"]);
    expect(seen?.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/ecr\/aws4_request, /,
    );
    expect(seen?.get("x-amz-target")).toBe("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
  });
});
