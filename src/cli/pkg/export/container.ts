// `hab pkg export container` (reference/plan-build.md §17.2).
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { Secret } from "../../../crypto/index.ts";
import { HabError } from "../../../error/index.ts";
import {
  type Credentials,
  DEFAULT_IMAGE_NAME,
  type Engine,
  exportContainer,
  hasEngine,
  identifiersOf,
  loadIntoEngine,
} from "../../../export/index.ts";
import { activeTarget } from "../../../package/index.ts";
import type { LineReader } from "../../../ui/index.ts";
import { argumentList, defineCommand, flag, option, optionList, usageProblem } from "../../command.ts";
import { cliErrors } from "../../errors.ts";
import { secretOption } from "../../secret-option.ts";
import { choice } from "../../values.ts";
import { pushTo, REGISTRY_TYPES } from "../container-push.ts";
import { writeContainerReport } from "../container-report.ts";
import { exportOptions, habPackages, rootOptions } from "../export-options.ts";

const NAMING = "Name and tags";
const REGISTRY = "Registry";
const ENGINE = "Engine";

/** A tag that is made unless its `--no-…` is given. */
const tagFlags = (name: string, id: string, what: string) => ({
  on: flag({ long: `tag-${name}`, heading: NAMING, help: `Tag ${what} (the default)` }),
  off: flag({
    long: `no-tag-${name}`,
    heading: NAMING,
    help: `Do not tag ${what}`,
    conflictsWith: [id],
  }),
});
const latest = tagFlags("latest", "tagLatest", "as latest");
const version = tagFlags("version", "tagVersion", "with the version");
const versionRelease = tagFlags("version-release", "tagVersionRelease", "with version and release");

/** Of a repository in a registry (distribution specification 1.1, "Pulling manifests"). */
function repositoryName(text: string): string {
  const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  if (text.length > 255 || !new RegExp(`^${part}(?:/${part})*$`).test(text))
    throw new Error("the name of a repository is expected, without its registry: team/app");
  return text;
}

