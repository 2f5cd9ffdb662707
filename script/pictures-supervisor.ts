// Takes the pictures of the Supervisor's pages for docs/pictures: five real Supervisors on loopback with an embedded depot, in the
// midst of a rolling update. Needs root (each member gets a host name of its own) and Debian's Chromium.
//   script/bun script/pictures-supervisor.ts [directory]   puts them elsewhere, in three widths, light and dark
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium, type Page } from "playwright-core";
import { Secret } from "../src/crypto/index.ts";
import { startTestDepot } from "../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../src/depot/testing/harts.ts";
import { createDepotClient } from "../src/depot-client/index.ts";
import { parseFullIdent, parseTarget } from "../src/package/index.ts";
import { TestSupervisor } from "../test/supervisor/harness.ts";

const target = parseTarget("x86_64-linux");
const HOSTS = ["alder", "birch", "cedar", "hazel", "maple"] as const;
const directory = resolve(process.argv[2] ?? join(import.meta.dir, "../docs/pictures"));
const isWhole = process.argv[2] !== undefined;

const ROOT = { SVC_USER: "root\n", SVC_GROUP: "root\n" };
const SHOP = {
  ...ROOT,
  "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
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

const depot = await startTestDepot();
const members: TestSupervisor[] = [];
const at = (index: number) => members[index] as TestSupervisor;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  const publish = async (text: string, files: Readonly<Record<string, string>>) => {
    const ident = parseFullIdent(text);
    const hart = await makeHart(text, files);
    const path = join(depot.directory, `${ident.name}-${ident.version}.hart`);
    writeFileSync(path, hart.bytes);
    await client.uploadPackage(path, { ident, target, checksum: hart.checksum, forced: false });
    return () => client.promotePackage(ident, "stable", target);
  };
  await (await publish("vec/shop/2.4.1/20260612080000", SHOP))();
  await (await publish("vec/proxy/1.9.0/20260401120000", PROXY))();
  const promoteNext = await publish("vec/shop/2.5.0/20261101093000", SHOP);

  for (const [index, host] of HOSTS.entries()) {
    const supervisor = await TestSupervisor.create({
      wrapper: ["unshare", "--uts", "sh", "-c", `echo ${host} > /proc/sys/kernel/hostname; exec "$@"`, "sh"],
      args: index === 0 ? [] : ["--peer", at(0).gossipAddress],
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
    members.push(await supervisor.start());
  }
  const rolling = "--channel stable --strategy rolling --update-condition track-channel".split(" ");
  // A leader is elected among three: the first two are not up before.
  for (const index of [4, 0, 1, 2, 3])
    await at(index).hab("svc", "load", "vec/shop", ...rolling, "--topology", "leader");
  for (const index of members.keys()) await at(index).up("shop");
  await at(0).load("proxy", "--channel", "stable", "--bind", "shop:shop.default");
  await at(0).apply("shop.default", 1_764_200_000, "port = 8443\n");

  const view = async (options: { readonly width: number; readonly scheme: "light" | "dark" }) => {
    const context = await browser.newContext({
      baseURL: at(0).httpUrl(""),
      viewport: {
        width: options.width,
        height: options.width < 500 ? 780 : options.width > 2000 ? 2160 : 800,
      },
      colorScheme: options.scheme,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    return await context.newPage();
  };
  const go = async (page: Page, path: string) => {
    await page.goto(path);
    await page.locator("main h1").first().waitFor();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  };

  const first = await view({ width: 1200, scheme: "light" });
  await go(first, "/ui/groups/shop.default");
  await promoteNext();
  // Two are done, the third is at it: that is what the pictures show.
  for (let done = 0; done < 2; done++) {
    await first.getByText(`${done} of 5 members`, { exact: true }).waitFor();
    const row = first.getByRole("listitem").filter({ hasText: "changing" });
    await row.first().waitFor();
    const text = (await row.first().textContent()) ?? "";
    const index = HOSTS.findIndex((name) => text.includes(name));
    at(index).write("hab/svc/shop/data/go", "");
    await first.getByText(`${done + 1} of 5 members`, { exact: true }).waitFor();
  }
  await first.getByRole("listitem").filter({ hasText: "changing" }).first().waitFor();

  mkdirSync(directory, { recursive: true });
  const pages = {
    overview: "/ui",
    service: "/ui/services/shop",
    configuration: "/ui/services/shop/config",
    hooks: "/ui/services/shop/hooks",
    history: "/ui/services/shop/health",
    binds: "/ui/services/proxy/binds",
    group: "/ui/groups/shop.default",
    groups: "/ui/groups",
    ring: "/ui/ring",
    events: "/ui/events",
  };
  /** For the documentation. */
  const kept = [
    ["overview", 1200, "light"],
    ["group", 1200, "dark"],
    ["configuration", 1200, "light"],
  ] as const;
  const all = ([360, 1200, 3840] as const).flatMap((width) =>
    (["light", "dark"] as const).flatMap((scheme) =>
      (Object.keys(pages) as (keyof typeof pages)[]).map((name) => [name, width, scheme] as const),
    ),
  );
  for (const [name, width, scheme] of isWhole ? all : kept) {
    const page = await view({ width, scheme });
    await go(page, pages[name]);
    const file = isWhole ? `${name}-${width}-${scheme}.png` : `supervisor-${name}.png`;
    await page.screenshot({ path: join(directory, file), fullPage: width < 3000 && isWhole });
    console.log(join(directory, file));
    await page.context().close();
  }
  for (const supervisor of members) supervisor.write("hab/svc/shop/data/go", "");
  await first.getByText("up to date").waitFor();
  await first.getByText("5 of 5 members", { exact: true }).waitFor();
  console.log("the update of five members was seen on the page to its end");
} finally {
  await browser.close();
  await Promise.all(members.map((supervisor) => supervisor.stop()));
  await depot.stop();
}
