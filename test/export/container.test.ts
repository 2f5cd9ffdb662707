// `hab pkg export container` with packages made by hand: what is in the image, that the same packages make the same image, and
// that nothing half-made is left when it goes wrong. Real services run from images in test/end-to-end/export.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../binary/program.ts";
import { ExportWorld, listing, readJson } from "./world.ts";

let world: ExportWorld;
/** Layout of the image of acme/web. */
let layout: string;

const exported = (...words: string[]) =>
  world.run("pkg", "export", "container", "--hab-pkg", "chef/hab", ...words);
const place = (name: string) => join(world.directory, name);

beforeAll(async () => {
  world = await ExportWorld.make();
  layout = place("layout");
  const ended = await exported(world.hart("acme/web"), "--format", "directory", "--output", layout);
  expect(ended).toMatchObject({ code: 0 });
});
afterAll(() => world[Symbol.dispose]());

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

const blob = (digest: string) => join(layout, "blobs", digest.replace(":", "/"));
const manifest = () => {
  const index = readJson(join(layout, "index.json")) as { manifests: Descriptor[] };
  return readJson(blob(index.manifests[0]?.digest ?? "")) as { config: Descriptor; layers: Descriptor[] };
};
const config = () =>
  readJson(blob(manifest().config.digest)) as {
    config: unknown;
    created: string;
    rootfs: { diff_ids: string[] };
    history: { created_by: string }[];
  };
const layer = async (index: number) => listing(blob(manifest().layers.at(index)?.digest ?? ""));

describe("the image", () => {
  test("every blob is named by what it holds, and every layer by what it holds unpacked", async () => {
    for (const name of readdirSync(join(layout, "blobs/sha256")))
      expect(new Bun.CryptoHasher("sha256").update(readFileSync(blob(`sha256:${name}`))).digest("hex")).toBe(
        name,
      );
    const unpacked = manifest().layers.map(({ digest }) => {
      const archive = Bun.gunzipSync(readFileSync(blob(digest)));
      return `sha256:${new Bun.CryptoHasher("sha256").update(archive).digest("hex")}`;
    });
    expect(config().rootfs.diff_ids).toEqual(unpacked);
  });

  test("a layer for each package, lowest first, then what is particular", () => {
    expect(config().history.map(({ created_by }) => created_by.split(": ")[1]?.split("/")[1])).toEqual([
      "busybox-static",
      "hab",
      "cacerts",
      "glibc",
      "lib",
      "web",
      undefined,
    ]);
  });

  test("runs the service and shows its ports", () => {
    expect(config()).toMatchObject({
      created: "2026-01-01T00:00:00Z",
      os: "linux",
      config: {
        Entrypoint: ["/init.sh"],
        Cmd: ["run", "acme/web"],
        Env: ["PATH=/bin"],
        ExposedPorts: { "9631/tcp": {}, "80/tcp": {}, "443/tcp": {} },
      },
    });
  });

  test("packages belong to root, and their directories can be written by root's group", async () => {
    const web = await layer(-2);
    const home = "hab/pkgs/acme/web/1.0/20260101000000";
    expect(web.get(`${home}/`)).toStartWith("drwxrwxr-x 0/0 ");
    expect(web.get(`${home}/bin/web`)).toStartWith("-rwxr-xr-x 0/0 ");
    expect(web.get("hab/")).toStartWith("drwxrwxr-x 0/0 ");
    expect([...web.keys()].some((name) => name.includes("INSTALL_HOOK_STATUS"))).toBe(false);
  });

  test("commands: the shell's, hab, and the service's, which win", async () => {
    const files = await layer(-1);
    const target = (name: string) =>
      files.get(`bin/${name} -> ${name}`) ??
      [...files.keys()].find((each) => each.startsWith(`bin/${name} -> `));
    expect(target("sh")).toEndWith("core/busybox-static/1.0/20260101000000/bin/sh");
    expect(target("hab")).toEndWith("chef/hab/1.0/20260101000000/bin/hab");
    expect(target("ls")).toEndWith("acme/web/1.0/20260101000000/bin/ls");
  });

  test("accounts, name service, certificates, start script", async () => {
    const root = place("unpacked");
    mkdirSync(root, { recursive: true });
    await run(["tar", "-xf", blob(manifest().layers.at(-1)?.digest ?? ""), "-C", root]);
    expect(readFileSync(join(root, "etc/passwd"), "utf8")).toEndWith(
      "\nweb:x:42:42:web User:/:/bin/false\nhab:x:84:84:hab User:/:/bin/false\n",
    );
    expect(readFileSync(join(root, "etc/group"), "utf8")).toEndWith("\nteam:x:42:web\nhab:x:84:hab\n");
    const script = readFileSync(join(root, "init.sh"), "utf8");
    expect(script).toStartWith("#!/hab/pkgs/core/busybox-static/1.0/20260101000000/bin/sh\n");
    expect(script).toContain('exec /bin/hab sup run acme/web "$@"');
  });

  test("an archive holds the same layout", async () => {
    const archive = place("web.tar");
    const ended = await exported(world.hart("acme/web"), "--output", archive, "--json");
    expect(ended.code).toBe(0);
    const names = [...(await listing(archive)).keys()].filter((name) => !name.endsWith("/"));
    expect(names).toContain("manifest.json");
    expect(names).toContain("oci-layout");
    expect(names.filter((name) => name.startsWith("blobs/")).length).toBe(
      readdirSync(join(layout, "blobs/sha256")).length,
    );
  });

  test("all packages in one layer when asked", async () => {
    const ended = await exported(
      world.hart("acme/web"),
      "--single-layer",
      "--output",
      place("one.tar"),
      "--json",
    );
    expect(JSON.parse(ended.stdout)).toMatchObject({ layers: 2 });
  });
});