export const command = defineCommand({
  summary: "Turn packages and all they need into a container image",
  description:
    "The image runs the first of the packages that is a service, under a Supervisor. It is made here, without an engine or a " +
    "daemon, and the same packages make the same image, byte for byte. Each package is a layer, so images share what they have in " +
    "common.\n\n" +
    "It is written to results/ as an archive that `docker load` and `podman load` take (and every tool that knows OCI image " +
    "layouts). Where the engine is on this machine the image is loaded into it as well; with --push-image it goes to a registry.",
  examples: [
    { command: "hab pkg export container acme/app", explains: "an image acme/app" },
    {
      command:
        "hab pkg export container acme/app -G registry.example.com -U ci --password-stdin --push-image",
      explains: "straight to a registry",
    },
    {
      command: "hab pkg export container core/redis --format directory --output redis-image",
      explains: "an OCI image layout",
    },
  ],
  args: {
    sources: argumentList({
      value: "PKG_IDENT_OR_ARTIFACT",
      completes: ["installed-package", "file"],
      help: "Packages (acme/app) or paths of harts",
    }),
  },
  options: {
    imageName: option({
      short: "i",
      long: "image-name",
      value: "IMAGE_NAME",
      heading: NAMING,
      help: "Template of the name, with pkg_origin, pkg_name, pkg_version, pkg_release and channel",
      default: DEFAULT_IMAGE_NAME,
    }),
    tagLatest: latest.on,
    noTagLatest: latest.off,
    tagVersion: version.on,
    noTagVersion: version.off,
    tagVersionRelease: versionRelease.on,
    noTagVersionRelease: versionRelease.off,
    tagCustom: option({
      long: "tag-custom",
      value: "TAG_CUSTOM",
      heading: NAMING,
      help: "Template of one more tag",
    }),
    pushImage: flag({ long: "push-image", heading: REGISTRY, help: "Push the image to its registry" }),
    noPushImage: flag({
      long: "no-push-image",
      heading: REGISTRY,
      help: "Do not push it (the default)",
      conflictsWith: ["pushImage"],
    }),
    username: option({
      short: "U",
      long: "username",
      value: "USERNAME",
      heading: REGISTRY,
      help: "User name there; for amazon the id of an access key",
    }),
    password: secretOption({
      short: "P",
      long: "password",
      value: "PASSWORD",
      heading: REGISTRY,
      help: "Password; better by --password-stdin, which others cannot see",
      conflictsWith: ["passwordStdin"],
    }),
    passwordStdin: flag({
      long: "password-stdin",
      heading: REGISTRY,
      help: "Read the password from the first line of standard input",
    }),
    registryType: option({
      short: "R",
      long: "registry-type",
      value: "REGISTRY_TYPE",
      heading: REGISTRY,
      help: "Kind of registry",
      default: "docker",
      type: choice(...REGISTRY_TYPES),
    }),
    registryUrl: option({
      short: "G",
      long: "registry-url",
      value: "REGISTRY_URL",
      heading: REGISTRY,
      help: "Host of the registry, with a path if it has one; the name begins with it",
    }),
    mountFrom: optionList({
      long: "mount-from",
      value: "REPOSITORY",
      heading: REGISTRY,
      help: "Repository of the registry whose layers are taken over instead of sent again (may be given several times)",
      values: "one",
      type: repositoryName,
    }),
    engine: option({
      long: "engine",
      value: "ENGINE",
      heading: ENGINE,
      help: "Engine to load the image into; `none` for none",
      env: "HAB_PKG_EXPORT_CONTAINER_ENGINE",
      default: "docker",
      type: choice("docker", "buildah", "podman", "none"),
    }),
    rmImage: flag({
      long: "rm-image",
      heading: ENGINE,
      help: "Leave neither archive nor loaded image, once it is pushed",
    }),
    memory: option({
      short: "m",
      long: "memory",
      value: "MEMORY_LIMIT",
      heading: ENGINE,
      help: "Limit for an engine that builds; without effect, as none does",
    }),
    multiLayer: flag({ long: "multi-layer", help: "A layer for each package (the default)" }),
    singleLayer: flag({
      long: "single-layer",
      help: "One layer for all packages",
      conflictsWith: ["multiLayer"],
    }),
    format: option({
      long: "format",
      value: "FORMAT",
      help: "An archive to load, or the directory of an OCI image layout",
      default: "archive",
      type: choice("archive", "directory"),
    }),
    output: option({
      long: "output",
      value: "PATH",
      completes: "file",
      help: "Where it goes (default: results/ORIGIN-NAME-VERSION-RELEASE-TARGET.image.tar)",
    }),
    ...exportOptions(),
  },
  helpIfBare: true,
  json: true,
  async run(context) {
    const { args, options, env, ui, json, printJson, signal, readLine, source } = context;
    if (options.registryType !== "docker" && options.registryUrl === undefined)
      throw usageProblem(`--registry-type ${options.registryType} needs --registry-url`);
    const credentials = options.pushImage ? await credentialsOf(options, readLine) : undefined;
    if (options.memory !== undefined) ui.warn("--memory has no effect: no engine builds the image");
    const engine = engineFor(options.engine, source("engine") !== "default");

    ui.begin(`Exporting ${args.sources.join(", ")}`);
    const progress = ui.progress("layers", undefined);
    const exported = await exportContainer({
      ...(await rootOptions(options, context)),
      sources: args.sources,
      habPackages: habPackages(options),
      naming: {
        name: options.imageName,
        registry: options.registryUrl,
        tagLatest: !options.noTagLatest,
        tagVersion: !options.noTagVersion,
        tagVersionRelease: !options.noTagVersionRelease,
        tagCustom: options.tagCustom,
      },
      singleLayer: options.singleLayer,
      form: options.format,
      destination: (_, { ident: { origin, name, version: number, release } }) =>
        resolve(
          options.output ??
            `results/${origin}-${name}-${number}-${release}-${activeTarget()}.image${options.format === "archive" ? ".tar" : ""}`,
        ),
      epochSeconds: sourceDate(env["SOURCE_DATE_EPOCH"]),
      onStep: (step) => ui.status("Creating", step),
      onBytes: (bytes) => progress.update(bytes),
      onMissing: (what, why) => ui.warn(`without ${what}: ${why}`),
      ...(credentials && {
        use: (image, name) =>
          pushTo(image, name, {
            type: options.registryType,
            registry: options.registryUrl,
            mountFrom: options.mountFrom,
            credentials,
            endpoint: env["AWS_ENDPOINT_URL_ECR"],
            ui,
            signal,
          }),
      }),
    }).finally(() => progress.finish());
    const identifiers = identifiersOf(exported.name);
    if (engine !== undefined && options.format === "archive" && !options.rmImage) {
      ui.status("Adding", `${identifiers.join(", ")} to ${engine}`);
      await loadIntoEngine(engine, exported.path, identifiers, signal).catch((error: unknown) => {
        // An engine that nobody asked for may be without its daemon.
        if (source("engine") !== "default" || !(error instanceof HabError)) throw error;
        ui.warn(`${error.message}; the archive can be loaded later`);
      });
    }
    if (options.rmImage) rmSync(exported.path, { recursive: true, force: true });
    writeContainerReport("results", exported);
    ui.end(
      options.rmImage
        ? `${identifiers.join(", ")} was made and is not kept here`
        : `${identifiers.join(", ")} (${exported.layers} layers, ${(exported.bytes / 1e6).toFixed(0)} MB) is in ${exported.path}`,
    );
    if (json)
      printJson({
        ident: exported.ident,
        name: exported.name.name,
        tags: exported.name.tags,
        id: exported.id,
        digest: exported.digest,
        layers: exported.layers,
        bytes: exported.bytes,
        path: options.rmImage ? null : exported.path,
        pushed: options.pushImage,
      });
  },
});

/** The engine to load into: the one that is asked for, which must be there, else docker where it is. */
function engineFor(name: Engine | "none", isAskedFor: boolean): Engine | undefined {
  if (name === "none") return undefined;
  if (hasEngine(name)) return name;
  if (!isAskedFor) return undefined;
  throw new HabError(cliErrors.toolMissing, `${name} is not on PATH`, {
    next: `Install ${name}, or leave --engine out: the image is made without an engine and can be loaded later.`,
  });
}

interface GivenCredentials {
  readonly username: string | undefined;
  readonly password: Secret<string> | undefined;
  readonly passwordStdin: boolean;
}

async function credentialsOf(given: GivenCredentials, readLine: LineReader): Promise<Credentials> {
  const { username } = given;
  const password = given.passwordStdin ? secretOf(await readLine()) : given.password;
  if (username === undefined || password === undefined)
    throw usageProblem("--push-image needs --username, and --password or --password-stdin");
  return { username, password };
}

function secretOf(line: string | undefined): Secret<string> {
  if (line === undefined || line === "") throw usageProblem("standard input holds no password");
  return new Secret(line);
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org): seconds since 1970. */
function sourceDate(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,11}$/.test(text) ? Number(text) : undefined;
}
