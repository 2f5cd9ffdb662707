// The bill of materials and the provenance of packages that are really built.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InstalledPackage, parseFullIdent, verifyHart } from "../../package/index.ts";
import { buildErrors, readBill, readProvenance, readSignedProvenance } from "../index.ts";
import type { BillOfMaterials } from "./bill.ts";
import { openStatement } from "./envelope.ts";
import type { Provenance } from "./provenance.ts";
import { BuildWorld, ONE_FILE, RELEASE } from "./testing/build-world.ts";
import { spdxProblems } from "./testing/spdx.ts";

const GLIBC = "core/glibc/2.36/20250101000000";
const LIB = "acme/lib/1.0/20250101000001";
const GCC = "core/gcc/12/20250101000002";
const RELEASES = { "core/glibc": GLIBC, "acme/lib": LIB, "core/gcc": GCC };
const DIGEST = "ab".repeat(32);

let world: BuildWorld;
beforeEach(() => {
  world = new BuildWorld();
  world.addPackage(GLIBC, { MANIFEST: "# core / glibc\n\n* __License__: LGPL-2.1-or-later bsd \n" });
  world.addPackage(LIB, { DEPS: GLIBC, TDEPS: GLIBC });
  world.addPackage(GCC, { DEPS: `${LIB}\n${GLIBC}`, TDEPS: `${LIB}\n${GLIBC}` });
});
afterEach(() => world.close());

const bill = () => JSON.parse(world.record("SBOM.spdx.json")) as BillOfMaterials;
const provenance = () => JSON.parse(world.record("PROVENANCE.json")) as Provenance;
const sha256 = (data: string | Uint8Array) => new Bun.CryptoHasher("sha256").update(data).digest("hex");

const PLAN = `pkg_description='An app
of two lines'
pkg_upstream_url=https://me:pw@app.example/
pkg_license=(Apache-2.0 'our terms')
pkg_deps=(acme/lib)
pkg_build_deps=(core/gcc)
pkg_source=https://app.example/app-1.0.tar.gz?token=abcdef
pkg_shasum=${DIGEST}
do_download() { :; }
do_verify() { :; }
do_unpack() { :; }
${ONE_FILE}do_after() { printf 'libc6 2.36-9+deb12u1 amd64 ${DIGEST}\\n' >"$pkg_prefix/DEBIAN"; }
`;

describe("the bill of materials", () => {
  test("is an SPDX 2.3 document of what the package is made of, needs and was built with", async () => {
    world.writePlan(PLAN);
    expect((await world.build({ releases: RELEASES })).output).toContain("plan.sh comes together");
    const document = bill();
    expect(spdxProblems(document)).toEqual([]);
    expect(document.creationInfo).toEqual({
      created: "2026-01-02T03:04:05Z",
      creators: ["Tool: hab-0.0.1", "Organization: acme"],
    });
    expect(
      document.packages.map(({ name, versionInfo = "", licenseDeclared }) => [
        name,
        versionInfo,
        licenseDeclared,
      ]),
    ).toEqual([
      ["acme/app", "1.0", "Apache-2.0 AND LicenseRef-our-terms"],
      ["acme/lib", "1.0", "NOASSERTION"],
      ["core/glibc", "2.36", "LGPL-2.1-or-later AND LicenseRef-bsd"],
      ["core/gcc", "12", "NOASSERTION"],
      ["app-1.0.tar.gz", "", "NOASSERTION"],
      ["libc6", "2.36-9+deb12u1", "NOASSERTION"],
    ]);
    const [app, lib, , , source, debian] = document.packages;
    expect(app?.homepage).toBe("https://app.example/");
    expect(app?.packageFileName).toBe(`acme-app-1.0-${RELEASE}-x86_64-linux.hart`);
    expect(lib?.externalRefs?.map((each) => each.referenceLocator)).toEqual([
      "pkg:generic/acme/lib@1.0?release=20250101000001&target=x86_64-linux",
      sha256(`${LIB}\n`),
    ]);
    expect(source?.downloadLocation).toBe("https://app.example/app-1.0.tar.gz?token=redacted");
    expect([source, debian].map((each) => each?.checksums?.[0]?.checksumValue)).toEqual([DIGEST, DIGEST]);
    const names = new Map(document.packages.map(({ SPDXID, name }) => [SPDXID, name]));
    expect(
      document.relationships.map(
        (each) =>
          `${names.get(each.spdxElementId) ?? "document"} ${each.relationshipType} ${names.get(each.relatedSpdxElement)}`,
      ),
    ).toEqual([
      "document DESCRIBES acme/app",
      "acme/app DEPENDS_ON acme/lib",
      "core/gcc BUILD_DEPENDENCY_OF acme/app",
      "acme/lib DEPENDS_ON core/glibc",
      // That it needs core/glibc too follows from that.
      "core/gcc DEPENDS_ON acme/lib",
      "acme/app GENERATED_FROM app-1.0.tar.gz",
      "acme/app GENERATED_FROM libc6",
    ]);
  });

  test("tells two releases of one package apart, and names that differ only in signs", async () => {
    for (const ident of [
      "acme/a_b/1/20250101000000",
      "acme/a-b/1/20250101000000",
      "acme/a-b/1/20250101000009",
    ])
      world.addPackage(ident);
    world.writePlan(
      `pkg_build_deps=(acme/a_b/1/20250101000000 acme/a-b/1/20250101000000 acme/a-b/1/20250101000009)\n${ONE_FILE}`,
    );
    expect((await world.build()).status).toBe(0);
    expect(spdxProblems(bill())).toEqual([]);
    expect(bill().packages).toHaveLength(4);
  });

  test("names every file that was fetched, with its digest", async () => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("source") });
    try {
      const url = `http://127.0.0.1:${server.port}`;
      world.writePlan(
        `do_download() { download_file ${url}/b.txt b.txt; download_file ${url}/a.txt a.txt ${sha256("source")}; }\n${ONE_FILE}`,
      );
      expect((await world.build()).status).toBe(0);
      expect(
        bill()
          .packages.slice(1)
          .map((each) => [each.name, each.checksums?.[0]?.checksumValue]),
      ).toEqual([
        ["a.txt", sha256("source")],
        ["b.txt", sha256("source")],
      ]);
      expect(bill().packages[1]?.downloadLocation).toBe(`${url}/a.txt`);
    } finally {
      await server.stop(true);
    }
  });
});

