// The text of a new plan.sh, from values alone (reference/cli.md §10.8). Every value is quoted for bash: what a person or the
// environment gives may refer to variables of the plan, as values of plans do, but is never code.

/** What a new plan is made of. */
export interface PlanValues {
  /** Variables with a value, `pkg_name` and so on; the others get their default or stay commented out. */
  readonly variables: ReadonlyMap<string, string>;
  /** Without explanations, service settings and most callbacks. */
  readonly minimal: boolean;
}

type Kind = "word" | "text" | "array" | "number";

interface Field {
  readonly name: string;
  readonly kind: Kind;
  /** Right-hand side of an active line when there is no value. */
  readonly initial?: string;
  /** Lines of a commented-out example, the first after `name=`. */
  readonly example?: string;
  readonly about: string;
  /** Left out of a minimal plan unless it has a value. */
  readonly service?: true;
}

const FIELDS: readonly Field[] = [
  { name: "pkg_name", kind: "word", about: "Required. With the origin, the name of the package." },
  { name: "pkg_origin", kind: "word", about: "The origin whose key signs the package." },
  {
    name: "pkg_version",
    kind: "text",
    initial: '"0.1.0"',
    about: "Required. Compared by numbers: 1.10 is newer than 1.9.",
  },
  {
    name: "pkg_maintainer",
    kind: "text",
    initial: '"The Habitat Maintainers <humans@habitat.sh>"',
    about: "Whom to ask about this plan.",
  },
  {
    name: "pkg_license",
    kind: "array",
    initial: '("Apache-2.0")',
    about: "Licences of the software, as SPDX names.",
  },
  {
    name: "pkg_scaffolding",
    kind: "text",
    example: '"some/scaffolding"',
    about: "A package with callbacks for one language.",
  },
  {
    name: "pkg_source",
    kind: "text",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    example: '"http://some_source_url/releases/${pkg_name}-${pkg_version}.tar.gz"',
    about: "Where the sources are downloaded from. Leave it out when they lie beside the plan.",
  },
  {
    name: "pkg_filename",
    kind: "text",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    example: '"${pkg_name}-${pkg_version}.tar.gz"',
    about: "Name of the downloaded file, if the address does not end with it.",
  },
  {
    name: "pkg_shasum",
    kind: "text",
    initial: '"TODO"',
    about: "SHA-256 of the downloaded file; needed with a source.",
  },
  { name: "pkg_deps", kind: "array", initial: "(core/glibc)", about: "Packages needed when it runs." },
  {
    name: "pkg_build_deps",
    kind: "array",
    initial: "(core/make core/gcc)",
    about: "Packages needed only to build it.",
  },
  {
    name: "pkg_lib_dirs",
    kind: "array",
    example: "(lib)",
    about: "Directories of the package with shared libraries.",
  },
  {
    name: "pkg_include_dirs",
    kind: "array",
    example: "(include)",
    about: "Directories of the package with headers.",
  },
  {
    name: "pkg_bin_dirs",
    kind: "array",
    example: "(bin)",
    about: "Directories of the package with programs, for PATH.",
  },
  {
    name: "pkg_pconfig_dirs",
    kind: "array",
    example: "(lib/pconfig)",
    about: "Directories with pkg-config files.",
  },
  {
    name: "pkg_svc_run",
    kind: "text",
    example: '"haproxy -f $pkg_svc_config_path/haproxy.conf"',
    about: "The command of the service, where hooks/run would do nothing else.",
    service: true,
  },
  {
    name: "pkg_exports",
    kind: "array",
    example: "(\n  [host]=srv.address\n  [port]=srv.port\n)",
    about: "Settings that other services may read, by name.",
    service: true,
  },
  {
    name: "pkg_exposes",
    kind: "array",
    example: "(port ssl-port)",
    about: "Exports that are ports to open.",
    service: true,
  },
  {
    name: "pkg_binds",
    kind: "array",
    example: '(\n  [database]="port host"\n)',
    about: "Services it needs, with the exports it reads.",
    service: true,
  },
  {
    name: "pkg_binds_optional",
    kind: "array",
    example: '(\n  [storage]="port host"\n)',
    about: "Services it can use but does not need.",
    service: true,
  },
  {
    name: "pkg_interpreters",
    kind: "array",
    example: "(bin/bash)",
    about: "Interpreters it offers to scripts.",
    service: true,
  },
  {
    name: "pkg_svc_user",
    kind: "text",
    example: '"hab"',
    about: "The user the service runs as.",
    service: true,
  },
  {
    name: "pkg_svc_group",
    kind: "text",
    example: '"$pkg_svc_user"',
    about: "The group it runs as.",
    service: true,
  },
  {
    name: "pkg_shutdown_signal",
    kind: "text",
    example: '"TERM"',
    about: "The signal that stops it.",
    service: true,
  },
  {
    name: "pkg_shutdown_timeout_sec",
    kind: "number",
    example: "8",
    about: "Seconds until it is killed.",
    service: true,
  },
  {
    name: "pkg_description",
    kind: "text",
    example: '"Some description."',
    about: "One sentence on what it is.",
  },
  {
    name: "pkg_upstream_url",
    kind: "text",
    example: '"http://example.com/project-name"',
    about: "Home page of the software.",
  },
];

