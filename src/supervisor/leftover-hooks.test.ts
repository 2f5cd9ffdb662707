import { describe, expect, test } from "bun:test";
import { hookFile } from "./leftover-hooks.ts";

describe("a hook that was left running", () => {
  test.each([
    [["/bin/sh", "/hab/svc/web/hooks/init"]],
    [["/bin/sh", "-e", "/hab/svc/web/hooks/init"]],
    [["/hab/svc/web/hooks/init"]],
  ])("is known by the file it runs: %j", (words) => {
    expect(hookFile({ words }, "/hab/svc")).toBe("/hab/svc/web/hooks/init");
  });

  test.each([
    [["/bin/sh", "/hab/svc/web/run"]],
    [["/bin/sh", "/hab/svc/web/hooks/mine"]],
    [["/bin/sh", "/srv/hab/svc/web/hooks/init"]],
    [["/bin/sh", "/hab/svc/web/data/hooks/init"]],
    [["vi", "-R", "-n", "/hab/svc/web/hooks/init"]],
    [["sleep", "1"]],
    [[]],
  ])("is nothing else: %j", (words) => {
    expect(hookFile({ words }, "/hab/svc")).toBeUndefined();
  });
});
