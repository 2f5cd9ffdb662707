// `hab supportbundle` as a stranger gets it: read back with the system's tar, searched for every secret that was planted.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { HAB, run, WITHOUT_ROOT } from "./program.ts";

let directory: string;
let out: string;
const sup = (name: string) => join(directory, "root/hab/sup", name);

function put(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(sup(name)), { recursive: true });
  writeFileSync(sup(name), content);
}

function bundle(...args: string[]) {
  return run([HAB, "supportbundle", ...args], { cwd: out, env: { FS_ROOT: join(directory, "root") } });
}

async function unpack(): Promise<{ path: string; bytes: Buffer; at: (name: string) => string }> {
  const [name = "none", ...others] = readdirSync(out);
  expect(others).toEqual([]);
  const path = join(out, name);
  const to = join(directory, "unpacked");
  mkdirSync(to);
  expect(await run(["tar", "-xzf", path, "-C", to])).toMatchObject({ code: 0, stderr: "" });
  return { path, bytes: gunzipSync(readFileSync(path)), at: (member) => join(to, "hab/sup", member) };
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-bundle-"));
  out = join(directory, "out");
  mkdirSync(out);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("files and links are there, the bundle is named and private", async () => {
  put("default/MEMBER_ID", "0123456789abcdef");
  put(`default/${"long".repeat(40)}`, "x");
  put("default/config/sup.toml", 'listen_http = "0.0.0.0:9631"\nring = "prod"\n');
  put("default/empty/.keep", "");
  symlinkSync("../elsewhere", sup("default/link"));
  symlinkSync("/etc/passwd", sup("default/outside"));
  const ended = await bundle();
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const { path, at } = await unpack();
  expect(path).toMatch(/\/support-bundle-[\w.-]+-\d{14}\.tar\.gz$/);
  expect(ended.stdout).toMatch(/Generating .*\n.*Adding .*\n.*Created /);
  expect(ended.stdout).toContain(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(at("default/MEMBER_ID"), "utf8")).toBe("0123456789abcdef");
  expect(readFileSync(at(`default/${"long".repeat(40)}`), "utf8")).toBe("x");
  expect(readFileSync(at("default/config/sup.toml"), "utf8")).toContain('ring = "prod"');
  expect(readlinkSync(at("default/link"))).toBe("../elsewhere");
  expect(readlinkSync(at("default/outside"))).toBe("/etc/passwd");
  expect(readFileSync(at("LEFT-OUT"), "utf8")).toContain("Nothing else is left out.");
});

test("no secret is in it, and the list says what is missing", async () => {
  const planted = (name: string) => `PLANTED-${name}-0123456789`;
  const files: Record<string, string> = {
    "default/CTL_SECRET": planted("ctl"),
    "default/ring-1.sym.key": planted("sym"),
    "default/a-1.sig.key": planted("sig"),
    "default/b-1.box.key": planted("box"),
    "default/plain.key": planted("key"),
    "default/ctl.key.pem": planted("pem"),
    "default/data/0123.rst": planted("rst"),
    "default/sig.txt": `SIG-SEC-1\nacme\n\n${planted("sigtext")}`,
    "default/sym.txt": `SYM-SEC-1\nring\n\n${planted("symtext")}`,
    "default/box.txt": `BOX-SEC-1\nring\n\n${planted("boxtext")}`,
    "default/tls.txt": `-----BEGIN EC PRIVATE KEY-----\n${planted("tls")}`,
    "default/copy.txt": `the secret again ${planted("ctl")}`,
    "default/broken.toml": `auth_token = "${planted("broken")}`,
    "default/config/sup.toml":
      `# was ${planted("comment")}\nring_key = "SYM-SEC-1\\n${planted("ringkey")}"\nlisten_ctl = "127.0.0.1:9632"\n` +
      `auth_token = "${planted("token")}"\n[deep]\nadmin_password = ["${planted("array")}"]\n` +
      `bldr_url = "https://me:${planted("url")}@depot.example.com"\n`,
    "default/specs/redis.spec": `ident = "core/redis"\nsvc_encrypted_password = "${planted("spec")}"\n`,
    "default/sup.log":
      `HAB_AUTH_TOKEN=${planted("env")} started\nAuthorization: Bearer ${planted("bearer")}\n` +
      `{"db_password": "${planted("json")} with spaces"}\nhab --auth ${planted("option")} done\nall well\n`,
    "default/binary.bin": `\0password=${planted("binary")}`,
  };
  for (const [name, text] of Object.entries(files)) put(name, text);
  const socket = Bun.listen({ unix: sup("default/socket"), socket: { data() {} } });
  const ended = await bundle("--json").finally(() => socket.stop(true));
  expect(ended.code).toBe(0);
  const { path, bytes, at } = await unpack();
  expect(bytes.toString("latin1")).not.toContain("PLANTED");
  expect(ended.stdout).not.toContain("PLANTED");

  const toml = readFileSync(at("default/config/sup.toml"), "utf8");
  expect(toml).toContain('ring_key = "[left out]"');
  expect(toml).toContain('listen_ctl = "127.0.0.1:9632"');
  expect(readFileSync(at("default/specs/redis.spec"), "utf8")).toContain('ident = "core/redis"');
  expect(readFileSync(at("default/sup.log"), "utf8")).toContain("all well");

  const document = JSON.parse(ended.stdout);
  expect(document).toMatchObject({ path, files: 3 });
  const paths = document.left_out.map((each: { path: string }) => each.path);
  expect(new Set(paths)).toEqual(
    new Set([...Object.keys(files), "default/socket"].map((each) => `hab/sup/${each}`)),
  );
  const list = readFileSync(at("LEFT-OUT"), "utf8");
  for (const each of paths) expect(list).toContain(`${each}: `);
});

test("of a large file the end is kept, and a key in its beginning is found", async () => {
  const line = Buffer.from(`${"x".repeat(1023)}\n`);
  const large = Buffer.alloc(17 * 1024 * 1024, line);
  put("default/large.log", Buffer.concat([large, Buffer.from("the end\n")]));
  const withKey = Buffer.from(large);
  withKey.write("SYM-SEC-1", 1024 * 1024 - 4);
  put("default/with-key.log", withKey);
  expect((await bundle()).code).toBe(0);
  const { at } = await unpack();
  const kept = readFileSync(at("default/large.log"));
  expect(kept.length).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(kept.subarray(-8).toString()).toBe("the end\n");
  const list = readFileSync(at("LEFT-OUT"), "utf8");
  expect(list).toMatch(/large\.log: its first \d+ bytes/);
  expect(list).toContain("with-key.log: holds the text of a secret key");
});

test("without a directory: an error, and nothing is written", async () => {
  const ended = await bundle();
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("HAB-CLI-019");
  expect(readdirSync(out)).toEqual([]);
});

test("what cannot be read is named, and nothing is left behind", async () => {
  put("default/MEMBER_ID", "x");
  put("default/unreadable", "x");
  chmodSync(sup("default/unreadable"), 0);
  chmodSync(directory, 0o755);
  chmodSync(out, 0o777);
  const ended = await run([...WITHOUT_ROOT, HAB, "supportbundle"], {
    cwd: out,
    env: { FS_ROOT: join(directory, "root") },
  });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("HAB-CLI-020");
  expect(ended.stderr).toContain("default/unreadable");
  expect(readdirSync(out)).toEqual([]);
});
