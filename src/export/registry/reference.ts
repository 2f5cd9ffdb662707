// Where an image goes: which registry, which repository there.

export interface Repository {
  /** `https://host[:port]`; plain http for this machine itself, as engines do it. */
  readonly base: string;
  /** Name of the repository there. */
  readonly name: string;
}

/** The registry that names without one mean. */
const DEFAULT_REGISTRY = "registry-1.docker.io";

/** Takes the name of an image apart. A first component with a dot or a port, or `localhost`, is a registry. */
export function repositoryOf(imageName: string): Repository {
  const slash = imageName.indexOf("/");
  const first = slash < 0 ? "" : imageName.slice(0, slash);
  if (!/[.:]/.test(first) && first !== "localhost")
    return {
      base: `https://${DEFAULT_REGISTRY}`,
      name: slash < 0 ? `library/${imageName}` : imageName,
    };
  const scheme = /^(?:localhost|127\.\d+\.\d+\.\d+)(?::\d+)?$/.test(first) ? "http" : "https";
  return { base: `${scheme}://${first}`, name: imageName.slice(slash + 1) };
}