describe("the same packages make the same image", () => {
  test("elsewhere, with another mask, at another time and in another language", async () => {
    const first = place("first.tar");
    const second = place("elsewhere/second.tar");
    await exported(world.hart("acme/web"), "--output", first);
    mkdirSync(place("elsewhere"), { recursive: true });
    const ended = await run(
      ["sh", "-c", 'umask 077; exec "$@"', "sh", join(import.meta.dir, "../../dist/hab")].concat([
        "pkg",
        "export",
        "container",
        "--hab-pkg",
        "chef/hab",
        world.hart("acme/web"),
        "--output",
        second,
      ]),
      { env: { ...world.env, TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8" }, cwd: place("elsewhere") },
    );
    expect(ended.code).toBe(0);
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  });
});

describe("names", () => {
  test("the report names the image for scripts", async () => {
    const ended = await world.runIn(
      place("report"),
      ...["pkg", "export", "container", "--hab-pkg", "chef/hab", world.hart("acme/web")],
      ...["--registry-url", "registry.example.com:5000/v1", "--no-tag-latest", "--tag-custom", "{{channel}}"],
    );
    expect(ended.code).toBe(0);
    const report = readFileSync(place("report/results/last_container_export.env"), "utf8");
    const name = "registry.example.com:5000/v1/acme/web";
    expect(report).toContain(`\nname=${name}\ntags=1.0,1.0-20260101000000,base\n`);
    expect(report).toContain(`\nname_tags=${name}:1.0,${name}:1.0-20260101000000,${name}:base\n`);
    expect(report).toMatch(/^id=sha256:[0-9a-f]{64}\n/);
    expect(readFileSync(place("report/results/last_docker_export.env"), "utf8")).toBe(report);
  });
});

describe("what goes wrong leaves nothing half-made", () => {
  const attempt = async (name: string, ...words: string[]) => {
    const cwd = place(name);
    const ended = await world.runIn(
      cwd,
      ...["pkg", "export", "container", "--hab-pkg", "chef/hab"],
      ...words,
    );
    const left = existsSync(join(cwd, "results")) ? readdirSync(join(cwd, "results")) : [];
    return { ...ended, left };
  };

  test("a package nobody has", async () => {
    await using depot = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response(null, { status: 404 }),
    });
    const ended = await attempt("unknown", "acme/nothing", "--url", depot.url.href);
    expect(ended).toMatchObject({ code: 1, left: [] });
    expect(ended.stderr).toContain("acme/nothing");
  });

  test("no service", async () => {
    const ended = await attempt("no-service", world.hart("acme/lib"));
    expect(ended).toMatchObject({ code: 1, left: [] });
    expect(ended.stderr).toContain("HAB-EXP-001");
  });

  test("a name that cannot be one", async () => {
    const ended = await attempt("bad-name", world.hart("acme/web"), "--image-name", "Not A Name");
    expect(ended).toMatchObject({ code: 1, left: [] });
    expect(ended.stderr).toContain("HAB-EXP-002");
  });

  test("something else at the place", async () => {
    mkdirSync(place("taken/results/mine"), { recursive: true });
    writeFileSync(place("taken/results/mine/file"), "mine");
    const ended = await attempt(
      "taken",
      world.hart("acme/web"),
      "--format",
      "directory",
      "--output",
      "results/mine",
    );
    expect(ended).toMatchObject({ code: 1, left: ["mine"] });
    expect(readFileSync(place("taken/results/mine/file"), "utf8")).toBe("mine");
  });

  test("a disk that takes no more", async () => {
    mkdirSync(place("full"), { recursive: true });
    // Blocks of 1,024 bytes: the layers fit, the archive of them does not.
    const ended = await run(
      ["bash", "-c", 'ulimit -f 8; exec "$@"', "bash", join(import.meta.dir, "../../dist/hab")].concat([
        "pkg",
        "export",
        "container",
        "--hab-pkg",
        "chef/hab",
        world.hart("acme/web"),
      ]),
      { env: world.env, cwd: place("full") },
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("HAB-EXP-004");
    expect(readdirSync(place("full/results"))).toEqual([]);
  });

  test("what a killed export left is swept by the next one", async () => {
    mkdirSync(place("killed/results/.hab-export-AbCdEf/image"), { recursive: true });
    writeFileSync(place("killed/results/.hab-export-AbCdEf/lock"), "");
    const ended = await attempt("killed", world.hart("acme/web"));
    expect(ended.left.filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("words that do not go together", async () => {
    for (const words of [
      ["--push-image"],
      ["--registry-type", "amazon"],
      ["--tag-latest", "--no-tag-latest"],
      ["--engine", "rkt"],
    ])
      expect((await attempt("usage", world.hart("acme/web"), ...words)).code).toBe(2);
  });
});

test("straight to a registry; the password comes by standard input and is nowhere to be seen", async () => {
  const manifests: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (request.headers.get("authorization") !== `Basic ${btoa("ci:pass word")}`)
      return new Response(null, { status: 401, headers: { "www-authenticate": 'Basic realm="here"' } });
    if (request.method === "HEAD") return new Response(null, { status: 404 });
    if (request.method === "POST")
      return new Response(null, { status: 202, headers: { location: `${pathname}1` } });
    await request.arrayBuffer();
    if (pathname.includes("/manifests/")) manifests.push(pathname);
    return new Response(null, { status: 201 });
  };
  await using registry = Bun.serve({ hostname: "127.0.0.1", port: 0, development: false, fetch: answer });
  const host = `127.0.0.1:${registry.port}`;
  mkdirSync(place("push"), { recursive: true });
  const ended = await run(
    [join(import.meta.dir, "../../dist/hab"), "pkg", "export", "container", world.hart("acme/web")].concat([
      "--hab-pkg",
      "chef/hab",
      "-G",
      host,
      "-U",
      "ci",
      "--password-stdin",
      "--push-image",
      "--rm-image",
      "--json",
    ]),
    { env: world.env, cwd: place("push"), stdin: "pass word\n" },
  );
  expect(ended.code).toBe(0);
  expect(manifests).toEqual(
    ["latest", "1.0", "1.0-20260101000000"].map((tag) => `/v2/acme/web/manifests/${tag}`),
  );
  expect(JSON.parse(ended.stdout)).toMatchObject({ pushed: true, path: null });
  expect(`${ended.stdout}${ended.stderr}`).not.toContain("pass word");
  expect(readdirSync(place("push/results")).filter((name) => !name.endsWith(".env"))).toEqual([]);
});