describe("the provenance", () => {
  test("is a statement about the list of files, with digests of all that went in", async () => {
    world.writePlan(PLAN);
    await world.build({ releases: RELEASES });
    const statement = provenance();
    expect(statement._type).toBe("https://in-toto.io/Statement/v1");
    expect(statement.predicateType).toBe("https://slsa.dev/provenance/v1");
    const lines = world
      .record("FILES")
      .split("\n")
      .slice(5)
      .filter((line) => !line.endsWith("/PROVENANCE.json"));
    expect(statement.subject[0]?.digest).toEqual({ sha256: sha256(lines.join("\n")) });
    const { buildDefinition, runDetails } = statement.predicate;
    expect(buildDefinition.externalParameters).toEqual({
      plan: "plan.sh",
      ident: `acme/app/1.0/${RELEASE}`,
      target: "x86_64-linux",
    });
    expect(buildDefinition.internalParameters).toEqual({
      compressionLevel: 6,
      sourceDateEpoch: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000,
    });
    expect(runDetails).toEqual({ builder: { id: "urn:x-hab:builder:unnamed", version: { hab: "0.0.1" } } });
    expect(
      buildDefinition.resolvedDependencies.map(({ name, annotations }) => [name, annotations?.["for"]]),
    ).toEqual([
      ["plan.sh", undefined],
      ["app-1.0.tar.gz", undefined],
      [LIB, ["run", "build"]],
      [GLIBC, ["run", "build"]],
      [GCC, ["build"]],
      ["libc6", undefined],
    ]);
    const plan = readFileSync(join(world.planDirectory, "plan.sh"));
    expect(buildDefinition.resolvedDependencies[0]?.digest).toEqual({ sha256: sha256(plan) });
  });

  test("is read from the package and from the hart, and held against FILES, whose names need not be UTF-8", async () => {
    world.writePlan(ONE_FILE.replace('"$pkg_prefix/file"', () => "\"$pkg_prefix\"/$'caf\\xe9'"));
    await world.build();
    const hart = world.hart();
    expect(await readProvenance(hart)).toEqual(provenance() as unknown as Record<string, unknown>);
    expect(await readBill(hart)).toEqual(bill() as unknown as Record<string, unknown>);
    const installed = new InstalledPackage(parseFullIdent(`acme/app/1.0/${RELEASE}`), world.root);
    expect(await readProvenance(installed)).toEqual(provenance() as unknown as Record<string, unknown>);
    const list = join(installed.path, "FILES");
    writeFileSync(list, readFileSync(list, "latin1").replace(/^[0-9a-f]{64}/m, "0".repeat(64)), "latin1");
    await expect(readProvenance(installed)).rejects.toMatchObject({
      code: buildErrors.badRecord.code,
    });
  });

  test("of the hart is signed with the key of the origin, and names builder and time", async () => {
    world.writePlan(ONE_FILE);
    await world.build({ environment: { HAB_BUILDER_ID: "https://ci.example/runner" } });
    const hart = world.hart();
    const line = readFileSync(`${hart}.intoto.jsonl`, "utf8");
    expect(line.split("\n")).toHaveLength(2);
    const { signer, statement } = await openStatement(line, (name) => world.keys.get("origin-public", name));
    expect(signer.name).toBe("acme");
    const { subject, predicate } = statement as Provenance;
    expect(subject).toEqual([
      { name: `acme-app-1.0-${RELEASE}-x86_64-linux.hart`, digest: { sha256: sha256(readFileSync(hart)) } },
    ]);
    expect(predicate.runDetails.builder.id).toBe("https://ci.example/runner");
    const key = (name: { name: string; revision: string }) => world.keys.get("origin-public", name);
    expect((await readSignedProvenance(hart, `${hart}.intoto.jsonl`, key)).signer).toEqual(signer);
    writeFileSync(hart, "another");
    await expect(readSignedProvenance(hart, `${hart}.intoto.jsonl`, key)).rejects.toMatchObject({
      code: buildErrors.badRecord.code,
    });
    expect(Date.parse(predicate.runDetails.metadata?.startedOn ?? "")).toBeGreaterThan(0);
    expect(world.record("PROVENANCE.json")).not.toContain("ci.example");
  });

  test("that was changed, or is no envelope, is refused", async () => {
    world.writePlan(ONE_FILE);
    await world.build();
    const line = readFileSync(`${world.hart()}.intoto.jsonl`, "utf8");
    const key = (name: { name: string; revision: string }) => world.keys.get("origin-public", name);
    const envelope = JSON.parse(line) as { payload: string };
    const payload = Buffer.from(
      Buffer.from(envelope.payload, "base64").toString().replace("acme", "evil"),
    ).toString("base64");
    await expect(openStatement(JSON.stringify({ ...envelope, payload }), key)).rejects.toThrow(
      "not signed by",
    );
    for (const text of [
      "",
      "{}",
      "[]",
      "null",
      JSON.stringify({ ...envelope, payloadType: "text/plain" }),
      JSON.stringify({ ...envelope, signatures: [] }),
    ])
      await expect(openStatement(text, key)).rejects.toThrow();
  });
});

