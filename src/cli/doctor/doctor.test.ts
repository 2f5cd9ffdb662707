import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateOriginKeyPair, generateRingKey, KeyCache } from "../../crypto/index.ts";
import { activeTarget } from "../../package/index.ts";
import { checkAccount } from "./account.ts";
import type { Check, DoctorContext } from "./check.ts";
import { checkClock } from "./clock.ts";
import { checkDisk } from "./disk.ts";
import { checkKeys } from "./keys.ts";
import { checkPackages } from "./packages.ts";
import { checkPermissions } from "./permissions.ts";
import { checkPorts } from "./ports.ts";
import { checkSupervisor } from "./supervisor.ts";
import { checkVersions } from "./versions.ts";

const GIB = 1024 ** 3;
const NOW = Date.UTC(2026, 5, 1);
const DATE = new Date("2026-01-01T00:00:00Z");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-doctor-"));
  write("proc/mounts", "/dev/root / ext4 rw,relatime 0 0\n");
  write("cache-keys/.keep", "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): string {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
  chmodSync(at, mode);
  return at;
}

function machine(parts: Partial<DoctorContext> = {}): DoctorContext {
  return {
    root,
    uid: process.geteuid?.() ?? 0,
    env: {},
    nowMs: NOW,
    proc: join(root, "proc"),
    keyCache: join(root, "cache-keys"),
    cliConfig: join(root, "cli.toml"),
    kernel: "6.1.0-18-amd64",
    glibc: "2.36",
    canWrite: () => true,
    space: () => ({ freeBytes: 50 * GIB, totalBytes: 100 * GIB, freeInodes: 900, totalInodes: 1000 }),
    hasUser: () => true,
    hasGroup: () => true,
    depotTime: async () => NOW,
    ...parts,
  };
}

/** What is not in order, as `state found`. */
const problems = (checks: readonly Check[]) =>
  checks.filter(({ state }) => state !== "ok").map(({ state, found }) => `${state} ${found}`);

test("a healthy machine is in order", async () => {
  new KeyCache(join(root, "cache-keys")).writePair(generateOriginKeyPair("acme", DATE));
  const context = machine({ env: { HAB_ORIGIN: "acme", HAB_BLDR_URL: "http://127.0.0.1" } });
  for (const section of [
    checkPorts,
    checkKeys,
    checkPermissions,
    checkDisk,
    checkClock,
    checkVersions,
    checkPackages,
    checkSupervisor,
    checkAccount,
  ])
    expect(problems(await section(context))).toEqual([]);
});

