import { describe, expect, test } from "bun:test";
import { accountsFor, groupText, passwdText } from "./accounts.ts";

/** `name uid:gid` and `name gid [members]`. */
function said(user: string, group: string): [string[], string[]] {
  const { users, groups } = accountsFor(user, group);
  return [
    users.map(({ name, uid, gid }) => `${name} ${uid}:${gid}`),
    groups.map(({ name, gid, members }) => `${name} ${gid} [${members.join(",")}]`),
  ];
}

describe("accounts of an image (reference/plan-build.md §17.3)", () => {
  test.each([
    ["root", "root", ["hab 84:84"], ["hab 84 [hab]"]],
    ["root", "hab", ["hab 84:42"], ["hab 42 [hab]"]],
    ["root", "team", ["hab 84:84"], ["team 42 []", "hab 84 [hab]"]],
    ["hab", "hab", ["hab 42:42"], ["hab 42 [hab]"]],
    ["hab", "root", ["hab 42:84"], ["hab 84 [hab]"]],
    ["hab", "team", ["hab 42:42"], ["team 42 [hab]"]],
    ["web", "team", ["web 42:42", "hab 84:84"], ["team 42 [web]", "hab 84 [hab]"]],
    // Not in the table: accounts that exist already must not be added a second time.
    ["web", "hab", ["web 42:42", "hab 84:84"], ["hab 42 [web]"]],
    ["web", "root", ["web 42:0", "hab 84:84"], ["hab 84 [hab]"]],
  ])("%s:%s", (user, group, users, groups) => {
    expect(said(user, group)).toEqual([users, groups]);
  });

  test("as lines", () => {
    const accounts = accountsFor("my_user", "my_group");
    expect(passwdText(accounts)).toContain("\nmy_user:x:42:42:my_user User:/:/bin/false\n");
    expect(groupText(accounts)).toEndWith("\nmy_group:x:42:my_user\nhab:x:84:hab\n");
  });
});
