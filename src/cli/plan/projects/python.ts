// Plans for programs in Python: requirements.txt or pyproject.toml, and a file that starts them.
import { parseToml } from "../../../toml/index.ts";
import type { Draft, ProjectFiles } from "./project.ts";
import { COPY_PROJECT, textIn } from "./text.ts";

const SIGNS = ["requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "manage.py"];
const ENTRIES = ["app.py", "main.py", "server.py", "wsgi.py", "run.py"];

/** Undefined where it is none. */
export function pythonDraft(files: ProjectFiles): Draft | undefined {
  const sources = files.list(".").filter((name) => name.endsWith(".py"));
  if (!SIGNS.some((name) => files.has(name)) && sources.length === 0) return undefined;
  const project = projectTable(files.read("pyproject.toml"));
  const isDjango = files.has("manage.py");
  const entry =
    ENTRIES.find((name) => files.has(name)) ?? (sources.length === 1 ? sources[0] : undefined) ?? "app.py";
  const start = isDjango ? "manage.py runserver --noreload 0.0.0.0:{{cfg.port}}" : entry;
  return {
    found: `a program in Python, started with ${isDjango ? "manage.py" : entry}`,
    version: textIn(project, "version"),
    description: textIn(project, "description"),
    deps: ["core/python", "core/busybox-static"],
    phases: `do_build() { return 0; }

${COPY_PROJECT.replace(/\}\n$/, `${REQUIREMENTS}}\n`)}`,
    environment: [
      "export PYTHONPATH={{pkg.path}}/vendor",
      "export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1",
      "export PORT={{cfg.port}}",
    ],
    run: `exec {{pkgPathFor "core/python"}}/bin/python3 ${start}`,
  };
}

const REQUIREMENTS = `  # What it imports goes into the package. From the network; or, where there is a directory \`wheels\`
  # (\`pip3 download --dest wheels --requirement requirements.txt\`), from there alone.
  if [[ -s requirements.txt ]]; then
    local from=()
    if [[ -d wheels ]]; then from=(--no-index --find-links wheels); fi
    pip3 install --no-cache-dir --disable-pip-version-check --target "$pkg_prefix/vendor" "\${from[@]}" \\
      --requirement requirements.txt
  fi
`;

function projectTable(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const project = parseToml(text, { source: "pyproject.toml" }).get("project");
    return project instanceof Map ? Object.fromEntries(project) : {};
  } catch {
    return {}; // the file tells what it is by its name alone
  }
}
