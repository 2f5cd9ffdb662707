// `hab pkg build`: a signed package from a plan (reference/cli.md §10.7, reference/plan-build.md).
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  askSupply,
  buildErrors,
  buildPlan,
  type DependencyInstaller,
  freshRelease,
  type InstallRequest,
} from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import { fsRoot, isCompiled, isRegularFile } from "../../host/index.ts";
import { activeTarget, type FullIdent } from "../../package/index.ts";
import { argument, defineCommand, flag, option, optionList, usageProblem } from "../command.ts";
import { cliErrors } from "../errors.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { existingDirectory, originName } from "../values.ts";
import { OWN_VERSION } from "../version.ts";
import { buildOptions } from "./build-options.ts";

/** Values of cli.toml that a build takes from the environment when it is given none (reference/cli.md §10.9). */
const FROM_CONFIGURATION = {
  HAB_AUTH_TOKEN: "auth_token",
  HAB_BLDR_URL: "bldr_url",
  HAB_ORIGIN: "origin",
} as const;

export const command = defineCommand({
  summary: "Build a package from a plan",
  description:
    "Runs the plan.sh of PLAN_CONTEXT (or of its habitat/ folder) with bash and makes a signed artifact of what it " +
    "installs, in ./results. The build happens in a studio of its own (hab studio help), which is made anew unless " +
    "--reuse is given: the plan sees the tools of one package and the packages it names, and nothing else of this machine. " +
    "With --no-studio, and inside a studio, it happens in the present root: the plan sees the tools of this machine, and " +
    "the package is installed under /hab/pkgs when it is done.\n\n" +
    "The secret key of the plan's origin must be in the key cache (hab origin key generate). Dependencies are installed " +
    "from the depot; with NO_INSTALL_DEPS=true only those that are installed are used.",
  examples: [
    { command: "hab pkg build .", explains: "the plan of this directory" },
    { command: "hab pkg build plans/redis", explains: "the plan of another one; results stay in ./results" },
    { command: "hab pkg build --no-studio .", explains: "without a studio, with the tools of this machine" },
    { command: "hab pkg build --locked .", explains: "with exactly what plan.lock names" },
    {
      command: "hab pkg build --check results/acme-app-1.0-20260101000000-x86_64-linux.hart .",
      explains: "whether the plan makes this hart again",
    },
    { command: "hab pkg build --check acme/app .", explains: "whether what is installed is from this plan" },
    {
      command: "NO_INSTALL_DEPS=true hab pkg build plans/redis",
      explains: "without asking a depot for anything",
    },
  ],
  helpIfBare: true,
  args: {
    planContext: argument({
      value: "PLAN_CONTEXT",
      completes: "directory",
      help: "Directory of the plan, or one with habitat/plan.sh",
    }),
  },
  options: {
    keys: optionList({
      short: "k",
      long: "keys",
      value: "HAB_ORIGIN_KEYS",
      values: "one",
      help: "Origins whose signing keys must be there before the build starts",
      type: originName,
    }),
    root: option({
      short: "r",
      long: "root",
      value: "HAB_STUDIO_ROOT",
      completes: "directory",
      help: "Root of the studio",
    }),
    src: option({
      short: "s",
      long: "src",
      value: "SRC_PATH",
      help: "Directory to build in: PLAN_CONTEXT and results are relative to it (default: $PWD)",
      type: existingDirectory,
    }),
    cacheKeyPath: cacheKeyPathOption(),
    nativePackage: flag({
      short: "N",
      long: "native-package",
      help: "Mark the package as native (needs HAB_FEAT_NATIVE_PACKAGE_SUPPORT)",
    }),
    reuse: flag({ short: "R", long: "reuse", help: "Use the studio of the last build again" }),
    noStudio: flag({
      long: "no-studio",
      help: "Build in the present root (so it is where STUDIO_TYPE is set: inside a studio)",
    }),
    noNetwork: flag({ long: "no-network", help: "Leave the studio nothing of the network but loopback" }),
    docker: flag({ short: "D", long: "docker", help: "Build in a container studio" }),
    refreshChannel: option({
      short: "f",
      long: "refresh-channel",
      value: "REFRESH_CHANNEL",
      completes: "channel",
      help: "Channel that dependencies of the origin core come from (else HAB_REFRESH_CHANNEL, cli.toml, base)",
    }),
    ...buildOptions,
  },
  json: true,
  async run(context) {
    const { args, options, source, env, configuration, ui, signal, stdout, json, printJson } = context;
    // Compat: words that do not go together, but with the exit code of a failure (reference/cli.md §10.7).
    if (options.nativePackage && (options.reuse || options.docker))
      throw new HabError(cliErrors.usage, "--native-package conflicts with --reuse and --docker", {
        exitCode: 1,
      });
    if (options.nativePackage && !env["HAB_FEAT_NATIVE_PACKAGE_SUPPORT"])
      throw new HabError(cliErrors.usage, "native packages need HAB_FEAT_NATIVE_PACKAGE_SUPPORT to be set", {
        exitCode: 1,
      });
    if (options.keys.length > 0) {
      const { KeyCache } = await import("../../crypto/index.ts");
      const keys = new KeyCache(options.cacheKeyPath);
      for (const origin of options.keys) keys.latest("origin-secret", origin);
    }

    const cwd = resolve(options.src ?? ".");
    if (!options.noStudio && !options.nativePackage && !env["STUDIO_TYPE"]) {
      if (options.check !== undefined && source("release") === "command-line")
        throw usageProblem("--check takes the release from the hart");
      const { buildInStudio } = await import("../studio/build.ts");
      const refreshChannel = await configuration.refreshChannel(options.refreshChannel);
      const status = await buildInStudio(
        { ...options, planContext: args.planContext, source: cwd, refreshChannel },
        context,
      );
      if (json && status === 0 && options.check === undefined) printJson(readReport(join(cwd, "results")));
      return status;
    }
    refuseStudio(options);
    const environment: Record<string, string | undefined> = { ...env };
    const file = await configuration.file();
    for (const [name, key] of Object.entries(FROM_CONFIGURATION)) environment[name] ||= file[key];
    environment["HAB_CACHE_KEY_PATH"] = options.cacheKeyPath;
    environment["HAB_REFRESH_CHANNEL"] = await configuration.refreshChannel(options.refreshChannel);
    if (options.nativePackage) {
      environment["HAB_NATIVE_PACKAGE"] = "true";
      environment["HAB_SRC_PATH"] = cwd;
    }
    // Loaded when the first one is needed: a plan with none, or with all of them installed, is built without it.
    const dependencies = { configuration, keyCacheDirectory: options.cacheKeyPath, ui, signal };
    let installer: Promise<DependencyInstaller> | undefined;
    const loadInstaller = async () =>
      (await import("./build-dependencies.ts")).dependencyInstaller(dependencies);
    const build = {
      planContext: args.planContext,
      target: activeTarget(),
      version: OWN_VERSION,
      habBinary: isCompiled() ? process.execPath : (Bun.which("hab") ?? "hab"),
      environment,
      cwd,
      // With --json standard output is for the one document.
      streams: { stdin: 0, stdout: json ? 2 : 1, stderr: 2 },
      // In a studio its `record` keeps the log.
      ...(!env["STUDIO_TYPE"] && {
        logDirectory: join(resolve(cwd, environment["HAB_OUTPUT_PATH"] || "results"), "logs"),
      }),
      install: async (request: InstallRequest) => {
        installer ??= loadInstaller();
        return (await installer)(request);
      },
      hartDigest: async (ident: FullIdent) =>
        (await import("./build-dependencies.ts")).hartDigestOf(dependencies)(ident),
      // In a studio the machine around it may have the package installed.
      ...(env["STUDIO_TYPE"] && { show: askSupply }),
    };
    if (options.check !== undefined) {
      if (source("release") === "command-line") throw usageProblem("--check takes the release from the hart");
      const { checkHart, givenForCheck } = await import("./build-check.ts");
      const { path } = givenForCheck(options.check, [fsRoot()]);
      return checkHart(path, build, { ui, stdout, printJson: json ? printJson : undefined });
    }
    const results = resolve(cwd, environment["HAB_OUTPUT_PATH"] || "results");
    const status = await buildPlan({
      ...build,
      release: options.release ?? freshRelease(new Date(), lastRelease(results)),
      lock: { kind: options.locked ? "obey" : options.lock ? "write" : "none" },
    });
    // Compat: whatever a native plan ended with, the command ends with 1 (reference/cli.md §10.9).
    if (options.nativePackage && status !== 0)
      throw new HabError(buildErrors.nativeFailed, `Failed to build native habitat plan (status ${status})`);
    if (json && status === 0) printJson(readReport(results));
    return status;
  },
});

function refuseStudio(options: {
  readonly root?: string | undefined;
  reuse: boolean;
  docker: boolean;
  noNetwork: boolean;
}): void {
  const given = [
    options.root !== undefined && "--root",
    options.reuse && "--reuse",
    options.docker && "--docker",
    options.noNetwork && "--no-network",
  ].find((name) => name !== false);
  if (given !== undefined)
    throw new HabError(buildErrors.needsStudio, `${given} is about a studio, and this build is without one`);
}

/** The release of the last build into this directory. */
function lastRelease(directory: string): string | undefined {
  return isRegularFile(join(directory, "last_build.env")) ? readReport(directory)["pkg_release"] : undefined;
}

/** What last_build.env says, with the path of the artifact. */
function readReport(directory: string): Record<string, string> {
  const lines = readFileSync(join(directory, "last_build.env"), "utf8").split("\n").filter(Boolean);
  const report = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { ...report, path: join(directory, report["pkg_artifact"] ?? "") };
}
