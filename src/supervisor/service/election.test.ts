// A service of leader topology whose group's election ends while a pass is under way: what was rendered before does not know who
// leads, and a member that starts by that takes itself for one that is alone, or for the leader it was.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createServiceDirectories, parseIdent } from "../../package/index.ts";
import { type Census, type CensusSources, emptyCensus, updateCensus } from "../census/census.ts";
import { Metrics } from "../http/metrics.ts";
import { defaultSpec } from "../spec/spec.ts";
import type { SysInfo } from "../sys.ts";
import { serviceBuilder } from "./build.ts";
import { Service } from "./service.ts";

const RELEASE = "vec/db/1.0.0/20260101000000";
const SYS: SysInfo = {
  ip: "10.0.0.1",
  hostname: "h",
  gossipIp: "0.0.0.0",
  gossipPort: 9638,
  httpGatewayIp: "0.0.0.0",
  httpGatewayPort: 9631,
  ctlGatewayIp: "0.0.0.0",
  ctlGatewayPort: 9632,
  version: "2.1.78",
  memberId: "me",
  permanent: false,
};

let root: string;
let rootBefore: string | undefined;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-election-"));
  rootBefore = process.env["FS_ROOT"];
  process.env["FS_ROOT"] = root;
  const place = `hab/pkgs/${RELEASE}`;
  write(`${place}/IDENT`, `${RELEASE}\n`);
  write(`${place}/TARGET`, "x86_64-linux\n");
  const self = process.getuid?.() === 0 ? "root" : "nobody";
  for (const file of ["SVC_USER", "SVC_GROUP"]) write(`${place}/${file}`, `${self}\n`);
  write(
    `${place}/hooks/run`,
    "{{#if svc.me.leader}}leads{{else if svc.me.follower}}follows{{else}}alone{{/if}}",
  );
});

afterEach(() => {
  if (rootBefore === undefined) delete process.env["FS_ROOT"];
  else process.env["FS_ROOT"] = rootBefore;
  rmSync(root, { recursive: true, force: true });
});

/** How the group's election stands at this member: who is named in it, and whether it has ended. */
function seen(before: Census, count: number, status: "Running" | "Finished", leader: string): Census {
  const service = (memberId: string) => ({
    memberId,
    serviceGroup: "db.default",
    package: RELEASE,
    pkgIncarnation: 0n,
    cfg: new Map(),
    sys: SYS,
  });
  const sources: CensusSources = {
    services: [service("me"), service("other")],
    members: [],
    elections: [{ serviceGroup: "db.default", memberId: leader, status }],
    updateElections: [],
    configs: [],
    files: [],
    counters: {
      service: 1,
      election: count,
      electionUpdate: 0,
      membership: 0,
      serviceConfig: 0,
      serviceFile: 0,
    },
  };
  return updateCensus(before, sources);
}

test.each([
  ["that has not ended", "Running", "me"],
  ["in which it led", "Finished", "me"],
  ["in which it followed", "Finished", "other"],
] as const)(
  "a member that stands in an election %s runs no hook by that, once another leads",
  async (_title, status, leader) => {
    let census = seen(emptyCensus("me"), 1, status, leader);
    const output = { line: () => undefined };
    const spec = { ...defaultSpec(parseIdent("vec/db")), topology: "leader" as const };
    const parts = await serviceBuilder({ organization: undefined, output, census: () => census })(
      spec,
      undefined,
    );
    createServiceDirectories(parts.pkg.paths, parts.pkg.account);
    const { promise, resolve } = Promise.withResolvers<string>();
    const service = new Service(parts, {
      output,
      launcher: {
        spawn: async ({ program }) => {
          resolve(readFileSync(program, "utf8"));
          return { pid: 1, exited: new Promise<void>(() => undefined) };
        },
        running: async () => undefined,
        terminate: async () => "graceful",
      },
      metrics: new Metrics(),
      sys: SYS,
      census: () => census,
      now: () => 0,
      random: () => 0,
      announce: () => undefined,
      // The vote of this member decides: the election ends between what is rendered and what is done by it.
      elect: () => {
        census = seen(census, 2, "Finished", "other");
      },
      tellSuitability: () => undefined,
      changed: () => undefined,
      restart: () => undefined,
    });
    service.wake();
    expect(await promise).toBe("follows");
    await service.stop();
  },
);
