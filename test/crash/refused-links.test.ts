// A file system that allows no more links to a file: the archive is refused, and nothing of it stays. Few file systems have a
// limit that a test can reach, so the system call is made to fail.
import { expect, test } from "bun:test";
import { formatKey, formatNamedRevision } from "../../src/crypto/index.ts";
import { member, RELEASE } from "../fuzz/tar-maker.ts";
import { compress, pair, signed } from "../fuzz/targets/hart.ts";
import { Machine } from "./crashing.ts";

const hart = signed(
  compress(
    Buffer.concat([
      member({ path: `${RELEASE}/IDENT`, data: "o/n/1/2\n" }),
      member({ path: `${RELEASE}/TARGET`, data: "x86_64-linux\n" }),
      member({ path: `${RELEASE}/MANIFEST`, data: "# o / n\n" }),
      member({ type: "1", path: `${RELEASE}/again`, link: `${RELEASE}/MANIFEST` }),
      Buffer.alloc(1024),
    ]),
  ),
);
const key = {
  name: formatNamedRevision(pair.publicKey.id),
  text: formatKey(pair.publicKey),
};

test("EMLINK is the archive's fault", async () => {
  using machine = new Machine({ hart, key });
  const before = [...machine.tree().keys()];
  const failing = ["-o", "/dev/null", "-e", "trace=link,linkat", "-e", "inject=link,linkat:error=EMLINK"];
  const { code, stderr } = await machine.install(failing);
  expect(stderr).toContain("HAB-PKG-022");
  expect(stderr).toContain('"hab/pkgs/o/n/1/2/again" in the archive cannot be made here');
  expect(code).toBe(1);
  const left = [...machine.tree().keys()].filter((path) => !before.includes(path));
  expect(left.filter((path) => !path.startsWith("/hab/cache/"))).toEqual(["/hab/pkgs/"]);
  const { code: again } = await machine.install();
  expect(again).toBe(0);
});