describe("records", () => {
  test("are signed with the package, and a plan's own files of these names make way", async () => {
    writeFileSync(world.at("victim"), "unharmed");
    world.writePlan(
      `${ONE_FILE}do_after() { ln -s ${world.at("victim")} "$pkg_prefix/SBOM.spdx.json"; echo x >"$pkg_prefix/PROVENANCE.json"; }\n`,
    );
    expect((await world.build()).status).toBe(0);
    expect(readFileSync(world.at("victim"), "utf8")).toBe("unharmed");
    expect(spdxProblems(bill())).toEqual([]);
    const listed = world
      .record("FILES")
      .split("\n")
      .slice(5)
      .map((line) => line.split("/").at(-1));
    expect(listed.filter((name) => name === "SBOM.spdx.json" || name === "PROVENANCE.json")).toEqual([
      "PROVENANCE.json",
      "SBOM.spdx.json",
    ]);
    await verifyHart(world.hart(), world.keys);
  });

  test("hold nothing of the environment or of the machine", async () => {
    const secret = "s3cr3t-of-the-build";
    world.writePlan(PLAN);
    await world.build({
      releases: RELEASES,
      environment: {
        HAB_AUTH_TOKEN: secret,
        HAB_BLDR_URL: `https://${secret}.example`,
        HOME: `/home/${secret}`,
        USER: secret,
        SECRET: secret,
        HAB_BUILDER_ID: "https://ci.example",
      },
    });
    const texts = ["SBOM.spdx.json", "PROVENANCE.json"].map((name) => world.record(name));
    const envelope = JSON.parse(readFileSync(`${world.hart()}.intoto.jsonl`, "utf8")) as { payload: string };
    for (const text of [...texts, Buffer.from(envelope.payload, "base64").toString()])
      for (const hidden of [secret, 'abcdef"', "token=abc", "me:pw", world.root, process.cwd()])
        expect(text).not.toContain(hidden);
  });

  test("can be left out: then the package is what the original makes", async () => {
    world.writePlan(ONE_FILE);
    expect((await world.build({ environment: { HAB_BUILD_RECORDS: "off" } })).status).toBe(0);
    expect(readdirSync(world.place(`acme/app/1.0/${RELEASE}`)).sort()).toEqual([
      "FILES",
      "IDENT",
      "MANIFEST",
      "TARGET",
      "file",
    ]);
    expect(existsSync(`${world.hart()}.intoto.jsonl`)).toBe(false);
    await expect(readBill(world.hart())).rejects.toMatchObject({ code: buildErrors.noRecord.code });
  });
});

describe("a release that is there", () => {
  test("is not built over, and what a failed build left is taken away first", async () => {
    world.writePlan(ONE_FILE);
    await world.build();
    const before = readFileSync(world.hart());
    const { status, output } = await world.build();
    expect(status).toBe(1);
    expect(output).toContain(`acme/app/1.0/${RELEASE} is installed`);
    world.forget();
    mkdirSync(world.place(`acme/app/1.0/${RELEASE}`), { recursive: true });
    symlinkSync("nowhere", join(world.place(`acme/app/1.0/${RELEASE}`), "left"));
    expect((await world.build()).status).toBe(0);
    expect(readFileSync(world.hart()).equals(before)).toBe(true);
  });
});
