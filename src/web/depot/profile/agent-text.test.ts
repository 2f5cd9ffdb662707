import { expect, test } from "bun:test";
import { agentText } from "./agent-text.ts";
import { scopeText } from "./scope-text.ts";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
    "Safari on iOS",
  ],
  ["", "Unknown"],
  ["curl/8.0", "curl/8.0"],
])("%s is %s", (agent, text) => {
  expect(agentText(agent)).toBe(text);
});

test.each([
  [{ origins: null, verbs: null }, "Everything you may"],
  [{ origins: null, verbs: [] }, "Read"],
  [
    { origins: ["acme", "tools"], verbs: ["upload", "promote"] as const },
    "Read, upload, promote in acme, tools",
  ],
  [{ origins: ["acme"], verbs: null }, "Everything in acme"],
])("a scope %j is told as %s", (scope, text) => {
  expect(scopeText(scope)).toBe(text);
});
