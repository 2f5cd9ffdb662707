// Pieces of text that plans of several languages have in common.

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is a text and says something. */
export function textIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A path as one word of the shell. */
export function shellWords(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** A phase that packs the project as it is. */
export const COPY_PROJECT = `# The project, without what belongs to its packaging.
do_install() {
  local entry
  mkdir -p "$pkg_prefix/app"
  for entry in *; do
    case "$entry" in
      habitat | results | plan.sh | default.toml | hooks | config) ;;
      *) cp -a "$entry" "$pkg_prefix/app/" ;;
    esac
  done
}
`;
