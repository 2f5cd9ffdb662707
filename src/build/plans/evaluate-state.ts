// Where the reading of a plan stands: what is set so far, and in which file, function and branch we are.
import { type Command, placeAt, type Script } from "./bash/index.ts";
import type { ScriptCache } from "./script-file.ts";
import type { Place, PlanFunction, Setting, SourcedFile } from "./values.ts";

export interface State {
  readonly directory: string;
  readonly settings: Map<string, Setting>;
  readonly functions: Map<string, PlanFunction & { readonly body: Command; readonly file: string }>;
  readonly files: Map<string, Script>;
  readonly sourced: SourcedFile[];
  readonly scripts: ScriptCache;
  steps: number;
}

/** Where the reading stands. */
export interface Frame {
  readonly file: string;
  readonly script: Script;
  /** False inside of a branch that may not be taken. */
  readonly certain: boolean;
  readonly sources: number;
  readonly calls: number;
  readonly positional: readonly (string | undefined)[];
}

/** The place of an offset in the file that is being read. */
export function placeOf(frame: Frame, at: number): Place {
  return { file: frame.file, ...placeAt(frame.script.text, at) };
}
