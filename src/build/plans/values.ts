// What a plan's variables hold after it was read, as far as that can be told without running it.

/** A place in a file; line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One text of a variable; `text` is undefined when only running the plan would tell. */
export interface Item {
  readonly key: string | undefined;
  readonly text: string | undefined;
  readonly place: Place;
}

export interface Setting {
  readonly name: string;
  readonly kind: "text" | "list" | "table";
  readonly items: readonly Item[];
  /** False: it depends on a condition that cannot be decided here, so that it may be otherwise in a build. */
  readonly certain: boolean;
  /** Of the last assignment. */
  readonly place: Place;
}

/** A function the plan defines. */
export interface PlanFunction {
  readonly name: string;
  readonly place: Place;
  readonly certain: boolean;
  /** Does nothing: `{ return 0; }`, `{ :; }`. */
  readonly isEmpty: boolean;
}

/** `source` of another file. */
export interface SourcedFile {
  readonly place: Place;
  /** Absolute; undefined when it cannot be told. */
  readonly path: string | undefined;
  readonly state: "read" | "missing" | "unreadable" | "unknown";
}

/** The one text of a variable, as bash gives it for `$name`; undefined when it is not known or not set. */
export function textOf(setting: Setting | undefined): string | undefined {
  if (setting === undefined) return undefined;
  return setting.kind === "table" ? undefined : setting.items[0]?.text;
}
