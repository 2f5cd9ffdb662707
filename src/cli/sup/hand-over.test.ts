import { expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { withoutSecrets } from "./hand-over.ts";

test.each<[string[], Record<string, string>, string[], Record<string, string>]>([
  [["core/redis", "-I"], {}, ["core/redis", "-I"], {}],
  [["--ring-key", "KEY", "-I"], { ringKey: "KEY" }, ["-I"], { HAB_RING_KEY: "KEY" }],
  [["--ring-key=--KEY", "-I"], { ringKey: "--KEY" }, ["-I"], { HAB_RING_KEY: "--KEY" }],
  [
    [
      "--event-stream-url=nats://u:p@h",
      "--event-stream-site",
      "s",
      "--event-stream-token",
      "T",
      "core/redis",
    ],
    { eventStreamUrl: "nats://u:p@h", eventStreamToken: "T" },
    ["--event-stream-site", "s", "core/redis"],
    { HAB_EVENT_STREAM_URL: "nats://u:p@h", HAB_AUTOMATE_AUTH_TOKEN: "T" },
  ],
  [
    ["--ring-key", "KEY", "--", "core/redis"],
    { ringKey: "KEY" },
    ["--", "core/redis"],
    { HAB_RING_KEY: "KEY" },
  ],
])("%j", (words, given, rest, variables) => {
  const values = Object.fromEntries(Object.entries(given).map(([id, text]) => [id, new Secret(text)]));
  const source = (id: string) => (id in given ? "command-line" : undefined);
  expect(withoutSecrets(words, values, source)).toEqual({ words: rest, variables });
});

test("what comes from the environment stays there", () => {
  const handed = withoutSecrets(["-I"], { ringKey: new Secret("KEY") }, () => "environment");
  expect(handed).toEqual({ words: ["-I"], variables: {} });
});
