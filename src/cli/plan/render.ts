// `hab plan render`: a template with the configuration of its plan, without a Supervisor (reference/cli.md §10.8).
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { underRoot, writeFileWhole } from "../../host/index.ts";
import { compileTemplates, templateErrors } from "../../template/index.ts";
import { argument, defineCommand, flag, option } from "../command.ts";
import { existingFile } from "../values.ts";
import { type NamedText, renderData } from "./render-data.ts";

export const command = defineCommand({
  summary: "Render a configuration template or hook of a plan",
  description:
    "Renders one template with default.toml (and user.toml) as `cfg`. Mock data is a JSON object laid over everything, " +
    "for what only a Supervisor knows: `svc`, `bind`, `sys`, `pkg`.",
  examples: [
    {
      command: "hab plan render config/redis.conf",
      explains: "with ./default.toml, written to ./results/redis.conf",
    },
    { command: "hab plan render hooks/run -m mock.json -p -n -q", explains: "print it, write nothing" },
  ],
  args: {
    template: argument({ value: "TEMPLATE_PATH", help: "The template to render", type: existingFile }),
  },
  options: {
    defaultToml: option({
      short: "d",
      long: "default-toml",
      value: "DEFAULT_TOML",
      completes: "file",
      help: "Path of default.toml",
      default: "./default.toml",
    }),
    userToml: option({
      short: "u",
      long: "user-toml",
      value: "USER_TOML",
      completes: "file",
      help: "Path of a user.toml, laid over it",
    }),
    mockData: option({
      short: "m",
      long: "mock-data",
      value: "MOCK_DATA",
      completes: "file",
      help: "Path of a JSON file laid over all",
    }),
    print: flag({ short: "p", long: "print", help: "Print the rendered text" }),
    renderDir: option({
      short: "r",
      long: "render-dir",
      value: "RENDER_DIR",
      completes: "directory",
      help: "Directory to write the rendered file to",
      default: "./results",
    }),
    noRender: flag({ short: "n", long: "no-render", help: "Write nothing to disk" }),
    quiet: flag({ short: "q", long: "quiet", help: "No lines but the rendered text (with --print)" }),
  },
  helpIfBare: true,
  json: true,
  async run({ args, options, ui, stdout, json, printJson }) {
    const { template, ...values } = { ...args, ...options };
    const file = basename(template);
    const say = (line: () => void) => {
      if (!values.quiet) line();
    };
    say(() => ui.begin(`Rendering: ${template} into: ${values.renderDir} as: ${file}`));
    say(() => ui.br());
    const source = text(template);
    const input = (what: string, path: string): NamedText => {
      say(() => ui.begin(`Importing ${what}: ${path}`));
      return { source: path, text: read(path) };
    };
    const data = renderData({
      defaultToml: input("default.toml", values.defaultToml),
      userToml: values.userToml === undefined ? undefined : input("user.toml", values.userToml),
      mockJson: values.mockData === undefined ? undefined : input("mock data", values.mockData),
    });
    const templates = await compileTemplates(new Map([[template, source]]), {
      packagesRoot: underRoot("/hab/pkgs"),
    });
    const rendered = templates.render(template, data);
    if (values.print && !json) {
      say(() => ui.br());
      say(() => ui.warn(`###======== Rendered template: ${template}`));
      stdout.write(`${rendered}\n`);
      say(() => ui.warn(`========### End rendered template: ${template}`));
    }
    // As the directory was written, `./` included: it is what the person typed.
    const target = `${values.renderDir.replace(/\/+$/, "")}/${file}`;
    if (!values.noRender) {
      say(() => ui.status("Creating", `file: ${target}`));
      write(values.renderDir, file, rendered);
    }
    say(() => ui.br());
    if (json) printJson({ template, file: values.noRender ? null : target, text: rendered });
  },
});

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = systemErrorCode(cause) === "ENOENT" ? "there is no such file" : "it cannot be opened";
    throw new HabError(templateErrors.unreadable, `cannot read ${path}: ${reason}`, { cause });
  }
}

function text(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read(path));
  } catch (cause) {
    if (cause instanceof HabError) throw cause;
    throw new HabError(templateErrors.unreadable, `cannot read ${path}: it is not UTF-8 text`, { cause });
  }
}

function write(directory: string, file: string, rendered: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    writeFileWhole(join(directory, file), rendered, { mode: 0o644 });
  } catch (cause) {
    throw new HabError(templateErrors.unwritable, `cannot write ${join(directory, file)}`, { cause });
  }
}
