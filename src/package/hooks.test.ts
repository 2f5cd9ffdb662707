// Install and uninstall hooks that do not end (docs/run-a-service.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProcessRunning } from "../host/index.ts";
import { runInstallHook, runUninstallHook } from "./hooks.ts";
import type { FullIdent } from "./ident.ts";
import { InstalledPackage } from "./installed.ts";
import { INSTALL_HOOK_STATUS } from "./pending-hooks.ts";
import { ownAccount } from "./service-account.ts";

const IDENT: FullIdent = { origin: "acme", name: "slow", version: "1", release: "20260101000000" };
const HOOK = "#!/bin/sh\nsleep 100000 &\necho $$ $! >{{pkg.svc_var_path}}/pids\necho up\nwait\n";

let root: string;
let pkg: InstalledPackage;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hab-hooks-"));
  pkg = new InstalledPackage(IDENT, root);
  mkdirSync(join(pkg.path, "hooks"), { recursive: true });
  const { user, group } = ownAccount();
  const files = {
    IDENT: "acme/slow/1/20260101000000\n",
    SVC_USER: user,
    SVC_GROUP: group,
    "hooks/install": HOOK,
    "hooks/uninstall": HOOK,
    "hooks.toml": "[uninstall]\ntimeout = 1\n",
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(pkg.path, path), text);
  for (const hook of ["install", "uninstall"]) chmodSync(join(pkg.path, "hooks", hook), 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The pids the hook noted that still run. */
const left = () =>
  readFileSync(join(root, "hab/svc/slow/var/pids"), "utf8")
    .trim()
    .split(" ")
    .map(Number)
    .filter((pid) => isProcessRunning(pid));

describe("a hook that does not end", () => {
  test("in the time its package gives it is ended with its children, and has failed", async () => {
    await expect(runUninstallHook(pkg)).rejects.toMatchObject({
      code: "HAB-PKG-072",
      message: "the uninstall hook of acme/slow/1/20260101000000 did not end within 1 s and was ended",
    });
    expect(left()).toEqual([]);
  });

  test("is ended when nobody waits for it any more; it has yet to succeed", async () => {
    const leave = new AbortController();
    const report = (event: { kind: string }) => {
      if (event.kind === "hook line") leave.abort(new Error("left"));
    };
    await expect(runInstallHook(pkg, { signal: leave.signal, report })).rejects.toThrow("left");
    expect(left()).toEqual([]);
    expect(existsSync(join(pkg.path, INSTALL_HOOK_STATUS))).toBe(false);
  });
});
