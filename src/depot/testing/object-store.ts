// For tests: a real S3 service of this machine's packages on loopback, with a directory of its own. Swift with its S3
// door starts in seconds; the gateway of Ceph is stricter and heavier (radosgw.ts).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsV4Signer } from "aws4fetch";
import { temporaryDirectory } from "./directory.ts";
import { freePort } from "./free-port.ts";
import { waitUntil } from "./postgres.ts";

export interface TestObjectStore {
  readonly endpoint: string;
  /** What a depot's environment needs to get in. */
  readonly env: Readonly<Record<string, string>>;
  /** A bucket of its own, as the address for `--blobs`. */
  bucket(): Promise<string>;
  /** A signed request to the service; the path begins with the bucket. */
  request(method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response>;
  stop(): Promise<void>;
}

export function isSwiftInstalled(): boolean {
  return Bun.which("swift-proxy-server") !== null && Bun.which("memcached") !== null;
}

/** What all services have in common, once one runs at `endpoint` with these keys. */
export function objectStoreAt(
  endpoint: string,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
  stop: () => Promise<void>,
): TestObjectStore {
  const request: TestObjectStore["request"] = async (method, path, body) => {
    const signed = await new AwsV4Signer({
      ...keys,
      service: "s3",
      region: "us-east-1",
      method,
      url: `${endpoint}/${path}`,
    }).sign();
    return await fetch(signed.url, { method, headers: signed.headers, ...(body !== undefined && { body }) });
  };
  let buckets = 0;
  return {
    endpoint,
    env: {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_REGION: "us-east-1",
    },
    request,
    async bucket() {
      buckets++;
      const name = `depot-${process.pid}-${buckets}`;
      const made = await request("PUT", name);
      if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
      return `s3://${name}/packages?endpoint=${encodeURIComponent(endpoint)}`;
    },
    stop,
  };
}

/**
 * All four servers in one process: what they do is done by Swift as its own programs would, but Python loads it once, which
 * is most of what starting them costs.
 */
const SERVERS = `
import os, sys, traceback
from swift.common import utils, wsgi
from swift.common.ring import RingBuilder
root, storage = sys.argv[1], sys.argv[2:]
utils.set_swift_dir(root)
for name, port in zip(("account", "container", "object"), storage):
    ring = RingBuilder(4, 1, 1)
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1.0})
    ring.rebalance()
    ring.get_ring().save(os.path.join(root, name + ".ring.gz"))
utils.eventlet_monkey_patch()
import eventlet
# Each server would begin an event loop of its own, and forget those that came before.
use_hub = eventlet.hubs.use_hub
use_hub(wsgi.get_hub())
eventlet.hubs.use_hub = lambda hub=None: hasattr(eventlet.hubs._threadlocal, "hub") or use_hub(hub)
def serve(name):
    try:
        conf = wsgi.appconfig(os.path.join(root, name + ".conf"), name=name + "-server")
        wsgi.run_server(conf, utils.get_logger(conf, name + "-server", log_to_console=True), wsgi.get_socket(conf))
    finally:
        traceback.print_exc()
        os._exit(1)
for name in ("account", "container", "object"):
    eventlet.spawn(serve, name)
serve("proxy")
`;

/** Swift keeps what it knows of an object in attributes of its file, which a disk of memory has on newer kernels only. */
const CAN_KEEP_ATTRIBUTES = `import os, sys; os.setxattr(sys.argv[1], "user.probe", b"")`;

function storeDirectory(): string {
  const memory = temporaryDirectory("hab-swift-");
  if (Bun.spawnSync(["/usr/bin/python3", "-c", CAN_KEEP_ATTRIBUTES, memory]).exitCode === 0) return memory;
  rmSync(memory, { recursive: true });
  return mkdtempSync(join(tmpdir(), "hab-swift-"));
}

export async function startSwift(): Promise<TestObjectStore> {
  if (!isSwiftInstalled()) throw new Error("Swift is not installed: script/bootstrap --test");
  const root = storeDirectory();
  mkdirSync(join(root, "devices", "d1"), { recursive: true });
  const ports = {
    account: freePort(),
    container: freePort(),
    object: freePort(),
    proxy: freePort(),
  };
  const cache = freePort();
  const user = process.getuid?.() === 0 ? "user = root" : "";
  const common = (port: number): string =>
    `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nswift_dir = ${root}\ndevices = ${root}/devices\n` +
    `mount_check = false\nlog_address = ${root}/no-syslog\nlog_level = ERROR\n${user}\n`;
  writeFileSync(
    join(root, "swift.conf"),
    "[swift-hash]\nswift_hash_path_suffix = test\nswift_hash_path_prefix = test\n[storage-policy:0]\nname = Policy-0\ndefault = yes\n",
  );
  for (const name of ["account", "container", "object"] as const)
    writeFileSync(
      join(root, `${name}.conf`),
      `${common(ports[name])}[pipeline:main]\npipeline = ${name}-server\n[app:${name}-server]\nuse = egg:swift#${name}\n` +
        `recon_cache_path = ${root}\n`,
    );
  writeFileSync(
    join(root, "proxy.conf"),
    `${common(ports.proxy)}[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth bulk slo dlo symlink versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
error_suppression_limit = 1000000
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin .reseller_admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cache}
${["catch_errors", "listing_formats", "bulk", "slo", "dlo", "symlink", "versioned_writes"]
  .map((name) => `[filter:${name}]\nuse = egg:swift#${name}`)
  .join("\n")}
`,
  );
  const children: Bun.Subprocess[] = [];
  const spawn = (command: readonly string[], name: string): void => {
    const log = Bun.file(join(root, `${name}.log`));
    children.push(Bun.spawn([...command], { cwd: root, stdin: "ignore", stdout: log, stderr: log }));
  };
  const asUser = process.getuid?.() === 0 ? ["-u", "root"] : [];
  spawn(["memcached", "-l", "127.0.0.1", "-p", String(cache), "-m", "16", ...asUser], "memcached");
  const storage = [ports.account, ports.container, ports.object].map(String);
  spawn(["/usr/bin/python3", "-c", SERVERS, root, ...storage], "swift");
  const endpoint = `http://127.0.0.1:${ports.proxy}`;
  const store = objectStoreAt(
    endpoint,
    { accessKeyId: "test:tester", secretAccessKey: "testing" },
    async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.exited));
      rmSync(root, { recursive: true, force: true });
    },
  );
  await waitUntil(
    async () => {
      if (children.some((child) => child.exitCode !== null)) throw new Error(`Swift ended: see ${root}`);
      return await store.request("PUT", "ready-probe").then(
        (response) => response.ok,
        () => false,
      );
    },
    () => `Swift is not ready: see ${root}`,
  );
  return store;
}
