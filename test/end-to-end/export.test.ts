// The real Redis from an image, from an archive and from a portable service: each is unpacked into an empty root and run there,
// with nothing of this machine but the kernel.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, Machine, until } from "./machine.ts";
import { packagesOf } from "./packages.ts";
import { SystemdMachine, whyNoSystemd } from "./systemd-machine.ts";

const withoutSystemd = whyNoSystemd();

let machine: Machine;
let hart: string;

beforeAll(async () => {
  const packages = await packagesOf("redis");
  machine = await Machine.start();
  // What the depot would be asked for is in the artifact cache.
  machine.env["HAB_BLDR_URL"] = "http://127.0.0.1:1";
  await packages.giveHartsTo(machine);
  hart = packages.hart("redis");
}, 600_000);
afterAll(() => machine.stop());

const place = (name: string) => join(machine.directory, name);

/** Unpacks the layers of a layout, one over the other, as an engine does. */
async function unpacked(layout: string, name: string): Promise<string> {
  const root = place(name);
  mkdirSync(root);
  const [{ Layers = [] } = {}] = JSON.parse(readFileSync(join(layout, "manifest.json"), "utf8")) as {
    Layers?: string[];
  }[];
  for (const layer of Layers) await machine.run(["tar", "-xzpf", join(layout, layer), "-C", root]);
  return root;
}

/** Runs a command with this root, and processes and mounts of its own. */
function inRoot(root: string, user: string, command: string): BackgroundProcess {
  const script = `mkdir -p ${root}/proc ${root}/dev && mount -t proc proc ${root}/proc &&
    mount --rbind /dev ${root}/dev && exec chroot --userspec=${user} ${root} ${command}`;
  return machine.background(["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-c", script]);
}

const redis = (root: string, ...words: string[]) =>
  machine.run(["chroot", root, "/bin/redis-cli", ...words]).then(({ stdout }) => stdout.trim());

async function answers(root: string, service: BackgroundProcess): Promise<void> {
  try {
    await until("Redis answers", async () => (await redis(root, "ping")) === "PONG", 60);
  } catch (error) {
    throw new Error(service.output(), { cause: error });
  }
}

describe("a container image", () => {
  let layout: string;
  beforeAll(async () => {
    layout = place("layout");
    await machine.run(
      ["hab", "pkg", "export", "container", hart, "--engine", "none"].concat([
        "--format",
        "directory",
        "--output",
        layout,
      ]),
      { cwd: place("home") },
    );
  }, 120_000);

  test.each([
    ["root", "0:0"],
    ["any user of root's group", "12345:0"],
  ])(
    "runs its service as %s",
    async (_, user) => {
      const root = await unpacked(layout, `root-${user.replace(":", "-")}`);
      const service = inRoot(root, user, "/init.sh run core/redis");
      try {
        await answers(root, service);
        expect(await redis(root, "set", "key", "value")).toBe("OK");
        expect(await redis(root, "get", "key")).toBe("value");
      } finally {
        await service.kill();
        rmSync(root, { recursive: true, force: true });
      }
    },
    120_000,
  );
});

test("an archive: unpacked at / of a machine with only a kernel, it runs the service", async () => {
  const archive = place("redis.tar.gz");
  await machine.run(["hab", "pkg", "export", "tar", hart, "--output", archive]);
  const root = place("root-tar");
  mkdirSync(root);
  await machine.run(["tar", "-xzpf", archive, "-C", root]);
  // What a system has that the archive is not for: accounts, /tmp, and a shell for hooks.
  await machine.run(["mkdir", "-p", `${root}/etc`, `${root}/tmp`, `${root}/bin`]);
  for (const file of ["passwd", "group"]) await machine.run(["cp", `/etc/${file}`, `${root}/etc/${file}`]);
  const { stdout: program } = await machine.run([
    ...["sh", "-c", `ls -d ${root}/hab/pkgs/core/busybox-static/*/*/bin/busybox`],
  ]);
  await machine.run(["ln", "-s", program.trim().slice(root.length), `${root}/bin/sh`]);
  const { stdout: client } = await machine.run([
    "sh",
    "-c",
    `ls -d ${root}/hab/pkgs/core/redis/*/*/bin/redis-cli`,
  ]);
  await machine.run(["ln", "-s", client.trim().slice(root.length), `${root}/bin/redis-cli`]);
  const service = inRoot(root, "0:0", "/hab/bin/hab sup run core/redis");
  try {
    await answers(root, service);
  } finally {
    await service.kill();
  }
}, 120_000);

const title = "a portable service: a real systemd starts it and stops it, and what it writes is the host's";
if (withoutSystemd !== undefined) test.skip(`${title} (${withoutSystemd})`, () => undefined);
else
  test(title, async () => {
    const tree = place("tree");
    await machine.run(["hab", "pkg", "export", "systemd", hart, "--output", tree]);
    const host = new SystemdMachine().start();
    try {
      const inside = "/hab/tree";
      renameSync(tree, join(host.directory, inside));
      // As portablectl would attach it.
      host.run("cp", `${inside}/usr/lib/systemd/system/redis.service`, "/etc/systemd/system/");
      host.run("mkdir", "/etc/systemd/system/redis.service.d");
      const settings = join(host.directory, "hab/root.conf");
      writeFileSync(settings, `[Service]\nRootDirectory=${inside}\n`);
      host.run("cp", "/hab/root.conf", "/etc/systemd/system/redis.service.d/");
      host.run("systemctl", "daemon-reload");
      host.run("systemctl", "start", "redis");
      const client = () => host.run("chroot", inside, "/bin/redis-cli", "ping").trim();
      await until("Redis answers", () => client() === "PONG", 60);
      expect(host.run("ls", "/var/lib/hab-redis/svc").trim()).toBe("redis");
      host.run("systemctl", "stop", "redis");
      expect(host.property("redis", "Result")).toBe("success");
    } finally {
      host.stop();
    }
  }, 120_000);
