// The file of sign-in: what it may say, and that a mistake is found before anybody signs in.
import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../error/index.ts";
import { type SignInFile, signInFile } from "../testing/sign-in-file.ts";
import { DEFAULT_SIGN_IN, readSignInConfig } from "./config.ts";

let file: SignInFile | undefined;
afterEach(() => {
  file?.remove();
  file = undefined;
});

const read = (content: object, beside?: Readonly<Record<string, string>>) => {
  file = signInFile(content, beside);
  return readSignInConfig(file.path, { env: { SECRET: "from a variable" } });
};

const fault = (content: object, beside?: Readonly<Record<string, string>>): string => {
  try {
    read(content, beside);
  } catch (error) {
    return describeError(error);
  }
  return "none";
};

const OIDC = { name: "corp", issuer: "https://id.example.com", client_id: "depot" };
const GITHUB = { name: "github", provider: "github", client_id: "depot", client_secret: "s" };

test("an empty file is the same as none", () => {
  expect(read({})).toEqual(DEFAULT_SIGN_IN);
});

test("secrets come from the file, from one beside it, or from a variable", () => {
  const secretOf = (words: object, beside?: Readonly<Record<string, string>>) =>
    read({ oidc: [{ ...OIDC, ...words }] }, beside).oidc[0]?.clientSecret?.reveal();
  expect(secretOf({ client_secret: "inside" })).toBe("inside");
  expect(secretOf({ client_secret_file: "secret" }, { secret: "beside\n" })).toBe("beside");
  expect(secretOf({ client_secret_env: "SECRET" })).toBe("from a variable");
  // A public client, with PKCE alone.
  expect(secretOf({})).toBeUndefined();
});

test("GitHub, GitLab and Bitbucket have addresses of their own", () => {
  const { oauth } = read({ oauth: [GITHUB] });
  expect(oauth[0]).toMatchObject({ title: "GitHub", newAccounts: false, adoptAccounts: false });
  expect(oauth[0]?.tokenUrl.href).toBe("https://github.com/login/oauth/access_token");
  expect(oauth[0]?.userinfoUrl.href).toBe("https://api.github.com/user");
});

describe("refused is", () => {
  test.each<[string, object, string]>([
    ["a word it does not know", { odic: [] }, "odic"],
    ["an issuer over plain HTTP", { oidc: [{ ...OIDC, issuer: "http://id.example.com" }] }, "https://"],
    ["a name of a way of our own", { oidc: [{ ...OIDC, name: "password" }] }, "is taken"],
    ["a name twice", { oidc: [OIDC], oauth: [{ ...GITHUB, name: "corp" }] }, "same name"],
    [
      "two secrets",
      { oidc: [{ ...OIDC, client_secret: "a", client_secret_env: "SECRET" }] },
      "more than one",
    ],
    ["an unset variable", { oidc: [{ ...OIDC, client_secret_env: "UNSET" }] }, "UNSET is not set"],
    ["a missing file", { oidc: [{ ...OIDC, client_secret_file: "none" }] }, "none"],
    [
      "a provider without its secret",
      { oauth: [{ ...GITHUB, client_secret: undefined }] },
      "no client secret",
    ],
    ["a provider without its addresses", { oauth: [{ ...GITHUB, provider: "okta" }] }, "authorize_url"],
    ["a provider nobody knows", { oauth: [{ ...GITHUB, provider: "x" }] }, "provider"],
    ["a proxy by its name", { proxy: { addresses: ["proxy.example.com"] } }, "no network"],
    [
      "a header that means something else",
      { proxy: { addresses: ["::1"], account_header: "Cookie" } },
      "Cookie",
    ],
    ["an address with a path", { url: "https://example.com/depot" }, "nothing behind it"],
    ["several realms that would be mixed", { kerberos: { keytab: "k", realms: ["A", "B"] } }, "keep_realm"],
    ["a session without end", { sessions: { days: 1000 } }, "days"],
  ])("%s", (_, content, why) => {
    expect(fault(content)).toContain(why);
  });

  test("a secret that others may read", () => {
    file = signInFile(
      { oauth: [{ ...GITHUB, client_secret: undefined, client_secret_file: "secret" }] },
      { secret: "s" },
    );
    chmodSync(join(file.directory, "secret"), 0o644);
    const path = file.path;
    expect(() => readSignInConfig(path, { env: {} })).toThrow("chmod 600");
    const own = signInFile({ oauth: [GITHUB] });
    chmodSync(own.path, 0o640);
    expect(() => readSignInConfig(own.path, { env: {} })).toThrow("chmod 600");
    own.remove();
  });
});
