import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
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
  /** Blobs of the repository `team/base`, which this one may take over. */
  readonly others = new Set<string>();
  /** What is there of uploads in pieces. */
  readonly uploads = new Map<string, Buffer>();
  /** Looks at a request before it is answered; what it gives is the answer. */
  intercept: (request: Request) => Response | Promise<Response> | undefined = () => undefined;
  challenge = "";
  closes = false;
  scopes: string[] = [];
  #uploads = 0;
  readonly server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    fetch: async (request) => {
      const answer = await this.#answer(request);
      // One request a connection, so that what stands before it can count them.
      if (this.closes) answer.headers.set("connection", "close");
      return answer;
    },
  });
  readonly host = `127.0.0.1:${this.server.port}`;

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    this.log.push(`${request.method} ${url.pathname}`);
    if (url.pathname === "/token") {
      if (request.headers.get("authorization") !== `Basic ${btoa(`ci:${PASSWORD}`)}`)
        return new Response("no", { status: 401 });
      this.scopes = url.searchParams.getAll("scope");
      return Response.json({ token: "t0ken" });
    }
    if (request.headers.get("authorization") !== "Bearer t0ken")
      return new Response("", { status: 401, headers: { "www-authenticate": this.challenge } });
    const failure = this.failures.shift();
    if (failure !== undefined) return failure();
    const intercepted = this.intercept(request);
    if (intercepted !== undefined) return intercepted;
    const blob = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url.pathname)?.[1];
    if (request.method === "HEAD")
      return new Response(null, { status: this.blobs.has(blob ?? "") ? 200 : 404 });
    const mounted = url.searchParams.get("mount") ?? "";
    if (url.searchParams.get("from") === "team/base" && this.others.has(mounted)) {
      this.blobs.set(mounted, new Uint8Array());
      return new Response(null, { status: 201 });
    }
    if (request.method === "POST") return this.#goOn(`/v2/team/app/blobs/uploads/${++this.#uploads}`);
    const held = this.uploads.get(url.pathname) ?? Buffer.alloc(0);
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    if (request.method === "GET")
      return new Response(null, {
        status: 204,
        headers: { location: `${url.pathname}?state=x`, range: `0-${Math.max(held.length - 1, 0)}` },
      });
    if (request.method === "PATCH") {
      const piece = Buffer.from(await request.arrayBuffer());
      if (request.headers.get("content-range") !== `${held.length}-${held.length + piece.length - 1}`)
        return new Response("range", { status: 416 });
      this.uploads.set(url.pathname, Buffer.concat([held, piece]));
      return this.#goOn(url.pathname);
    }
    const body = new Uint8Array(Buffer.concat([held, Buffer.from(await request.arrayBuffer())]));
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

  #goOn(path: string): Response {
    return new Response(null, { status: 202, headers: { location: `${path}?state=x` } });
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
    const sent: string[] = [];
    await push({ onBlob: ({ outcome }) => sent.push(outcome) });
    expect(sent).toEqual(["present", "present", "present"]);
  });

  test("a blob that the registry keeps elsewhere is there", async () => {
    using store = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      // Another host is not told what lets into the registry.
      fetch: ({ headers }) => new Response(null, { status: headers.has("authorization") ? 403 : 200 }),
    });
    registry.intercept = ({ method }) =>
      method === "HEAD" ? Response.redirect(new URL("/blob", store.url).href, 307) : undefined;
    const outcomes: string[] = [];
    await push({ onBlob: ({ outcome }) => outcomes.push(outcome) });
    expect(outcomes).toEqual(["present", "present", "present"]);
  });

  test("layers of another repository of the registry are taken over", async () => {
    registry.others.add(image.layers[1]?.digest ?? "");
    const outcomes: string[] = [];
    await push({ readsFrom: ["team/none", "team/base"], onBlob: ({ outcome }) => outcomes.push(outcome) });
    expect(outcomes).toEqual(["sent", "mounted", "sent"]);
    expect(registry.scopes).toEqual([
      "repository:team/app:pull,push",
      "repository:team/none:pull",
      "repository:team/base:pull",
    ]);
    // Uploads that were begun instead are given back.
    expect(registry.log.filter((line) => line.startsWith("DELETE"))).toHaveLength(5);
  });

  describe("a blob that does not go as a whole", () => {
    /** Refuses whole uploads, and the n-th piece once. */
    const reluctant = (refused: () => Response, failAt = -1, failure = () => new Response(null)) => {
      let pieces = 0;
      registry.intercept = ({ method, url, headers }) => {
        if (
          method === "PUT" &&
          url.includes("/uploads/") &&
          Number(headers.get("content-length")) > PIECE_BYTES
        )
          return refused();
        return method === "PATCH" && pieces++ === failAt ? failure() : undefined;
      };
    };
    const PIECE_BYTES = 50;
    const sizes = () =>
      Object.fromEntries([...registry.blobs].map(([digest, { length }]) => [digest, length]));
    const wanted = () =>
      Object.fromEntries([...image.layers, image.config].map(({ digest, size }) => [digest, size]));

    test.each([
      ["since it is too large for a request", () => new Response("too large", { status: 413 })],
      ["since the registry failed", () => new Response("oops", { status: 502 })],
    ])("goes in pieces %s", async (_, refused) => {
      reluctant(refused);
      await push({ pieceBytes: PIECE_BYTES });
      expect(sizes()).toEqual(wanted());
    });

    test("goes on where it broke off", async () => {
      reluctant(
        () => new Response(null, { status: 413 }),
        1,
        () => new Response("oops", { status: 503 }),
      );
      await push({ pieceBytes: PIECE_BYTES });
      expect(sizes()).toEqual(wanted());
      // Both layers have the same number of pieces; that one is not sent anew shows in the one more of the piece that failed.
      const pieces = image.layers.reduce((sum, { size }) => sum + Math.ceil(size / PIECE_BYTES), 0);
      expect(registry.log.filter((line) => line.startsWith("PATCH"))).toHaveLength(pieces + 1);
    });

    test("goes as a whole again where the registry takes no pieces", async () => {
      let puts = 0;
      registry.intercept = ({ method }) => {
        if (method === "PATCH") return new Response(null, { status: 405 });
        return method === "PUT" && puts++ === 0 ? new Response(null, { status: 503 }) : undefined;
      };
      await push({ pieceBytes: PIECE_BYTES });
      expect(sizes()).toEqual(wanted());
    });
  });

  test("whichever request breaks off, the image arrives", async () => {
    let connections = 0;
    let broken = -1;
    // Stands before the registry and hangs up on one request.
    const between = createServer((client) => {
      const hangsUp = connections++ === broken;
      const behind = connect(registry.server.port ?? 0, "127.0.0.1");
      for (const each of [client, behind]) each.on("error", () => undefined);
      client.on("close", () => behind.destroy());
      if (hangsUp) client.once("data", () => client.destroy());
      else client.pipe(behind).pipe(client);
    });
    await new Promise<void>((listening) => between.listen(0, "127.0.0.1", listening));
    const host = `127.0.0.1:${(between.address() as AddressInfo).port}`;
    registry.closes = true;
    registry.challenge = `Bearer realm="http://${host}/token",service="x"`;
    const pushed = () => push({ repository: repositoryOf(`${host}/team/app`) });
    try {
      await pushed();
      const requests = connections;
      expect(requests).toBeGreaterThan(10);
      for (broken = 0; broken < requests; broken++) {
        connections = 0;
        registry.blobs.clear();
        registry.manifests.clear();
        await pushed();
        expect([registry.blobs.size, registry.manifests.size]).toEqual([3, 2]);
      }
    } finally {
      between.close();
    }
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
      ["x"],
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
