// Licences and addresses as records name them.
import { describe, expect, test } from "bun:test";
import { parseFullIdent } from "../../package/index.ts";
import { debianPackageUrl, packageUrl, publicAddress } from "./address.ts";
import { parseDebianFile } from "./debian-file.ts";
import { declaredLicense, licensesOfManifest } from "./license.ts";

describe("licences of a plan", () => {
  test.each([
    [[], "NOASSERTION"],
    [["Apache-2.0"], "Apache-2.0"],
    [["Apache-2.0", "MIT", "MIT"], "Apache-2.0 AND MIT"],
    [["GPL-2.0-only WITH Classpath-exception-2.0"], "GPL-2.0-only WITH Classpath-exception-2.0"],
    [["LGPL-2.1-or-later", "BSD-3-Clause"], "LGPL-2.1-or-later AND BSD-3-Clause"],
    [["GPL-2.0+ OR MIT"], "GPL-2.0+ OR MIT"],
    [["Zlib", "GPL-2.0-only OR MIT"], "Zlib AND (GPL-2.0-only OR MIT)"],
    [["gplv2+"], "LicenseRef-gplv2-"],
    [["MIT", "Our own terms"], "MIT AND LicenseRef-Our-own-terms"],
    [["MIT or Apache-2.0"], "LicenseRef-MIT-or-Apache-2.0"],
  ])("%p are %p", (names, expression) => expect(declaredLicense(names).expression).toBe(expression));

  test("that are not on the list are told by their names", () => {
    expect(declaredLicense(["gplv2+", "gplv2 ", "bsd"]).unlisted).toEqual([
      { id: "LicenseRef-gplv2-", name: "gplv2+" },
      { id: "LicenseRef-gplv2", name: "gplv2" },
      { id: "LicenseRef-bsd", name: "bsd" },
    ]);
  });

  test("in a MANIFEST are one expression or words", () => {
    expect(licensesOfManifest("Apache-2.0 MIT ")).toEqual(["Apache-2.0", "MIT"]);
    expect(licensesOfManifest("Apache-2.0 OR MIT ")).toEqual(["Apache-2.0 OR MIT"]);
    expect(licensesOfManifest(" ")).toEqual([]);
  });
});

describe("an address", () => {
  test.each([
    ["https://a.example/x-1.0.tar.gz", "https://a.example/x-1.0.tar.gz"],
    ["https://me:secret@a.example/x?v=1#part", "https://a.example/x?v=1"],
    [
      "https://a.example/x?v=1&access_token=abc&X-Amz-Signature=def",
      "https://a.example/x?v=1&access_token=redacted&X-Amz-Signature=redacted",
    ],
    ["ftp://a.example/x", "ftp://a.example/x"],
    ["file:///home/me/x", undefined],
    ["deb:redis", undefined],
    ["nosuchfile.tar.gz", undefined],
    ["", undefined],
  ])("%p is told as %p", (text, told) => expect(publicAddress(text)).toBe(told));

  test("of a package", () => {
    expect(packageUrl(parseFullIdent("core/c++/1.0+2~b/20260102030405"), "x86_64-linux")).toBe(
      "pkg:generic/core/c%2B%2B@1.0%2B2~b?release=20260102030405&target=x86_64-linux",
    );
    expect(
      debianPackageUrl({
        name: "libstdc++6",
        version: "1:2.36-9+deb12u1",
        architecture: "amd64",
        sha256: "",
      }),
    ).toBe("pkg:deb/debian/libstdc%2B%2B6@1:2.36-9%2Bdeb12u1?arch=amd64");
  });
});

test("the file DEBIAN is read by lines, in order of the names", () => {
  const digest = "0".repeat(64);
  expect(
    parseDebianFile(`zlib1g 1:1.2 amd64 ${digest}\nlibc6 2.36 amd64 ${digest}\n# no\nx 1 amd64 short\n`),
  ).toEqual([
    { name: "libc6", version: "2.36", architecture: "amd64", sha256: digest },
    { name: "zlib1g", version: "1:1.2", architecture: "amd64", sha256: digest },
  ]);
});
