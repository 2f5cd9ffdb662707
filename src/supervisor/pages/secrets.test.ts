// No secret of a service's configuration reaches its page: not as a value, not by what a hook prints.
import { describe, expect, test } from "bun:test";
import { MASK } from "../../crypto/index.ts";
import { parseToml } from "../../toml/index.ts";
import { configDocument } from "./config-document.ts";
import { secretTexts, withoutSecrets } from "./secrets.ts";

const read = (text: string) => parseToml(text, { source: "test" });

const LAYERS = {
  default: read(`
port = 6379
requirepass = "first-hidden-one"
url = "postgres://app:hidden-in-url@db.local/app"
pem = "-----BEGIN RSA PRIVATE KEY-----"
[server]
bind = "0.0.0.0"
[credentials]
name = "hidden-by-table"
[[users]]
name = "a"
api_key = "hidden-in-list"
`),
  user: read('requirepass = "second-hidden-one"\nport = 7000'),
  gossip: read("port = 7001"),
};
const SECRETS = secretTexts(Object.values(LAYERS));

describe("configuration on a page", () => {
  const document = configDocument(
    { layers: LAYERS, appliedIncarnation: 3n, problems: ["user.toml: expected a value: second-hidden-one"] },
    SECRETS,
  );
  const value = (path: string) => document.values.find((each) => each.path.join(".") === path);

  test("has each value with its layer, and what lower layers say", () => {
    expect(value("port")).toEqual({
      path: ["port"],
      value: "7001",
      layer: "gossip",
      hides: [
        { layer: "user", value: "7000" },
        { layer: "default", value: "6379" },
      ],
    });
    expect(document).toMatchObject({
      layers: ["default", "user", "gossip"],
      applied_version: "3",
      more_values: 0,
    });
  });

  test("has no secret, by name, by the name of its table, by its form, nor in what is wrong with a layer", () => {
    expect(value("requirepass")).toMatchObject({ value: null, hides: [{ layer: "default", value: null }] });
    expect(value("credentials.name")?.value).toBeNull();
    expect(value("users")?.value).toBeNull();
    expect(value("pem")?.value).toBeNull();
    expect(value("url")?.value).toBe(`"postgres://${MASK}@db.local/app"`);
    expect(JSON.stringify(document)).not.toContain("hidden");
  });

  test("has at most so many values, and says how many more there are", () => {
    const many = read(Array.from({ length: 1010 }, (_, index) => `k${index} = ${index}`).join("\n"));
    const { values, more_values } = configDocument(
      { layers: { default: many }, appliedIncarnation: 0n, problems: [] },
      [],
    );
    expect([values.length, more_values]).toEqual([1000, 10]);
  });
});

test("what a hook prints is shown without the secrets of its service's configuration", () => {
  const printed = "connecting with second-hidden-one\nDB_PASSWORD=another\nlistening on 7001";
  expect(withoutSecrets(printed, SECRETS)).toBe(
    `connecting with ${MASK}\nDB_PASSWORD="${MASK}"\nlistening on 7001`,
  );
});
