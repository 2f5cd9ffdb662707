// The depot as a service of systemd: the unit's text, and what a service manager hears.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NotifySocket } from "../../src/launcher/testing/notify-socket.ts";
import { HAB, run } from "./program.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-depot-unit-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("hab depot install-unit", () => {
  test("writes a unit that systemd finds in order, and secrets where only root reads them", async () => {
    const words = [
      "depot",
      "install-unit",
      "--directory",
      directory,
      "--data",
      "/srv/depot",
      "--user",
      "root",
    ];
    const env = { HAB_DEPOT_DATABASE: "postgres://u:pass-word@db/depot", AWS_ACCESS_KEY_ID: "key" };
    expect((await run([HAB, ...words], { env })).code).toBe(0);
    const unit = join(directory, "hab-depot.service");
    const text = readFileSync(unit, "utf8");
    expect(text).toContain("depot run --data /srv/depot --listen 127.0.0.1:9636\n");
    expect(text).not.toContain("pass-word");
    const secrets = join(directory, "hab-depot.env");
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    expect(readFileSync(secrets, "utf8")).toContain('HAB_DEPOT_DATABASE="postgres://u:pass-word@db/depot"\n');
    if (Bun.which("systemd-analyze") !== null)
      expect((await run(["systemd-analyze", "verify", unit], { env: {} })).stderr).toBe("");
    // Changed by hand it stays, unless told otherwise.
    await Bun.write(unit, `${text}# mine\n`);
    expect((await run([HAB, ...words], { env })).code).not.toBe(0);
    expect((await run([HAB, ...words, "--force"], { env })).code).toBe(0);
  });
});

describe("hab depot run under a service manager", () => {
  test("tells it when it serves, that it lives, and when it ends", async () => {
    const address = join(directory, "notify");
    const socket = new NotifySocket(address);
    const child = Bun.spawn(
      [HAB, "depot", "run", "--data", join(directory, "data"), "--listen", "127.0.0.1:0"],
      {
        stdout: "ignore",
        stderr: "ignore",
        env: { PATH: "/usr/bin:/bin", NOTIFY_SOCKET: address, WATCHDOG_USEC: "300000" },
      },
    );
    const heard = async (line: string): Promise<void> => {
      while (!socket.read().some((each) => each.startsWith(line))) {
        if (child.exitCode !== null) throw new Error(`it ended before it said ${line}`);
        await Bun.sleep(10);
      }
    };
    await heard("READY=1");
    await heard("STATUS=listening on http://127.0.0.1:");
    await heard("WATCHDOG=1");
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(socket.read()).toContain("STOPPING=1");
    socket.close();
  });
});