describe("ports", () => {
  const HEAD =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const line = (local: string, state: string, inode: number) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1\n`;
  function process_(pid: number, parent: number, name: string, inode?: number): void {
    write(`proc/${pid}/stat`, `${pid} (${name} (x) y) S ${parent} 1 1\n`);
    write(`proc/${pid}/comm`, `${name}\n`);
    symlinkSync(`/bin/${name}`, join(root, `proc/${pid}/exe`));
    mkdirSync(join(root, `proc/${pid}/fd`));
    if (inode !== undefined) symlinkSync(`socket:[${inode}]`, join(root, `proc/${pid}/fd/3`));
  }

  test("held by a stranger", () => {
    write("proc/net/tcp", HEAD + line("0100007F:259F", "0A", 7));
    process_(50, 1, "nginx", 7);
    expect(problems(checkPorts(machine()))).toEqual(["failure taken by process 50 (nginx)"]);
  });

  test("held by one that cannot be seen, also over IPv6 and UDP", () => {
    write("proc/net/tcp6", HEAD + line(`${"0".repeat(32)}:25A0`, "0A", 7));
    write("proc/net/udp", HEAD + line("00000000:25A6", "07", 8));
    expect(problems(checkPorts(machine()))).toEqual(
      Array(2).fill("failure taken by a process that cannot be seen"),
    );
  });

  test("held by our Supervisor, but not by a service of it", () => {
    write("proc/net/tcp", HEAD + line("00000000:259F", "0A", 7) + line("0100007F:25A0", "0A", 8));
    write("hab/launcher/PID", "40");
    process_(40, 1, "hab");
    process_(41, 40, "hab", 7);
    process_(42, 40, "redis", 8);
    const checks = checkPorts(machine());
    expect(problems(checks)).toEqual(["failure taken by process 42 (redis)"]);
    expect(checks[0]?.found).toBe("held by our Supervisor (process 41)");
  });

  test("a dead launcher holds nothing", () => {
    write("proc/net/tcp", HEAD + line("00000000:259F", "0A", 7));
    write("hab/launcher/PID", "40");
    process_(41, 40, "hab", 7);
    expect(problems(checkPorts(machine()))).toEqual(["failure taken by process 41 (hab)"]);
  });

  test("connections and other addresses are not in the way; HAB_LISTEN_* is heeded", () => {
    write("proc/net/tcp", HEAD + line("0100007F:259F", "01", 7) + line("0200007F:25A0", "0A", 8));
    expect(problems(checkPorts(machine()))).toEqual([]);
    const moved = machine({ env: { HAB_LISTEN_CTL: "127.0.0.2:9632", HAB_LISTEN_HTTP: "no:port:at:all" } });
    expect(problems(checkPorts(moved))).toEqual([
      "failure HAB_LISTEN_HTTP is no address",
      "failure taken by a process that cannot be seen",
    ]);
  });
});

describe("keys", () => {
  const cache = () => new KeyCache(join(root, "cache-keys"));

  test("no cache, and HAB_ORIGIN without a key", () => {
    expect(
      problems(checkKeys(machine({ keyCache: join(root, "none"), env: { HAB_ORIGIN: "acme" } }))),
    ).toEqual([
      expect.stringMatching(/^warning .* does not exist$/),
      "failure HAB_ORIGIN has no secret signing key",
    ]);
  });

  test("open, foreign and damaged files", () => {
    const ring = cache().write(generateRingKey("ring", DATE));
    chmodSync(ring, 0o444);
    expect(problems(checkKeys(machine()))).toEqual(["failure open to others (mode 0444)"]);
    chmodSync(ring, 0o600);
    expect(problems(checkKeys(machine()))).toEqual(["warning mode is 0600, not 0400"]);
    writeFileSync(ring, "SYM-SEC-1\nhush");
    chmodSync(ring, 0o400);
    expect(problems(checkKeys(machine()))).toEqual(["failure is not a key of the kind its name says"]);
    expect(JSON.stringify(checkKeys(machine()))).not.toContain("hush");
  });

  test("a pair that is none", () => {
    const [a, b] = [generateOriginKeyPair("acme", DATE), generateOriginKeyPair("acme", DATE)];
    cache().write(a.secretKey);
    expect(problems(checkKeys(machine()))).toEqual(["failure acme-20260101000000 has no public key here"]);
    cache().write(b.publicKey);
    expect(problems(checkKeys(machine()))).toEqual([expect.stringMatching(/are no pair$/)]);
  });
});

describe("permissions", () => {
  test("world-writable, in the way, not writable", () => {
    mkdirSync(join(root, "hab/pkgs"), { recursive: true });
    chmodSync(join(root, "hab/pkgs"), 0o777);
    write("hab/svc", "");
    expect(problems(checkPermissions(machine()))).toEqual([
      "failure everybody can write to it (mode 0777)",
      "failure is not a directory",
    ]);
    rmSync(join(root, "hab"), { recursive: true });
    const closed = { canWrite: () => false };
    expect(problems(checkPermissions(machine({ ...closed, uid: 0 })))[0]).toMatch(/^failure does not exist/);
    expect(problems(checkPermissions(machine({ ...closed, uid: 7 })))[0]).toMatch(/^warning does not exist/);
  });

  test("cli.toml and CTL_SECRET", () => {
    write("cli.toml", 'origin = "acme"\n');
    expect(problems(checkPermissions(machine()))).toEqual([]);
    write("cli.toml", 'auth_token = "hush"\n');
    write("hab/sup/default/CTL_SECRET", "hush");
    expect(problems(checkPermissions(machine()))).toEqual([
      "failure holds a secret and is open to others (mode 0644)",
      expect.stringContaining("failure open to others (mode 0644)"),
    ]);
    write("cli.toml", 'auth_token = "hush', 0o600);
    const checks = checkPermissions(machine());
    expect(problems(checks)[0]).toContain("is not valid TOML");
    expect(JSON.stringify(checks)).not.toContain("hush");
  });
});

describe("disk", () => {
  const rooms: [string, number, number, string][] = [
    ["little", GIB / 2, 900, "warning 512 MiB free (0 %)"],
    ["a small share", 4 * GIB, 900, "warning 4096 MiB free (4 %)"],
    ["none", 1024, 900, "failure 0 MiB free (0 %)"],
    ["no inodes", 50 * GIB, 0, "failure no inodes are left: no file can be made"],
  ];
  for (const [name, freeBytes, freeInodes, found] of rooms)
    test(name, () => {
      const space = () => ({ freeBytes, totalBytes: 100 * GIB, freeInodes, totalInodes: 1000 });
      expect(problems(checkDisk(machine({ space })))).toEqual(Array(3).fill(found));
    });

  test("a read-only mount, at the nearest mount point", () => {
    mkdirSync(join(root, "hab/pkgs"), { recursive: true });
    write("proc/mounts", `/dev/root / ext4 rw 0 0\n/dev/b ${join(root, "hab/pkgs")} ext4 ro,noatime 0 0\n`);
    expect(problems(checkDisk(machine()))).toEqual(["failure its file system is mounted read-only"]);
  });
});

describe("clock", () => {
  const env = { HAB_BLDR_URL: "http://user:hush@127.0.0.1:1/" };
  const off = (seconds: number) => machine({ env, depotTime: async () => NOW - seconds * 1000 });

  test("a year that cannot be", async () => {
    for (const year of [1970, 2023, 2101])
      expect(problems(await checkClock(machine({ nowMs: Date.UTC(year, 5) })))).toEqual([`failure ${year}`]);
  });

  test("differs from the depot's", async () => {
    expect(problems(await checkClock(off(10)))).toEqual([]);
    expect(problems(await checkClock(off(120)))).toEqual([expect.stringMatching(/^warning 12\d s from/)]);
    expect(problems(await checkClock(off(-900)))).toEqual([expect.stringMatching(/^failure \d+ s from/)]);
  });

  test("a depot that does not answer is a warning without its password; none is asked unless configured", async () => {
    const depotTime = () => Promise.reject(new Error("refused"));
    const checks = await checkClock(machine({ env, depotTime }));
    expect(problems(checks)).toEqual(["warning http://127.0.0.1:1 does not answer"]);
    expect(problems(await checkClock(machine({ depotTime })))).toEqual([]);
    write("cli.toml", 'bldr_url = "http://127.0.0.1:2"\n');
    expect(problems(await checkClock(machine({ depotTime })))).toEqual([
      "warning http://127.0.0.1:2 does not answer",
    ]);
  });
});

test("versions: an old kernel; what is installed is named", () => {
  for (const kernel of ["4.17.9", "3.10.0-1160.el7"])
    expect(problems(checkVersions(machine({ kernel })))).toEqual([`failure ${kernel}`]);
  write("hab/pkgs/core/hab-sup/2.0.1/20260101000000/TARGET", activeTarget());
  const found = checkVersions(machine({ kernel: "4.18.0" })).map((check) => check.found);
  expect(found).toContain("core/hab-sup/2.0.1/20260101000000");
});

describe("packages", () => {
  const WEB = "acme/web/1.0/20260101000000";
  const LIB = "acme/lib/1.0/20260101000000";

  test("incomplete, without what they need, damaged", () => {
    mkdirSync(join(root, "hab/pkgs", LIB), { recursive: true });
    write(`hab/pkgs/${WEB}/TARGET`, activeTarget());
    write(`hab/pkgs/${WEB}/TDEPS`, `${LIB}\n`);
    expect(problems(checkPackages(machine()))).toEqual([
      "failure has no TARGET: it is not complete",
      `failure needs ${LIB}, which is not installed`,
    ]);
    write(`hab/pkgs/${LIB}/TARGET`, activeTarget());
    expect(problems(checkPackages(machine()))).toEqual([]);
    write(`hab/pkgs/${WEB}/DEPS`, "no ident\n");
    write(`hab/pkgs/${LIB}/IDENT`, WEB);
    expect(problems(checkPackages(machine()))).toEqual([
      `failure its IDENT is ${WEB}`,
      expect.stringContaining("not a full identifier"),
    ]);
  });

  test("leftovers, once they are an hour old; nothing is removed", () => {
    const version = join(root, "hab/pkgs/acme/web/1.0");
    const left = join(version, ".hab-pkg-install-20260101000000abcdef");
    mkdirSync(left, { recursive: true });
    utimesSync(left, NOW / 1000 - 60, NOW / 1000 - 60);
    expect(problems(checkPackages(machine()))).toEqual([]);
    utimesSync(left, NOW / 1000 - 4000, NOW / 1000 - 4000);
    expect(problems(checkPackages(machine()))).toEqual(["warning left behind by an install that was ended"]);
    expect(readdirSync(version)).toHaveLength(1);
  });
});

test("account: root misses the user and the group, others do not", () => {
  const without = { hasUser: () => false, hasGroup: () => false };
  expect(problems(checkAccount(machine({ ...without, uid: 0 })))).toEqual([
    "warning there is no user hab",
    "warning there is no group hab",
  ]);
  expect(problems(checkAccount(machine({ ...without, uid: 1000 })))).toEqual([]);
});

describe("the Supervisor's program", () => {
  const refused = (name: string) => ({ name: `acme/hab-sup/1.0.0/${name}`, reason: "it hung", atMs: NOW });
  const slots = (...names: string[]) => ({
    launcher: "/opt/hab",
    good: { name: "acme/hab-sup/1.0.0/2", path: "/opt/good" },
    refused: names.map(refused),
  });

  test("that was left is told until a newer one is good", async () => {
    write("hab/launcher/supervisors.json", JSON.stringify(slots("1", "3")));
    expect(problems(await checkSupervisor(machine()))).toEqual([
      "warning went back from acme/hab-sup/1.0.0/3: it hung",
    ]);
  });

  test("is in order where none was left, and where the record cannot be read", async () => {
    write("hab/launcher/supervisors.json", JSON.stringify(slots()));
    expect(problems(await checkSupervisor(machine()))).toEqual([]);
    write("hab/launcher/supervisors.json", "{");
    expect(problems(await checkSupervisor(machine()))).toEqual([]);
  });
});
