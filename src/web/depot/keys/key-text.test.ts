import { describe, expect, test } from "bun:test";
import { keyPlace } from "./key-text.ts";

describe("where the text of a key goes", () => {
  test("public and secret keys say origin and revision, also with the line ends of Windows", () => {
    expect(keyPlace("SIG-PUB-1\nmy-org-20260101000000\n\nabc=\n")).toEqual({
      kind: "public",
      origin: "my-org",
      revision: "20260101000000",
    });
    expect(keyPlace("SIG-SEC-1\r\nacme-20260101000000\r\n\r\nabc=")?.kind).toBe("secret");
  });

  test.each([
    "",
    "BOX-PUB-1\nacme-20260101000000\n\nabc",
    "SIG-PUB-1\nacme\n\nabc",
    "SIG-PUB-1\nacme-20260101000000\n\n",
  ])("%j is no signing key", (text) => {
    expect(keyPlace(text)).toBeUndefined();
  });
});
