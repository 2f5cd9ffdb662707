// `--generate-config`: the effective options as a TOML file with their help (reference/supervisor.md §3.2).
import { Secret } from "../../crypto/index.ts";
import { formatBind } from "../../supervisor/index.ts";
import { formatTomlValue } from "../../toml/index.ts";
import { LOAD_TOML_KEYS, type MergedRun, TOML_KEYS } from "./run-config.ts";
import { runOptions, SAME_PORT } from "./run-options.ts";

/** The text: for each option its help, then its key with the value, commented out where it has none. */
export function generateConfig({ values, service }: MergedRun): string {
  const parts: Readonly<Record<string, { readonly grammar: { readonly help: string } }>> = runOptions();
  const sections = TOML_KEYS.filter(([key]) => key !== "ring_key").map(([key, field]) =>
    section(key, parts[field]?.grammar.help ?? "", tomlOf(values[field])),
  );
  const named = section(
    "pkg_ident_or_artifact",
    "A package (core/redis) or a .hart file to load as a service",
    tomlOf(service),
  );
  return [...sections, named].join("");
}

/** The same for `hab svc load` (reference/cli.md §10.12). */
export function generateLoadConfig(
  values: Readonly<Record<string, unknown>>,
  ident: string | undefined,
  own: Readonly<Record<string, { readonly grammar: { readonly help: string } }>>,
): string {
  const parts: typeof own = { ...runOptions(), ...own };
  const keys = [["force", "force"], ["remote_sup", "remoteSup"], ...LOAD_TOML_KEYS] as const;
  const sections = keys.map(([key, field]) =>
    section(key, parts[field]?.grammar.help ?? "", tomlOf(values[field])),
  );
  return [section("pkg_ident", "A package (core/redis)", tomlOf(ident)), ...sections].join("");
}

function section(key: string, help: string, value: string | undefined): string {
  return `###  ${help}\n${value === undefined ? `# ${key} = ` : `${key} = ${value}`}\n\n`;
}

function tomlOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "boolean" || typeof value === "bigint") return formatTomlValue(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => tomlOf(item)).join(", ")}]`;
  return formatTomlValue(optionText(value) ?? "");
}

/** The value of an option as one would type it; undefined when it has none. */
export function optionText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) return String(value);
  // Compat: what was given is printed, tokens too: the file is to start the same Supervisor.
  if (value instanceof Secret) return String(value.reveal());
  const object = value as { host?: string; port?: number; serviceGroup?: unknown };
  if (object.serviceGroup !== undefined) return formatBind(value as Parameters<typeof formatBind>[0]);
  const host = object.host?.includes(":") ? `[${object.host}]` : object.host;
  return object.port === SAME_PORT ? `${host}` : `${host}:${object.port}`;
}
