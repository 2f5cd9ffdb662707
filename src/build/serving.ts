// What a build's requests are served with, made once for each build (reference/plan-build.md §2). Loaded while bash reads its
// program, so nothing here is needed to start it.

import { basename, dirname, join } from "node:path";
import { KeyCache, type SecretKey } from "../crypto/index.ts";
import { prepareToPack } from "../package/index.ts";
import type { BuildOptions, BuildOutput } from "./build.ts";
import { RecordKeeper } from "./records/keeper.ts";
import { LockSlot } from "./records/lock-slot.ts";
import type { RequestContext } from "./requests.ts";

export { serveRequest } from "./requests.ts";

/** Loads what every build needs in its end, for the time when there is nothing else to do. Never rejects. */
export async function prepare(): Promise<void> {
  try {
    await import("./records/documents.ts");
    await prepareToPack();
  } catch {
    // What is wrong shows when it is used.
  }
}

/** What is known when the build has begun. */
export interface BuildBeginning {
  /** What the plan sees. */
  readonly environment: Readonly<Record<string, string>>;
  readonly epochSeconds: number;
  readonly output: BuildOutput;
  /** Aborts when the build program has ended. */
  readonly signal: AbortSignal;
}

/** The context of a build's requests. */
export function requestContext(
  { target, version, install, show, lock = { kind: "none" }, hartDigest = noDigest }: BuildOptions,
  { environment, epochSeconds, output, signal }: BuildBeginning,
): RequestContext {
  const rootPath = environment["HAB_ROOT_PATH"] || "/hab";
  const root = habRoot(environment);
  return {
    ...output,
    root,
    signingKey: signingKeys(environment["HAB_CACHE_KEY_PATH"] || join(rootPath, "cache", "keys")),
    epochSeconds,
    install,
    show,
    records: new RecordKeeper({
      isOn: environment["HAB_BUILD_RECORDS"] !== "off",
      root,
      target,
      version,
      epochSeconds,
      builder: environment["HAB_BUILDER_ID"] || undefined,
    }),
    lock: new LockSlot(lock, { root, target, hartDigest }),
    signal,
  };
}

function signingKeys(directory: string): RequestContext["signingKey"] {
  const keys = new Map<string, SecretKey<"origin-secret">>();
  return (origin) => {
    const key = keys.get(origin) ?? new KeyCache(directory).latest("origin-secret", origin);
    keys.set(origin, key);
    return key;
  };
}

const noDigest = async () => undefined;

/** What holds `hab/pkgs`: `/`, or the parent of HAB_ROOT_PATH. */
export function habRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const rootPath = environment["HAB_ROOT_PATH"] || "/hab";
  return basename(rootPath) === "hab" ? dirname(rootPath) : rootPath;
}
