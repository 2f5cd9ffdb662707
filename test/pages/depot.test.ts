// The depot's pages in a browser, on a real depot. In parts, which share one browser and one depot: to start those takes longer
// than most of what is tried with them.
import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import { startOpenId, type TestOpenId } from "../../src/depot/testing/openid.ts";
import { type SignInFile, signInFile } from "../../src/depot/testing/sign-in-file.ts";
import { browserOfThisFile } from "./browser.ts";
import { device } from "./depot-device.ts";
import { frame } from "./depot-frame.ts";
import { people } from "./depot-people.ts";
import { settings } from "./depot-settings.ts";
import { signIn } from "./depot-sign-in.ts";
import type { DepotStand } from "./depot-stand.ts";
import { type PagesWorld, signInAs, startPagesWorld } from "./world.ts";

// A browser on a busy machine: nothing here measures time.
setDefaultTimeout(180_000);

const browser = browserOfThisFile();
let world: PagesWorld;
let provider: TestOpenId;
let file: SignInFile;

beforeAll(async () => {
  const clientSecret = "a secret of the client";
  provider = await startOpenId({
    clientId: "depot",
    clientSecret,
    redirectUris: () => [`${world.depot.url}/v1/sign-in/corp/callback`],
  });
  const words = { issuer: provider.issuer, client_id: "depot", client_secret_file: "secret" };
  file = signInFile(
    { oidc: [{ ...words, name: "corp", title: "The company", new_accounts: ["newcomer"] }] },
    { secret: `${clientSecret}\n` },
  );
  // Hooks of this test hear on loopback.
  world = await startPagesWorld(80, { signInFile: file.path, webhookTargets: "127.0.0.0/8" });
});
afterAll(async () => {
  await world.stop();
  await provider.stop();
  file.remove();
});

const stand: DepotStand = {
  get world() {
    return world;
  },
  get issuer() {
    return provider.issuer;
  },
  open: (options = {}) => browser.open(world.depot.url, options),
  async openAs(name, expected = []) {
    const open = await browser.open(world.depot.url, { expected });
    await signInAs(open, world.depot.url, name);
    return open;
  },
};

frame(stand);
people(stand);
settings(stand);
signIn(stand);
device(stand);
