// From `hab sup run` to the launcher: the same process, the program HAB_LAUNCH_BINARY names.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { HAB_WORDS } from "../host/testing/hab-program.ts";
import { Stage } from "./testing/stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.end());

test("HAB_LAUNCH_BINARY gets the words after `sup`, under the pid that `hab sup run` had", async () => {
  const launcher = stage.script("launcher", `echo "$$ $* $NOTIFY_SOCKET"`);
  const child = Bun.spawn([...HAB_WORDS, "sup", "run", "--no-color", "core/redis", "-I"], {
    env: { FS_ROOT: stage.root, HAB_LAUNCH_BINARY: launcher, NOTIFY_SOCKET: "/run/x" },
    stdout: "pipe",
  });
  expect(await child.stdout.text()).toBe(`${child.pid} run --no-color core/redis -I /run/x\n`);
});

test("secrets among the words go by the environment, where others cannot read them", async () => {
  const launcher = stage.script(
    "launcher",
    `tr '\\0' ' ' < /proc/$$/cmdline; echo "$HAB_RING_KEY $HAB_AUTOMATE_AUTH_TOKEN $HAB_EVENT_STREAM_URL"`,
  );
  const words = [
    ...["--ring-key", "k3y", "--event-stream-url=nats://u:p@h", "--event-stream-token", "t0ken"],
    ...["--event-stream-application", "a", "--event-stream-environment", "e", "core/redis"],
  ];
  const child = Bun.spawn([...HAB_WORDS, "sup", "run", ...words], {
    env: { FS_ROOT: stage.root, HAB_LAUNCH_BINARY: launcher },
    stdout: "pipe",
  });
  expect(await child.stdout.text()).toBe(
    `/bin/sh ${launcher} run --event-stream-application a --event-stream-environment e core/redis k3y t0ken nats://u:p@h\n`,
  );
});

test("words that are wrong are told before there is a launcher", async () => {
  const launcher = stage.script("launcher", "echo started");
  const child = Bun.spawn([...HAB_WORDS, "sup", "run", "--listen-http", "nowhere"], {
    env: { FS_ROOT: stage.root, HAB_LAUNCH_BINARY: launcher },
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await child.exited).toBe(2);
  expect(await child.stdout.text()).toBe("");
});
