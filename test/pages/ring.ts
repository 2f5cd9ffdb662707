// For pictures and script/test-pages: five real Supervisors on loopback with an embedded depot, each under a host name of its own,
// that run a service with everything a page can show, and a rolling update of it that goes on when it is told to. Needs root.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../../src/depot/testing/harts.ts";
import { createDepotClient, type DepotClient } from "../../src/depot-client/index.ts";
import { parseFullIdent, parseTarget } from "../../src/package/index.ts";
import { TestSupervisor } from "../supervisor/harness.ts";

export const HOSTS = ["alder", "birch", "cedar", "hazel", "maple"] as const;
const TARGET = parseTarget("x86_64-linux");
const DEADLINE_MS = 180_000;

const ROOT = { SVC_USER: "root\n", SVC_GROUP: "root\n" };
const SHOP = {
  ...ROOT,
  "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
  // The next release is initialized when it is let through: each step of the update stays to be seen.
  "hooks/init":
    "#!/bin/sh\necho 'checking the tables of {{cfg.database.name}}'\necho 'all 14 are as they should be'\n" +
    "case {{pkg.version}} in 2.5.0) while [ ! -e {{pkg.svc_data_path}}/go ]; do sleep 0.1; done ;; esac\n",
  "hooks/health-check":
    "#!/bin/sh\nprintf '\\033[32mok\\033[0m: 3 workers, 0 waiting, password {{cfg.database.password}}\\n'\n",
  "hooks/reconfigure":
    "#!/bin/sh\necho 'taking up port {{cfg.port}}'\necho 'cache: size not given, 64 MB taken' >&2\nexit 1\n",
  "default.toml":
    'port = 8080\nworkers = 3\nlanguages = ["en", "de", "fr"]\n[database]\nname = "shop"\npassword = "only-here"\n[cache]\nsize = "64 MB"\n',
  EXPORTS: "port=port\n",
};
const PROXY = { ...ROOT, "hooks/run": "#!/bin/sh\nexec sleep 100000\n", BINDS: "shop=port\n" };

export interface PagesRing {
  /** The first member's HTTP gateway. */
  readonly url: string;
  /** Offers the next release: the members take it one after the other, each when it is let through. */
  beginUpdate(): Promise<void>;
  /** Lets the member whose turn it is through, and waits until another one is at it. */
  letOneThrough(): Promise<void>;
  /** Lets all through that are left. */
  letAllThrough(): void;
  stop(): Promise<void>;
}

/** Starts it; `shop` runs on all five with a leader, `proxy` on the first. */
export async function startPagesRing(): Promise<PagesRing> {
  const depot = await startTestDepot();
  const members: TestSupervisor[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((supervisor) => supervisor.stop()));
    await depot.stop();
  };
  try {
    const promoteNext = await fillDepot(depot);
    for (const [index, host] of HOSTS.entries()) {
      const supervisor = await createMember(depot, index, host, members[0]);
      // Before it is started: one that does not come to answer is stopped too.
      members.push(supervisor);
      await supervisor.start();
    }
    await loadServices(members);
    const through = new Set<number>();
    // A member that takes the release notes so by its init hook.
    const next = (): Promise<number> =>
      waitFor("a member to take the next release", () => {
        const index = members.findIndex((each, at) => !through.has(at) && isInitializing(each));
        return index < 0 ? undefined : index;
      });
    return {
      url: (members[0] as TestSupervisor).httpUrl(""),
      stop,
      async beginUpdate() {
        await promoteNext();
        await next();
      },
      async letOneThrough() {
        const index = await next();
        through.add(index);
        members[index]?.write("hab/svc/shop/data/go", "");
        await next();
      },
      letAllThrough() {
        for (const supervisor of members) supervisor.write("hab/svc/shop/data/go", "");
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether the member's next release is at its init hook, which waits for a file. */
function isInitializing(supervisor: TestSupervisor): boolean {
  try {
    return supervisor.read("hab/svc/shop/hooks/init").includes("case 2.5.0 in");
  } catch {
    return false;
  }
}

/** Uploads everything; gives what promotes the release of the update. */
async function fillDepot(depot: TestDepot): Promise<() => Promise<unknown>> {
  const client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  await (await publish(depot, client, "vec/shop/2.4.1/20260612080000", SHOP))();
  await (await publish(depot, client, "vec/proxy/1.9.0/20260401120000", PROXY))();
  return await publish(depot, client, "vec/shop/2.5.0/20261101093000", SHOP);
}

async function publish(
  depot: TestDepot,
  client: DepotClient,
  text: string,
  files: Readonly<Record<string, string>>,
): Promise<() => Promise<unknown>> {
  const ident = parseFullIdent(text);
  const hart = await makeHart(text, files);
  const path = join(depot.directory, `${ident.name}-${ident.version}.hart`);
  writeFileSync(path, hart.bytes);
  await client.uploadPackage(path, { ident, target: TARGET, checksum: hart.checksum, forced: false });
  return () => client.promotePackage(ident, "stable", TARGET);
}

async function createMember(
  depot: TestDepot,
  index: number,
  host: string,
  first: TestSupervisor | undefined,
): Promise<TestSupervisor> {
  const supervisor = await TestSupervisor.create({
    wrapper: ["unshare", "--uts", "sh", "-c", `echo ${host} > /proc/sys/kernel/hostname; exec "$@"`, "sh"],
    args: first === undefined ? [] : ["--peer", first.gossipAddress],
    env: {
      HAB_UPDATE_STRATEGY_PERIOD_MS: "500",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      HAB_BLDR_URL: depot.url,
      ...(index === 0 ? { HAB_SHOP: "workers = 6" } : {}),
    },
  });
  const id = new Bun.CryptoHasher("md5").update(host).digest("hex");
  supervisor.write("hab/sup/default/MEMBER_ID", `${index + 1}${id.slice(1)}`);
  supervisor.write("hab/user/shop/config/user.toml", '[cache]\nsize = "512 MB"\n');
  return supervisor;
}

async function loadServices(members: readonly TestSupervisor[]): Promise<void> {
  const at = (index: number) => members[index] as TestSupervisor;
  const rolling = "--channel stable --strategy rolling --update-condition track-channel".split(" ");
  // A leader is elected among three: the first two are not up before.
  for (const index of [4, 0, 1, 2, 3])
    await at(index).hab("svc", "load", "vec/shop", ...rolling, "--topology", "leader");
  for (const member of members) await member.up("shop");
  await at(0).load("proxy", "--channel", "stable", "--bind", "shop:shop.default");
  await at(0).apply("shop.default", 1_764_200_000, "port = 8443\n");
}

async function waitFor<Value>(what: string, look: () => Value | undefined): Promise<Value> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited for ${what} for ${DEADLINE_MS / 1000} s`);
    await Bun.sleep(50);
  }
}
