import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { commandEnvironment, commandPath } from "./environment.ts";
import { parseFullIdent } from "./ident.ts";
import { installPath } from "./installed.ts";
import { loadInstalled } from "./store.ts";
import { activeTarget } from "./target.ts";

const root = mkdtempSync(join(tmpdir(), "hab-package-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Installs a package that is nothing but its metadata files. */
function put(text: string, files: Record<string, string> = {}) {
  const ident = parseFullIdent(text);
  const path = installPath(ident, root);
  mkdirSync(path, { recursive: true });
  for (const [name, content] of Object.entries({ TARGET: activeTarget(), ...files }))
    writeFileSync(join(path, name), content);
  return loadInstalled(ident, { root });
}

const ident = (name: string) => `t/${name}/1.0/20240101000000`;
const entries = (name: string, ...dirs: string[]) =>
  dirs.map((dir) => `/hab/pkgs/${ident(name)}/${dir}`).join(":");
const lines = (...names: string[]) => `${names.map(ident).join("\n")}\n`;

describe("PATH of a package", () => {
  test("without RUNTIME_PATH: own, direct dependencies in order, then all others, each once", () => {
    put(ident("charlie"), {
      PATH: entries("charlie", "sbin"),
      DEPS: lines("golf", "delta"),
      TDEPS: lines("delta", "golf"),
    });
    put(ident("hotel"), { PATH: entries("hotel", "bin") });
    put(ident("beta"), { PATH: entries("beta", "bin"), DEPS: lines("delta"), TDEPS: lines("delta") });
    for (const name of ["foxtrot", "golf"]) put(ident(name), { PATH: entries(name, "bin") });
    for (const name of ["delta", "echo"]) put(ident(name));
    const alpha = put(ident("alpha"), {
      PATH: entries("alpha", "sbin", ".gem/bin", "bin"),
      DEPS: lines("charlie", "hotel", "beta"),
      TDEPS: lines("beta", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"),
    });
    expect(commandPath(alpha).join(":")).toBe(
      [
        entries("alpha", "sbin", ".gem/bin", "bin"),
        entries("charlie", "sbin"),
        ...["hotel", "beta", "foxtrot", "golf"].map((name) => entries(name, "bin")),
      ].join(":"),
    );
  });
  test("a dependency that is missing is an error there", () => {
    expect(() => commandPath(put(ident("lonely"), { DEPS: lines("gone") }))).toThrow(HabError);
  });
  test("an empty RUNTIME_PATH means none", () => {
    const pkg = put(ident("bare"), { RUNTIME_PATH: "", PATH: entries("bare", "bin") });
    expect([...commandEnvironment(pkg, {}).keys()]).toEqual([]);
  });
  test("only the package's own directories of PATH count", () => {
    const pkg = put(ident("old"), {
      PATH: `${entries("old", "bin")}:${entries("golf", "bin")}:/hab/pkgs/${ident("old")}2/bin`,
    });
    expect(pkg.pathEntries).toEqual([entries("old", "bin")]);
  });
});

describe("variables", () => {
  test("come sorted from RUNTIME_ENVIRONMENT, without its PATH", () => {
    const pkg = put(ident("java"), { RUNTIME_ENVIRONMENT: "PATH=/ignored\nJAVA_HOME=/my/java\nFOO=a=b\n" });
    expect([...commandEnvironment(pkg, {})]).toEqual([
      ["FOO", "a=b"],
      ["JAVA_HOME", "/my/java"],
    ]);
  });
  test("certificates of the caller win", () => {
    const pkg = put(ident("tls"), { RUNTIME_ENVIRONMENT: "SSL_CERT_FILE=/pkg.pem\n" });
    expect(commandEnvironment(pkg, {}).get("SSL_CERT_FILE")).toBe("/pkg.pem");
    expect(commandEnvironment(pkg, { SSL_CERT_FILE: "" }).has("SSL_CERT_FILE")).toBe(false);
  });
  test("a line without = is an error", () => {
    const pkg = put(ident("odd"), { RUNTIME_ENVIRONMENT: "no equals\n" });
    expect(() => commandEnvironment(pkg, {})).toThrow(HabError);
  });
});

describe("metadata of an installed package", () => {
  test("what is missing has a default", () => {
    const pkg = put(ident("plain"));
    expect([
      pkg.deps,
      pkg.binds,
      pkg.exposes,
      pkg.svcUser,
      pkg.shutdownSignal,
      pkg.shutdownTimeoutSeconds,
      pkg.packageType,
      pkg.isRunnable,
    ]).toEqual([[], [], [], undefined, "TERM", 8, "standard", false]);
  });
  test("what is there is read", () => {
    const pkg = put(ident("full"), {
      BINDS: "database=port host\n",
      EXPORTS: "port=server.port\r\n",
      EXPOSES: "80 443\n",
      SVC_USER: " hab \n",
      SHUTDOWN_SIGNAL: "QUIT\n",
      SHUTDOWN_TIMEOUT: "30",
      PACKAGE_TYPE: "native\n",
    });
    expect(pkg.binds).toEqual([{ name: "database", exports: ["port", "host"] }]);
    expect(pkg.exports.get("port")).toBe("server.port");
    expect([
      pkg.exposes,
      pkg.svcUser,
      pkg.shutdownSignal,
      pkg.shutdownTimeoutSeconds,
      pkg.packageType,
    ]).toEqual([["80", "443"], "hab", "QUIT", 30, "native"]);
  });
  test.each([
    ["DEPS", "core/glibc\n", "deps"],
    ["DEPS", "core/a/1/2\n\ncore/b/1/2\n", "deps"],
    ["EXPORTS", "no equals", "exports"],
    ["SHUTDOWN_SIGNAL", "SIGTERM", "shutdownSignal"],
    ["SHUTDOWN_TIMEOUT", "-1", "shutdownTimeoutSeconds"],
    ["PACKAGE_TYPE", "composite", "packageType"],
  ] as const)("%s with %j is an error", (file, content, property) => {
    const pkg = put(ident("bad"), { [file]: content });
    expect(() => pkg[property]).toThrow(HabError);
    rmSync(join(pkg.path, file));
  });
});
