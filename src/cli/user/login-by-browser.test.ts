// How a terminal waits for a code to be approved: as slowly as the depot says, through a depot that is away, and not for ever.
import { expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { clientErrors, type DepotClient, DepotFailure } from "../../depot-client/index.ts";
import { createUi, type Output } from "../../ui/index.ts";
import { tokenByBrowser } from "./login-by-browser.ts";

const TOKEN = { kind: "token", token: new Secret("_made"), expiresAt: undefined } as const;
const failure = (status?: number) =>
  new DepotFailure(
    clientErrors.serverFailed,
    "it fails",
    status === undefined ? { isDown: true } : { status },
  );

/** Waits on a depot that gives these answers, one after the other. */
async function wait(answers: readonly unknown[], expiresInSeconds = 60) {
  let said = "";
  const output = {
    write(text: string) {
      said += text;
    },
    isTerminal: false,
  } as unknown as Output;
  let asked = 0;
  const depot = {
    async approvedToken() {
      const answer = answers[asked++];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as DepotClient;
  const begun = {
    deviceCode: new Secret("_device"),
    userCode: "BCDF-GHJK",
    page: "http://127.0.0.1/sign-in/device?code=BCDF-GHJK",
    expiresInSeconds,
    intervalSeconds: 0,
  };
  const ui = createUi({ stdout: output, stderr: output, env: {}, readLine: async () => undefined });
  const token = await tokenByBrowser(depot, begun, { ui, signal: new AbortController().signal });
  return { token, asked, said };
}

test("asks until there is a token, also while the depot is away, and shows where to go and what to compare", async () => {
  const waiting = { kind: "waiting", intervalSeconds: 0 };
  const { token, asked, said } = await wait([waiting, failure(503), failure(), waiting, TOKEN]);
  expect([token, asked]).toEqual([TOKEN, 5]);
  expect(said).toContain("\n\n  http://127.0.0.1/sign-in/device?code=BCDF-GHJK\n\n");
  expect(said).toContain("\n\n  BCDF-GHJK\n\n");
  expect(said).not.toMatch(/_device|_made/);
});

test.each([
  ["a person who refuses", [failure(403)], 60, "HAB-CLI-034"],
  ["a depot that says it is too late", [failure(410)], 60, "HAB-CLI-035"],
  ["the end of the code's time", [], 0, "HAB-CLI-035"],
  ["what no waiting mends", [failure(422)], 60, clientErrors.serverFailed.code],
])("ends with %s", async (_, answers, seconds, code) => {
  expect(wait(answers, seconds)).rejects.toMatchObject({ code });
});
