// Several processes that install the same closure at once do its work once between them, and one that is killed is replaced.
import { afterAll, expect, test } from "bun:test";
import { isTemporary, Machine, startDepot } from "./crashing.ts";

const depot = startDepot();
afterAll(() => depot.stop());

test("four installs of one closure: each package is downloaded once, all four succeed", async () => {
  using machine = new Machine(depot);
  const before = depot.served.length;
  const ended = await Promise.all([1, 2, 3, 4].map(() => machine.install()));
  expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(["0 ", "0 ", "0 ", "0 "]);
  expect(depot.served.slice(before).sort()).toEqual([
    "acme/base/1.0.0/20260101000001",
    "acme/lib/2.1.0/20260101000002",
    "acme/web/3.0.0/20260101000003",
  ]);
  const unpacked = ended.map(({ stdout }) => Number(/complete with (\d+) new/.exec(stdout)?.[1]));
  expect(unpacked.reduce((sum, each) => sum + each)).toBe(3);
  expect([...machine.tree().keys()].filter(isTemporary)).toEqual([]);
});

test("when one of two is killed in the middle, the other finishes", async () => {
  using machine = new Machine(depot);
  const killed = machine.install([
    "-o",
    "/dev/null",
    "-e",
    "trace=utimensat",
    "-e",
    "inject=utimensat:signal=KILL",
  ]);
  const [first, second] = await Promise.all([killed, machine.install()]);
  // Whoever came first: the one under strace is killed if it had anything to write.
  expect(first.code === 0 || first.signal === "SIGKILL").toBe(true);
  expect(`${second.code} ${second.stderr}`).toBe("0 ");
  const installed = [...machine.tree().keys()].filter((path) => path.endsWith("/TARGET"));
  expect(installed.length).toBe(3);
});
