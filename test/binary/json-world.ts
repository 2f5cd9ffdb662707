// The small world in which every command can print its document: a root with a package written by hand, keys, harts, a
// depot, and a Supervisor that says yes to everything.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type CtlReply, type CtlRequest, serveCtl } from "../../src/ctl/index.ts";
import { createAccount, createToken, startDepot } from "../../src/depot/index.ts";

import { ExportWorld } from "../export/world.ts";
import { startAnsweringDepot } from "./answering-depot.ts";
import { startRingGateway } from "./ring-gateway.ts";

const VECTORS = resolve(import.meta.dir, "../conformance/packages");
const HARTS = ["web", "lib", "base", "tiny"];
const FULL_NAMES: Readonly<Record<string, string>> = {
  web: "acme-web-3.0.0-20260101000003",
  lib: "acme-lib-2.1.0-20260101000002",
  base: "acme-base-1.0.0-20260101000001",
  tiny: "acme-tiny-0.1.0-20260101000000",
};
const SECRET = "bm90IGEgcmVhbCBzZWNyZXQ=";
const WRITTEN = "acme/app/1.0/20260101000000";

export type JsonWorld = Awaited<ReturnType<typeof startJsonWorld>>;

export async function startJsonWorld() {
  const directory = mkdtempSync(join(tmpdir(), "hab-json-"));
  const at = (name: string) => join(directory, name);
  const hart = (name: string) => at(`harts/${FULL_NAMES[name]}-x86_64-linux.hart`);
  const key = (file: string) => readFileSync(join(VECTORS, "keys", file), "utf8");
  const put = (name: string, text: string, mode = 0o644) => {
    mkdirSync(join(at(name), ".."), { recursive: true });
    writeFileSync(at(name), text, { mode });
  };

  for (const name of HARTS) {
    mkdirSync(at("harts"), { recursive: true });
    cpSync(join(VECTORS, "harts", `${name}.hart`), hart(name));
  }
  put("root/hab/cache/keys/acme-20261123072809.pub", key("acme-20261123072809.pub"));
  put("root/hab/sup/default/MEMBER_ID", "0123456789abcdef");
  put("root/hab/sup/default/data/0123456789abcdef.rst", "left out of support bundles");
  put("default.toml", 'port = 1\n[deep]\nname = "x"\n');
  put("t.conf", "port={{cfg.port}}\n");
  put(
    "plan/plan.sh",
    "pkg_name=built\npkg_origin=acme\npkg_version=1.0\npkg_license=(Apache-2.0)\n" +
      'do_build() { return 0; }\ndo_install() { echo hello > "$pkg_prefix/hello"; }\n',
  );
  const home = `root/hab/pkgs/${WRITTEN}`;
  put(`${home}/IDENT`, `${WRITTEN}\n`);
  put(`${home}/TARGET`, "x86_64-linux\n");
  put(`${home}/PATH`, `/hab/pkgs/${WRITTEN}/bin\n`);
  put(`${home}/BINDS`, "database=port host\n");
  put(`${home}/BINDS_OPTIONAL`, "cache=port\n");
  put(`${home}/default.toml`, "port = 1\n");
  put(`${home}/bin/greet`, "#!/bin/sh\necho hello\n", 0o755);

  const depotData = at("depot");
  const depot = await startDepot({ dataDirectory: depotData, listen: { host: "127.0.0.1", port: 0 } });
  await createAccount(depotData, "owner");
  const { token } = await createToken(depotData, "owner");
  const exports = await ExportWorld.make();
  const members = startAnsweringDepot();
  const ring = startRingGateway();
  const supervisor = await serveCtl({
    listen: { host: "127.0.0.1", port: 0 },
    secret: SECRET,
    async handle(request, reply) {
      const [last, ...before] = answers(request).reverse();
      for (const each of before.reverse()) await reply.partial(each);
      await reply.complete(last ?? { message: "NetOk", fields: {} });
    },
  });

  const env: Record<string, string> = {
    FS_ROOT: at("root"),
    HOME: at("home"),
    HAB_ROOT_PATH: at("root/hab"),
    HAB_OUTPUT_PATH: at("results"),
    HAB_BLDR_URL: depot.url,
    HAB_AUTH_TOKEN: token.reveal(),
    HAB_CTL_SECRET: SECRET,
    HAB_LISTEN_HTTP: `127.0.0.1:${ring.port}`,
    TERM: "xterm",
    FORCE_COLOR: "1",
  };
  put(
    "root/hab/etc/cli.toml",
    `listen_ctl = "127.0.0.1:${supervisor.address.port}"\nctl_secret = "${SECRET}"\n`,
  );
  chmodSync(at("root/hab/etc/cli.toml"), 0o600);
  mkdirSync(at("home"), { recursive: true });
  cpSync(at("root/hab/etc"), at("home/.hab/etc"), { recursive: true });

  return {
    directory,
    at,
    hart,
    key,
    env,
    depotData,
    membersUrl: members.url,
    written: WRITTEN,
    exports,
    ringKey: `SYM-SEC-1\nring-20260101000000\n\n${Buffer.alloc(32, 7).toString("base64")}`,
    async stop() {
      await supervisor.stop();
      await depot.stop();
      await members.stop();
      await ring.stop(true);
      exports[Symbol.dispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What a Supervisor would say; lines for people on the way, with colours and what a stranger might write. */
function answers({ message, fields }: CtlRequest): CtlReply[] {
  const line: CtlReply = {
    message: "ConsoleLine",
    fields: { line: "The service \u001b[2Jwas told\n", color: "green", bold: true },
  };
  const ok: CtlReply = { message: "NetOk", fields: {} };
  switch (message) {
    case "SvcLogs":
      return [
        ...[false, true].map((errorStream) => ({
          message: "LogLine" as const,
          fields: {
            serviceGroup: "app.default",
            errorStream,
            at: 1_767_225_600_000n,
            line: "listening \u001b[2J",
          },
        })),
        ok,
      ];
    case "SvcStatus":
      return [true, false].map((isUp) => ({
        message: "ServiceStatus",
        fields: {
          ident: { origin: "acme", name: "app", version: "1.0", release: "20260101000000" },
          serviceGroup: { service: "app", group: isUp ? "default" : "other" },
          ...(isUp && {
            process: { elapsed: 5n, pid: 4242, state: 1 },
            desiredState: 1,
            problems: "one\ntwo",
          }),
        },
      }));
    case "SvcGetDefaultCfg":
      return [
        {
          message: "ServiceCfg",
          fields: {
            default: "port = 1\n",
            ...(fields.serviceGroup !== undefined && {
              effective: 'port = 2\n[deep]\nlist = [1, "x"]\n',
              layers: '{"default":{"port":1,"deep":{"list":[1,"x"]}},"gossip":{"port":2}}',
            }),
          },
        },
      ];
    default:
      return [line, ok];
  }
}
