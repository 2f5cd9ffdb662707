// What a small depot's answers cost beside nginx serving a static file of the same bytes, in turn, by one client with 16
// kept connections; then the time of a first start, and memory. depot-scale does the same with many packages.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAccount, createToken } from "../src/depot/index.ts";
import { makeHart } from "../src/depot/testing/harts.ts";
import { moveToLastCore, type Server, startDepotServer, startNginx, stopServers } from "./depot-servers.ts";
import { memoryOf } from "./host.ts";
import { compareCosts, inTurn, loadServer } from "./http-load.ts";
import { figure, report } from "./measure.ts";

const CONNECTIONS = 16;
const REQUESTS = 5000;
const PACKAGES = 20;
const RELEASES = 3;

/** Path, and how many answers a second of one core's time should do for. */
const QUESTIONS: Readonly<Record<string, { readonly path: string; readonly aim: number }>> = {
  "latest of a package in a channel": {
    path: "/v1/depot/channels/acme/unstable/pkgs/app7/latest?target=x86_64-linux",
    aim: 20_000,
  },
  "latest of a package": { path: "/v1/depot/pkgs/acme/app7/latest?target=x86_64-linux", aim: 20_000 },
  "one origin": { path: "/v1/depot/origins/acme", aim: 20_000 },
  search: { path: "/v1/depot/pkgs/search/app?distinct=true", aim: 10_000 },
};

const root = mkdtempSync(join(tmpdir(), "hab-bench-depot-"));
const site = join(root, "site");

async function fill(url: string, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  await fetch(`${url}/v1/depot/origins`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: '{"name":"acme"}',
  });
  for (let index = 0; index < PACKAGES * RELEASES; index++) {
    const ident = `acme/app${index % PACKAGES}/1.${Math.floor(index / PACKAGES)}.0/20260101000000`;
    const { bytes, checksum } = await makeHart(ident, { MANIFEST: `# ${ident}\n${"x".repeat(400)}\n` });
    const path = `${url}/v1/depot/pkgs/${ident}?checksum=${checksum}`;
    const answer = await fetch(path, { method: "POST", headers, body: bytes });
    if (answer.status !== 201) throw new Error(`upload answered ${answer.status}`);
  }
}

moveToLastCore();
try {
  mkdirSync(site);
  const place = { dataDirectory: join(root, "data") };
  await createAccount(place, "bench");
  const token = (await createToken(place, "bench")).token.reveal();
  const depot = await startDepotServer(place);
  const idle = memoryOf([depot.pid]);
  await fill(depot.url, token);
  const nginx = await startNginx(root, site);
  const ask = (server: Server, path: string) =>
    loadServer({
      port: server.port,
      pathOf: () => path,
      connections: CONNECTIONS,
      requests: REQUESTS,
      pids: [server.pid],
    });
  for (const [name, { path, aim }] of Object.entries(QUESTIONS)) {
    const body = await (await fetch(`${depot.url}${path}`)).bytes();
    writeFileSync(join(site, "answer.json"), body);
    const costs = await inTurn({
      depot: () => ask(depot, path),
      nginx: nginx === undefined ? undefined : () => ask(nginx, "/answer.json"),
    });
    const reference = { name: `nginx, static, ${body.length} bytes`, costs: costs.nginx };
    compareCosts({ name: `depot: ${name}`, costs: costs.depot }, reference);
    const perSecond = costs.depot.map(({ processorUs }) => 1e6 / processorUs);
    report({
      subject: figure(`depot: ${name}, answers for a second of one core`, "", perSecond),
      aim: { value: aim, atLeast: true },
    });
  }
  const after = memoryOf([depot.pid]);
  const ready: number[] = [];
  for (let run = 0; run < 5; run++) {
    const fresh = await startDepotServer({ dataDirectory: join(root, `fresh${run}`) });
    ready.push(fresh.readyMs);
    await fresh.stop();
  }
  report({ subject: figure("depot: first start to first answer", "ms", ready), aim: { value: 2000 } });
  report({
    subject: figure("depot: memory after the load above (PSS)", "MB", [after]),
    aim: { value: 80 },
    note: `idle ${idle.toFixed(0)} MB`,
  });
} finally {
  await stopServers();
  rmSync(root, { recursive: true, force: true });
}
