import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseS3Url } from "./s3-address.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-s3-address-"));
afterAll(() => rmSync(directory, { recursive: true }));

const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

describe("the address of blobs", () => {
  test("names a bucket of AWS, or of a service at an endpoint", () => {
    expect(parseS3Url("s3://packages", { ...KEYS, AWS_REGION: "eu-west-1" })).toMatchObject({
      bucketUrl: "https://packages.s3.eu-west-1.amazonaws.com",
      prefix: "",
      region: "eu-west-1",
    });
    expect(parseS3Url("s3://packages/a/b/?endpoint=http://127.0.0.1:9000/", KEYS)).toMatchObject({
      bucketUrl: "http://127.0.0.1:9000/packages",
      prefix: "a/b/",
      region: "us-east-1",
    });
    const host = parseS3Url("s3://packages?style=host", {
      ...KEYS,
      AWS_ENDPOINT_URL: "https://s3.example.com",
    });
    expect(host.bucketUrl).toBe("https://packages.s3.example.com");
  });

  test.each([
    ["s3://id:secret@packages", "command line"],
    ["s3://A_B/", "no name of a bucket"],
    ["s3://packages/a b", "prefix"],
    ["s3://packages?endpoint=file:///x", "http or https"],
    ["s3://packages?secret=x", "not known"],
  ])("%s is refused", (text, why) => {
    expect(() => parseS3Url(text, KEYS)).toThrow(why);
  });
});

describe("the keys", () => {
  test("come from variables, or from a profile of a file that is read again when it changes", () => {
    expect(parseS3Url("s3://packages", KEYS).keys()).toEqual({
      accessKeyId: "id",
      secretAccessKey: "secret",
    });
    const file = join(directory, "credentials");
    const write = (id: string): void =>
      writeFileSync(
        file,
        `[default]\naws_access_key_id = no\n\n[depot]\naws_access_key_id=${id}\n` +
          "aws_secret_access_key = of file\naws_session_token = session\n",
      );
    write("first");
    const address = parseS3Url("s3://packages", { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "depot" });
    expect(address.keys()).toEqual({
      accessKeyId: "first",
      secretAccessKey: "of file",
      sessionToken: "session",
    });
    write("second");
    utimesSync(file, 1, 1);
    expect(address.keys().accessKeyId).toBe("second");
    expect(() => parseS3Url("s3://packages", { AWS_SHARED_CREDENTIALS_FILE: "/nowhere" })).toThrow(
      "/nowhere",
    );
  });
});
