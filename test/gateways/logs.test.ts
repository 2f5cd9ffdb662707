// What services printed, and waiting until they are ready, with a real Supervisor.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestSupervisor } from "../supervisor/harness.ts";

let supervisor: TestSupervisor;
beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  supervisor.addPackage("talk", {
    hooks: {
      run: '#!/bin/sh\nfor i in 1 2 3 4 5; do echo "line $i"; done\necho trouble >&2\nwhile [ ! -e var/go ]; do sleep 0.05; done\necho gone on\nexec sleep 100000\n'.replaceAll(
        "var/go",
        "{{pkg.svc_var_path}}/go",
      ),
    },
  });
  supervisor.addPackage("late", {
    hooks: { init: "#!/bin/sh\nwhile [ ! -e {{pkg.svc_var_path}}/go ]; do sleep 0.05; done\n" },
  });
  await supervisor.start();
  await supervisor.load("talk");
  await supervisor.until(
    async () => (await supervisor.hab("svc", "logs", "vec/talk")).out.includes("trouble"),
    "the lines",
  );
});
afterAll(() => supervisor.stop());

const logs = (...words: string[]) => supervisor.hab("svc", "logs", ...words);

describe("hab svc logs", () => {
  test("shows the lines of a service as they were printed", async () => {
    const { exit, out } = await logs("vec/talk");
    expect(exit).toBe(0);
    expect(out.split("\n").filter((line) => line.startsWith("line"))).toEqual([
      "line 1",
      "line 2",
      "line 3",
      "line 4",
      "line 5",
    ]);
  });

  test("of all services says whose, and on which stream", async () => {
    const { out } = await logs();
    expect(out).toContain("talk.default(O): line 1\n");
    expect(out).toContain("talk.default(E): trouble\n");
  });

  test("--lines and --since leave out the rest", async () => {
    expect((await logs("vec/talk", "--lines", "2")).out.trim().split("\n")).toHaveLength(2);
    expect((await logs("vec/talk", "--lines", "0")).out).toBe("");
    expect((await logs("vec/talk", "--since", "2090-01-01T00:00:00Z")).out).toBe("");
    expect((await logs("vec/talk", "--since", "1h")).out).toContain("line 1");
    expect((await logs("vec/talk", "--since", "soon")).exit).toBe(2);
  });

  test("--json is an array with times", async () => {
    const lines = JSON.parse((await logs("vec/talk", "--json")).out);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ service_group: "talk.default" });
    expect(Math.abs(Date.parse(lines[0].at) - Date.now())).toBeLessThan(600_000);
  });

  test("a service that is not loaded is an error", async () => {
    const { exit, err } = await logs("vec/nothere");
    expect(exit).toBe(1);
    expect(err).toContain("Service not loaded, vec/nothere");
  });

  test("-f goes on until it is told to end", async () => {
    const following = supervisor.spawnHab("svc", "logs", "-f", "vec/talk");
    const reader = following.stdout.getReader();
    let seen = "";
    const readUntil = async (text: string) => {
      while (!seen.includes(text)) seen += new TextDecoder().decode((await reader.read()).value);
    };
    await readUntil("line 5");
    supervisor.write("hab/svc/talk/var/go", "");
    await readUntil("gone on\n");
    following.kill("SIGTERM");
    const err = await new Response(following.stderr).text();
    expect(err).toBe("");
    expect(await following.exited).toBe(143);
  });
});

describe("hab svc status --wait ready", () => {
  test("answers at once when all are", async () => {
    const { exit, out } = await supervisor.hab("svc", "status", "--wait", "ready");
    expect(exit).toBe(0);
    expect(out).toContain("talk.default");
  });

  test("waits for those that are not, and says which after the time", async () => {
    const { exit } = await supervisor.hab("svc", "load", "vec/late");
    expect(exit).toBe(0);
    const late = await supervisor.hab("svc", "status", "--wait", "ready", "--timeout", "0");
    expect(late.exit).toBe(3);
    expect(late.err).toContain("late.default: it waits for its init hook to end");
    expect((await supervisor.get("/readyz")).status).toBe(503);

    const waiting = supervisor.hab("svc", "status", "--wait", "ready", "--timeout", "30");
    supervisor.write("hab/svc/late/var/go", "");
    expect((await waiting).exit).toBe(0);
    const ready = await supervisor.get("/readyz");
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.body).services).toEqual([
      { service_group: "late.default", ready: true, reasons: [] },
      { service_group: "talk.default", ready: true, reasons: [] },
    ]);
  });
});

test("the lines outlive a restart of the Supervisor, and following ends with it", async () => {
  const before = supervisor.supervisorPid;
  const following = supervisor.spawnHab("svc", "logs", "-f", "vec/talk");
  const reader = following.stdout.getReader();
  await reader.read();
  await supervisor.hab("sup", "restart");
  expect(await following.exited).toBe(1);
  await supervisor.until(
    async () => (await logs("vec/talk")).out.includes("line 1"),
    "the lines after the restart",
  );
  expect(supervisor.supervisorPid).not.toBe(before);
});

test("/events has told of it all", async () => {
  const response = await fetch(supervisor.httpUrl("/events"), { headers: { "last-event-id": "none-0" } });
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('"late.default"') && text.includes("event: health")) break;
  }
  expect(text).toContain("event: missed");
  expect(text).toContain('"state":"up"');
});