const CALLBACKS: readonly (readonly [name: string, about: string])[] = [
  ["begin", "Before anything else."],
  ["download", "Fetches pkg_source."],
  ["verify", "Compares it with pkg_shasum."],
  ["clean", "Removes what an earlier build left."],
  ["unpack", "Unpacks the sources."],
  ["prepare", "Last settings and patches before the build."],
  ["build", "Builds: ./configure and make, unless you say otherwise."],
  ["check", "Tests what was built; runs when DO_CHECK is set."],
  ["install", "Puts the files under $pkg_prefix."],
  ["strip", "Removes debugging symbols."],
  ["end", "After everything else."],
];

const INTRODUCTION = `# The plan of a Habitat package: a bash script that says what it is and how it is built.
# Lines that are commented out are examples. Build it with \`hab pkg build\`.

`;

/** The whole plan.sh, ending in a newline. */
export function planText({ variables, minimal }: PlanValues): string {
  const fields = FIELDS.filter(({ name, service }) => !minimal || !service || variables.has(name));
  const settings = fields.map((field) => {
    const setting = settingLines(field, variables.get(field.name));
    return minimal ? setting : `# ${field.about}\n${setting}\n`;
  });
  const callbacks = CALLBACKS.filter(([name]) => !minimal || name === "build" || name === "install").map(
    ([name, about]) => {
      const body = name === "check" ? "return 0" : `do_default_${name}`;
      return `${minimal ? "" : `# ${about}\n`}do_${name}() {\n  ${body}\n}\n`;
    },
  );
  return `${minimal ? "" : INTRODUCTION}${settings.join("\n")}\n${minimal ? "\n" : ""}${callbacks.join("\n")}`;
}

function settingLines({ name, kind, initial, example }: Field, value: string | undefined): string {
  if (value !== undefined) return `${name}=${written(kind, value)}`;
  if (initial !== undefined) return `${name}=${initial}`;
  return `${name}=${example ?? ""}`.replace(/^/gm, "# ");
}

function written(kind: Kind, value: string): string {
  if (kind === "array" && isPlainArray(value)) return value;
  if (kind === "number" && /^\d+$/.test(value)) return value;
  if (kind === "word" && /^[\w./+-]+$/.test(value)) return value;
  return inDoubleQuotes(value);
}

/** A variable that bash puts in: `$pkg_name`, `${pkg_name}`. Nothing else that begins with `$` is left to bash. */
const REFERENCE = String.raw`\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})`;
const SPECIAL = new RegExp(String.raw`\\\$|${REFERENCE}|[\\"$${"`"}]`, "g");

/** The text as one bash word: nothing in it is run, variables are put in, `\$` is a dollar sign. */
export function inDoubleQuotes(value: string): string {
  return `"${value.replace(SPECIAL, (found) => (found.length > 1 ? found : `\\${found}`))}"`;
}

const PLAIN_WORD = String.raw`(?:(?:[\w./:@%+,=-]|${REFERENCE})+|"(?:[^"\\$${"`"}]|${REFERENCE})*"|'[^']*')`;
const PLAIN_ARRAY = new RegExp(String.raw`^\((?:\s*|\s*${element()}(?:\s+${element()})*\s*)\)$`);

function element(): string {
  return String.raw`(?:\[[\w-]+\]=)?${PLAIN_WORD}`;
}

/** Whether bash reads it as an array of words, `(a "b $c" [key]='d')`, and runs nothing in it. */
export function isPlainArray(value: string): boolean {
  return PLAIN_ARRAY.test(value);
}
