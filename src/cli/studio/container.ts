// `-D`: a studio in a container, by docker or podman (reference/plan-build.md §14.6). The image brings its own studio.
import { existsSync, mkdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { buildErrors } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import {
  artifactCachePath,
  certificateCachePath,
  inheritedEnvironment,
  keyCachePath,
  replaceProcess,
} from "../../host/index.ts";
import type { BareContext } from "../command.ts";
import type { Environment } from "../grammar/parse.ts";
import { COMPATIBLE_VERSION } from "../version.ts";

const FORWARDED = [
  "DEBUG",
  "DO_CHECK",
  "HAB_AUTH_TOKEN",
  "HAB_BLDR_URL",
  "HAB_BLDR_CHANNEL",
  "HAB_NOCOLORING",
  "HAB_ORIGIN",
  "HAB_ORIGIN_KEYS",
  "HAB_REFRESH_CHANNEL",
  "HAB_STUDIO_INSTALL_PKGS",
  "HAB_STUDIO_BACKLINE_PKG",
  "HAB_STUDIO_NOPROFILE",
  "HAB_STUDIO_NOSTUDIORC",
  "HAB_STUDIO_SUP",
  "http_proxy",
  "https_proxy",
  "RUST_LOG",
] as const;

const SECRET_PREFIX = "HAB_STUDIO_SECRET_";

const DENIED = /Mounts denied|drive is not shared/;

/** Becomes the engine's client. Throws HAB-BLD-080, HAB-BLD-082. */
export async function runContainerStudio(words: readonly string[], context: BareContext): Promise<number> {
  const env = await withConfiguration(context);
  const { args, channel } = containerWords(words);
  if (args[0] === "rm")
    throw new HabError(buildErrors.noRemovalInContainer, "there is no container studio to remove");
  const engine =
    Bun.which("docker", { PATH: env["PATH"] ?? "" }) ?? Bun.which("podman", { PATH: env["PATH"] ?? "" });
  if (engine === null)
    throw new HabError(buildErrors.noContainerEngine, "neither docker nor podman is on PATH");
  const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
  const image =
    env["HAB_DOCKER_STUDIO_IMAGE"] || `habitat/default-studio-${architecture}-linux:${COMPATIBLE_VERSION}`;
  // The engine's own downloads do not go through the studio's proxy.
  const { http_proxy: _, https_proxy: __, ...engineEnvironment } = inheritedEnvironment({ ...env });
  const variables = variablesInside(env, channel);
  const clientEnvironment = {
    ...engineEnvironment,
    ...Object.fromEntries([...variables].filter(([name]) => isSecret(name))),
  };
  const run = (command: readonly string[]) =>
    Bun.spawnSync([engine, ...command], { env: clientEnvironment, stderr: "pipe" });
  if (run(["images", image, "-q"]).stdout.toString().trim() === "") {
    const pulled = Bun.spawnSync([engine, "pull", image], {
      env: engineEnvironment,
      stdio: ["ignore", 2, 2],
    });
    if (!pulled.success)
      throw new HabError(buildErrors.noContainerEngine, `${basename(engine)} cannot get the image ${image}`, {
        next: "Name an image that is there in HAB_DOCKER_STUDIO_IMAGE, or leave -D out.",
      });
  }
  const options = [...environmentWords(variables), ...volumeWords(env)];
  const trial = run(["run", "--rm", ...options, image, "-V"]);
  if (DENIED.test(trial.stderr.toString()))
    throw new HabError(
      buildErrors.noContainerEngine,
      `${basename(engine)} does not share these directories`,
      {
        next: "Allow it to share the source directory and the caches of hab.",
      },
    );
  const interactive =
    context.stdout.isTerminal || context.stderr.isTerminal ? ["--tty", "--interactive"] : [];
  const extra = [...new Set((env["HAB_DOCKER_OPTS"] ?? "").split(/\s+/).filter((word) => word !== ""))];
  return replaceProcess(
    engine,
    ["run", "--rm", "--privileged", ...interactive, ...extra, ...options, image, ...args],
    clientEnvironment,
  );
}

/** Without -D, and without -f and its channel, which go by the environment. */
export function containerWords(words: readonly string[]): {
  readonly args: readonly string[];
  readonly channel: string | undefined;
} {
  const args: string[] = [];
  let channel: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "-D") continue;
    if (word === "-f") channel = words[++index];
    else args.push(word);
  }
  return { args, channel };
}

function variablesInside(env: Environment, channel: string | undefined): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const name of FORWARDED) if (env[name]) variables.set(name, env[name]);
  variables.set("HAB_LICENSE", "accept-no-persist");
  if (env["SSL_CERT_FILE"])
    variables.set("SSL_CERT_FILE", `/hab/cache/ssl/${basename(env["SSL_CERT_FILE"])}`);
  for (const [name, value] of Object.entries(env))
    if (name.startsWith(SECRET_PREFIX) && value) variables.set(name, value);
  if (channel !== undefined) variables.set(`${SECRET_PREFIX}HAB_REFRESH_CHANNEL`, channel);
  return variables;
}

/** Every user of the machine can read arguments: of what may be secret only the name is there, and the client has the value. */
function environmentWords(variables: ReadonlyMap<string, string>): string[] {
  return [...variables].flatMap(([name, value]) => ["--env", isSecret(name) ? name : `${name}=${value}`]);
}

function isSecret(name: string): boolean {
  return name === "HAB_AUTH_TOKEN" || name.startsWith(SECRET_PREFIX);
}

function volumeWords(env: Environment): string[] {
  const artifacts = env["ARTIFACT_PATH"] || artifactCachePath();
  const certificates = env["CERT_PATH"] || certificateCachePath();
  for (const directory of [artifacts, certificates]) mkdirSync(directory, { recursive: true });
  const volumes: [string, string][] = [
    [resolve(env["SRC_PATH"] || "."), "/src"],
    [env["HAB_CACHE_KEY_PATH"] || keyCachePath(), "/hab/cache/keys"],
    [artifacts, "/hab/cache/artifacts"],
    [certificates, "/hab/cache/ssl"],
  ];
  if (existsSync("/var/run/docker.sock")) volumes.push(["/var/run/docker.sock", "/var/run/docker.sock"]);
  return volumes.flatMap(([from, to]) => ["--volume", `${from}:${to}`]);
}

async function withConfiguration({
  env,
  configuration,
}: BareContext): Promise<Record<string, string | undefined>> {
  const file = await configuration.file();
  return {
    ...env,
    HAB_AUTH_TOKEN: env["HAB_AUTH_TOKEN"] || file.auth_token,
    HAB_BLDR_URL: env["HAB_BLDR_URL"] || file.bldr_url,
    HAB_ORIGIN: env["HAB_ORIGIN"] || file.origin,
    HAB_REFRESH_CHANNEL: env["HAB_REFRESH_CHANNEL"] || file.refresh_channel,
  };
}
