// The files of a plan for somebody's project: commented where a person will change something, and complete, so that the first
// build succeeds without a change.
import type { Draft, PlanFile, PlanFor } from "./project.ts";

/** plan.sh and what belongs beside it. */
export function planFiles(draft: Draft, plan: PlanFor): PlanFile[] {
  const service: PlanFile[] =
    draft.run === undefined
      ? [{ path: "default.toml", text: NO_SETTINGS }]
      : [
          { path: "default.toml", text: settings(draft) },
          { path: "hooks/run", text: runHook(draft, draft.run), executable: true },
          { path: "hooks/health-check", text: HEALTH_CHECK, executable: true },
        ];
  return [
    { path: "plan.sh", text: planText(draft, plan) },
    ...service,
    { path: "README.md", text: readme(draft, plan) },
  ];
}

function planText(draft: Draft, { name, origin }: PlanFor): string {
  const { buildDeps = [], run } = draft;
  const lines = [
    `# ${capital(draft.found)}. Build it with \`hab pkg build .\` in the project's directory.`,
    `pkg_name=${word(name)}`,
    "# The origin whose key signs the package: `hab origin key generate` makes one.",
    `pkg_origin=${word(origin)}`,
    "# Compared by numbers: 1.10 is newer than 1.9.",
    `pkg_version=${word(versionOf(draft.version))}`,
    `pkg_description=${quoted(draft.description ?? `What ${name} is, in one sentence`)}`,
    "# As SPDX writes them.",
    `pkg_license=(${quoted(draft.license ?? "Apache-2.0")})`,
    "",
    "# What it needs when it runs. A package brings everything it needs, so that it runs on any Linux.",
    `pkg_deps=(${draft.deps.join(" ")})`,
    ...(buildDeps.length > 0
      ? ["# What only its build needs.", `pkg_build_deps=(${buildDeps.join(" ")})`]
      : []),
    ...(draft.settings === undefined ? [] : [draft.settings.trimEnd()]),
    ...(run === undefined ? [] : ["", SERVICE.trimEnd()]),
    "",
  ];
  return `${lines.join("\n")}\n${draft.phases}`;
}

const SERVICE = `# What services bound to this one may read: names, and the settings of default.toml that they stand for.
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# Services this one needs, and what it reads of them. With a bind, hooks and files in config/ may say
# {{#eachAlive bind.database.members as |member|}}{{member.sys.ip}}{{/eachAlive}}.
# pkg_binds=(
#   [database]="port"
# )
# Asked to end by TERM, it is killed after so many seconds.
pkg_shutdown_timeout_sec=10
`;

const NO_SETTINGS =
  "# Settings that templates in config/ and hooks/ read as {{cfg.name}}. A program that is no service has none.\n";

function settings({ run = "" }: Draft): string {
  const java = run.includes("cfg.java_options")
    ? '\n# Options of the Java virtual machine.\njava_options = "-Xmx256m"\n'
    : "";
  return `# Defaults of the settings. \`hab config apply\` changes them for a whole service group, user.toml on one machine.
# hooks/run hands them to the program; those it would rather read from a file belong into a template in config/.

# Where it listens. The program reads it from the variable PORT.
port = 8080
${java}`;
}

function runHook({ environment = [] }: Draft, run: string): string {
  const isPacked = run.includes("{{pkg.path}}");
  return `#!{{pkgPathFor "core/busybox-static"}}/bin/sh
# Starts the service. The last command replaces the shell: signals reach the program itself.
exec 2>&1
${environment.join("\n")}
cd {{pkg.path}}${isPacked ? "" : "/app"} || exit 1
${run}
`;
}

const HEALTH_CHECK = `#!{{pkgPathFor "core/busybox-static"}}/bin/sh
# How the service is: 0 well, 1 a warning, 2 bad, 3 unknown. Ask for a page that needs whatever the service needs.
PATH={{pkgPathFor "core/busybox-static"}}/bin
if timeout 5 wget -q -O /dev/null http://127.0.0.1:{{cfg.port}}/; then exit 0; fi
echo "http://127.0.0.1:{{cfg.port}}/ does not answer as it should"
exit 2
`;

function readme({ found, run }: Draft, { name, origin }: PlanFor): string {
  const use =
    run === undefined
      ? `hab pkg install --binlink results/${origin}-${name}-*.hart\n`
      : `hab pkg install results/${origin}-${name}-*.hart\nhab svc load ${origin}/${name}\n`;
  return `# ${origin}/${name}

${capital(found)}.

\`\`\`sh
hab pkg build .
${use}\`\`\`

| file | |
|---|---|
| \`plan.sh\` | what the package is made of, and how |
| \`default.toml\` | settings and their defaults |
${run === undefined ? "" : "| `hooks/run` | how the service starts |\n| `hooks/health-check` | how to know that it is well |\n"}`;
}

/** Versions that idents can have; another one is for the person to say. */
function versionOf(version: string | undefined): string {
  return version !== undefined && /^\d[\w.+~-]*$/.test(version) ? version : "0.1.0";
}

function word(text: string): string {
  return /^[\w.+~-]+$/.test(text) ? text : quoted(text);
}

/** One word of bash in which nothing is run or replaced. */
function quoted(text: string): string {
  return `"${text.replace(/\s+/g, " ").replace(/["\\$`]/g, String.raw`\$&`)}"`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
