// What MANIFEST says of a package, read out of its Markdown (reference/plan-build.md, "MANIFEST"). Packages are made by whoever:
// everything is text, and an address counts only when it is of the web.

export interface ManifestFacts {
  readonly description: string;
  readonly license: string | undefined;
  readonly upstream: string | undefined;
  readonly maintainer: string | undefined;
  /** The plan's text; empty where there is none. */
  readonly plan: string;
}

/** Longest value that is shown beside a package. */
const MAX_VALUE_LENGTH = 300;

export function manifestFacts(manifest: string): ManifestFacts {
  const [head = ""] = manifest.split(/^# Plan$/m, 1);
  const lines = head.split("\n");
  const firstField = lines.findIndex((line) => line.startsWith("* __"));
  const description = lines
    .slice(1, firstField < 0 ? undefined : firstField)
    .join("\n")
    .trim();
  const field = (name: string): string | undefined => {
    const line = lines.find((each) => each.startsWith(`* __${name}__: `));
    const value = line?.slice(`* __${name}__: `.length).trim().slice(0, MAX_VALUE_LENGTH);
    return value === "" ? undefined : value;
  };
  const address = /^\[.*\]\((https?:\/\/[^\s)]+)\)$/.exec(field("Upstream URL") ?? "")?.[1];
  return {
    description,
    license: field("License"),
    upstream: address,
    maintainer: field("Maintainer"),
    plan: planOf(manifest),
  };
}

function planOf(manifest: string): string {
  const start = /^## Plan Source\n+```[a-z0-9]*\n/m.exec(manifest);
  if (start === null) return "";
  const text = manifest.slice(start.index + start[0].length);
  const end = text.lastIndexOf("\n```");
  return end < 0 ? text : text.slice(0, end);
}
