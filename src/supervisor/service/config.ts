// The configuration of one running service: its layers, and the last good state of each (reference/services.md §11).
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError, systemErrorCode } from "../../error/index.ts";
import { habPath } from "../../host/index.ts";
import { parseToml, type TomlTable } from "../../toml/index.ts";
import { type ConfigLayers, environmentLayer, mergeLayers } from "../config/layers.ts";
import { fileState } from "../watch.ts";

export class ServiceConfig {
  readonly #name: string;
  #layers: ConfigLayers;
  #userProblem: string | undefined;
  #mergeProblems: readonly string[] = [];
  #appliedIncarnation = 0n;
  #merged: TomlTable | undefined;
  #userLoaded: boolean;
  /** user.toml as it was before it was read: what happens to it from then on has to be noticed. */
  readonly userState: string;

  private constructor(
    name: string,
    layers: ConfigLayers,
    userProblem: string | undefined,
    userState: string,
  ) {
    this.#name = name;
    this.userState = userState;
    this.#layers = layers;
    this.#userProblem = userProblem;
    this.#userLoaded = layers.user !== undefined;
  }

  /**
   * Reads default.toml of `directory`, `HAB_<NAME>` and user.toml. Any that is broken throws: at the start of a service
   * there is no last good one. Of a service that starts again, `previous` has the last good user.toml.
   */
  static async load(name: string, directory: string, previous?: ServiceConfig): Promise<ServiceConfig> {
    const userState = fileState(userConfigPath(name));
    const { user, problem } = await readUserLayer(name, previous);
    return new ServiceConfig(
      name,
      {
        default: await readLayer(join(directory, "default.toml")),
        environment: environmentLayer(name, process.env),
        user,
      },
      problem,
      userState,
    );
  }

  /** What templates see. */
  get merged(): TomlTable {
    if (this.#merged === undefined) {
      const { table, problems } = mergeLayers(this.#layers);
      this.#merged = table;
      this.#mergeProblems = problems.map((problem) => problem.message);
    }
    return this.#merged;
  }

  get layers(): ConfigLayers {
    return this.#layers;
  }

  /** The version of the applied layer; 0 when nothing was applied. */
  get appliedIncarnation(): bigint {
    return this.#appliedIncarnation;
  }

  /** Compat: whether user.toml had a say since the start (`user_config_updated`). */
  get userConfigLoaded(): boolean {
    return this.#userLoaded;
  }

  get problems(): readonly string[] {
    return this.#userProblem === undefined
      ? this.#mergeProblems
      : [...this.#mergeProblems, this.#userProblem];
  }

  /** Takes configuration applied to the group if it is newer than what is in force; whether it was. */
  apply(incarnation: bigint, table: TomlTable): boolean {
    if (incarnation <= this.#appliedIncarnation) return false;
    this.#appliedIncarnation = incarnation;
    this.#set({ gossip: table });
    return true;
  }

  /** Reads user.toml anew; a missing file empties the layer. A broken one leaves it as it was and answers why. */
  async reloadUser(): Promise<string | undefined> {
    try {
      this.#set({ user: await readLayer(userConfigPath(this.#name)) });
      this.#userLoaded ||= this.#layers.user !== undefined;
      this.#userProblem = undefined;
    } catch (error) {
      this.#userProblem = describeError(error);
    }
    return this.#userProblem;
  }

  #set(layers: ConfigLayers): void {
    this.#layers = { ...this.#layers, ...layers };
    this.#merged = undefined;
  }
}

/** `/hab/user/<name>/config/user.toml`. */
export function userConfigPath(name: string): string {
  return habPath("user", name, "config", "user.toml");
}

/** user.toml, or the last good one with what is wrong with the new. Throws when there is no last good one. */
async function readUserLayer(
  name: string,
  previous: ServiceConfig | undefined,
): Promise<{ readonly user: TomlTable | undefined; readonly problem?: string }> {
  try {
    return { user: await readLayer(userConfigPath(name)) };
  } catch (error) {
    if (previous === undefined) throw error;
    return { user: previous.layers.user, problem: describeError(error) };
  }
}

async function readLayer(path: string): Promise<TomlTable | undefined> {
  try {
    return parseToml(await readFile(path, "utf8"), { source: path });
  } catch (error) {
    // Compat: a file that cannot be opened counts as absent, one that cannot be parsed as broken.
    if (systemErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
