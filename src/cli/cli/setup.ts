// `hab cli setup` (reference/cli.md §10.2): asks what cli.toml should hold. Each answer is written at once, so that one who
// stops in the middle keeps what was said.
import { formatNamedRevision, generateOriginKeyPair, KeyCache } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { cliConfigPath } from "../../host/index.ts";
import type { Ui } from "../../ui/index.ts";
import { defineCommand } from "../command.ts";
import type { Configuration, ConfigurationKey } from "../configuration.ts";
import { updateConfigurationFile } from "../configuration-file.ts";
import type { Environment } from "../grammar/parse.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { absoluteUrl, originName } from "../values.ts";

interface Setup {
  readonly ui: Ui;
  readonly env: Environment;
  readonly configuration: Configuration;
  readonly cache: KeyCache;
}

/** Thrown by an answer of `quit`: what was answered before stays. */
class Quit extends Error {}

export const command = defineCommand({
  summary: "Set up this program: depot, origin, tokens",
  description:
    "Asks for the address of your own depot, your origin and its signing key, the access token, the secret of the control " +
    "gateway and the refresh channel, and writes them to cli.toml, which only you can read. An empty answer takes the " +
    "default; `quit` ends with what was answered so far. Secrets that are there already are not shown.",
  examples: [{ command: "hab cli setup", explains: "asks, then writes cli.toml" }],
  options: { cacheKeyPath: cacheKeyPathOption() },
  async run({ options, ui, env, configuration }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    const setup = { ui, env, configuration, cache };
    ui.title("Habitat CLI setup");
    try {
      await askDepot(setup);
      await askOrigin(setup);
      await askSecret(setup, "auth_token", {
        question: "Set up an access token for the depot?",
        prompt: "Access token",
        variable: "HAB_AUTH_TOKEN",
      });
      await askSecret(setup, "ctl_secret", {
        question: "Set up the secret of a Supervisor's control gateway?",
        prompt: "Control gateway secret",
        variable: "HAB_CTL_SECRET",
      });
      await askRefreshChannel(setup);
    } catch (error) {
      if (!(error instanceof Quit)) throw error;
      return;
    }
    ui.end(`Setup complete: ${cliConfigPath()}`);
  },
});

async function askDepot(setup: Setup): Promise<void> {
  if (!(await agreed(setup, "Do you use a depot of your own?", "no"))) return;
  const known = (await setup.configuration.file()).bldr_url ?? variable(setup.env, "HAB_BLDR_URL");
  await save("bldr_url", await askValid(setup.ui, "Address of the depot", known, absoluteUrl));
}

async function askOrigin(setup: Setup): Promise<void> {
  if (!(await agreed(setup, "Set up a default origin?", "yes"))) return;
  const known =
    (await setup.configuration.file()).origin ??
    variable(setup.env, "HAB_ORIGIN") ??
    variable(setup.env, "USER");
  const origin = await askValid(setup.ui, "Default origin name", known, originName);
  await save("origin", origin);
  if (hasSigningKey(setup.cache, origin)) {
    setup.ui.info(`There is a signing key of ${origin} already.`);
    return;
  }
  if (!(await agreed(setup, `Create a signing key pair of ${origin}?`, "yes"))) return;
  const pair = generateOriginKeyPair(origin, new Date());
  setup.cache.writePair(pair);
  setup.ui.end(`Generated origin key pair ${formatNamedRevision(pair.publicKey.id)}.`);
}

async function askSecret(
  setup: Setup,
  key: ConfigurationKey,
  words: { readonly question: string; readonly prompt: string; readonly variable: string },
): Promise<void> {
  if (!(await agreed(setup, words.question, "no"))) return;
  const known = (await setup.configuration.file())[key];
  const secret = known ?? variable(setup.env, words.variable);
  const shown = known !== undefined ? "the one there is" : `that of ${words.variable}`;
  // The default is named, not shown: a terminal is looked at over shoulders and recorded.
  const answer = await setup.ui.ask(words.prompt, secret === undefined ? undefined : shown);
  await save(key, secret !== undefined && answer === shown ? secret : answer);
}

async function askRefreshChannel(setup: Setup): Promise<void> {
  if (!(await agreed(setup, "Set up a refresh channel for builds?", "no"))) return;
  const known =
    (await setup.configuration.file()).refresh_channel ?? variable(setup.env, "HAB_REFRESH_CHANNEL");
  await save("refresh_channel", await setup.ui.ask("Refresh channel", known));
}

async function agreed({ ui }: Setup, question: string, fallback: "yes" | "no"): Promise<boolean> {
  const answer = await ui.confirm(question, fallback);
  if (answer === "quit") throw new Quit();
  return answer === "yes";
}

/** Asks until the answer is valid. Throws HAB-UI-002 when standard input ends before. */
async function askValid(
  ui: Ui,
  question: string,
  fallback: string | undefined,
  type: (text: string) => string,
): Promise<string> {
  let suggested = fallback;
  for (;;) {
    const answer = await ui.ask(question, suggested);
    try {
      return type(answer);
    } catch (error) {
      ui.fatal(`'${answer}': ${error instanceof Error ? error.message : String(error)}`);
      // A default that is no answer must not be taken again and again.
      if (answer === suggested) suggested = undefined;
    }
  }
}

function hasSigningKey(cache: KeyCache, origin: string): boolean {
  try {
    cache.latest("origin-secret", origin);
    return true;
  } catch (error) {
    if (error instanceof HabError) return false;
    throw error;
  }
}

async function save(key: ConfigurationKey, value: string): Promise<void> {
  await updateConfigurationFile(cliConfigPath(), { [key]: value });
}

function variable(env: Environment, name: string): string | undefined {
  const text = env[name];
  return text === "" ? undefined : text;
}
