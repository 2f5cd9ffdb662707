// For tests: Ceph's S3 gateway with one monitor and one object server in memory. Stricter than Swift, but heavier to
// install (250 MB) and to start, so only `script/test-depot-servers radosgw` uses it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { objectStoreAt, type TestObjectStore } from "./object-store.ts";
import { waitUntil } from "./postgres.ts";

const KEYS = { accessKeyId: "testerkey", secretAccessKey: "testersecret" };

export function isRadosgwInstalled(): boolean {
  return ["radosgw", "ceph-mon", "ceph-osd", "ceph", "monmaptool"].every((name) => Bun.which(name) !== null);
}

export async function startRadosgw(): Promise<TestObjectStore> {
  const root = mkdtempSync(join(tmpdir(), "hab-radosgw-"));
  for (const name of ["mon", "osd", "rgw", "run"]) mkdirSync(join(root, name));
  const [monitor, gateway] = [freePort(), freePort()];
  const fsid = crypto.randomUUID();
  const address = `[v2:127.0.0.1:${monitor}]`;
  const keyring = join(root, "keyring");
  const configuration = join(root, "ceph.conf");
  writeFileSync(
    configuration,
    `[global]
fsid = ${fsid}
mon host = ${address}
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${keyring}
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
public addr = 127.0.0.1
mon data = ${root}/mon
osd data = ${root}/osd
run dir = ${root}/run
log file = ${root}/$name.log
admin socket = ${root}/run/$name.asok
pid file = ${root}/run/$name.pid
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${gateway}
rgw data = ${root}/rgw
`,
  );
  const run = (...command: string[]): void => {
    // Not a pipe: the daemons among them would hold it open.
    const log = join(root, "commands.log");
    const { exitCode } = Bun.spawnSync(command, {
      env: { ...process.env, CEPH_CONF: configuration },
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(log),
    });
    if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${readFileSync(log, "utf8")}`);
  };
  const stop = async (): Promise<void> => {
    for (const name of readdirSync(join(root, "run")).filter((file) => file.endsWith(".pid"))) {
      const pid = Number(readFileSync(join(root, "run", name), "utf8"));
      if (pid > 0) process.kill(pid, "SIGKILL");
    }
    rmSync(root, { recursive: true, force: true });
  };
  try {
    run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
    for (const name of ["client.admin", "client.rgw", "osd.0"])
      run(
        ...["ceph-authtool", keyring, "--gen-key", "-n", name],
        ...["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"],
      );
    run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, join(root, "monmap"));
    run("ceph-mon", "-i", "a", "--mkfs", "--monmap", join(root, "monmap"), "--keyring", keyring);
    run("ceph-mon", "-i", "a");
    const osd = crypto.randomUUID();
    run("ceph", "osd", "new", osd);
    run("cp", keyring, join(root, "osd", "keyring"));
    run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd);
    run("ceph-osd", "-i", "0");
    run("radosgw", "-n", "client.rgw");
    run(
      ...["radosgw-admin", "-n", "client.rgw", "user", "create", "--uid=tester", "--display-name=tester"],
      ...[`--access-key=${KEYS.accessKeyId}`, `--secret=${KEYS.secretAccessKey}`],
    );
    const store = objectStoreAt(`http://127.0.0.1:${gateway}`, KEYS, stop);
    await waitUntil(
      () =>
        store.request("PUT", "ready-probe").then(
          (response) => response.ok,
          () => false,
        ),
      () => `the gateway is not ready: see ${root}`,
    );
    return store;
  } catch (error) {
    await stop();
    throw error;
  }
}
