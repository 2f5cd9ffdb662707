// What is known of somebody's software by its files, and what a plan for it is made of: `hab plan init` (docs/first-app.md).

/** Languages that a plan can be written for. `program`: what make builds. */
export const LANGUAGES = ["go", "java", "node", "program", "python", "ruby"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The files of a project, as far as they tell what it is. */
export interface ProjectFiles {
  /** Whether there is something of that name. */
  has(path: string): boolean;
  /** A text, `undefined` where there is none or one too long to be what it should be. */
  read(path: string): string | undefined;
  /** Names in a directory, sorted; hidden ones left out. Nothing where it is no directory. */
  list(path: string): readonly string[];
}

/** What a plan is written for. */
export interface PlanFor {
  /** `pkg_name` of the plan. */
  readonly name: string;
  readonly origin: string;
}

/** A file of a plan, in its place below the plan's directory. */
export interface PlanFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: true;
}

/** What one language gives to a plan. */
export interface Draft {
  /** What was found, for whoever asked: `a program in Node.js, started with server.js`. */
  readonly found: string;
  /** Undefined: the plan's own. */
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly license?: string | undefined;
  readonly deps: readonly string[];
  readonly buildDeps?: readonly string[];
  /** Lines of bash between settings and phases. */
  readonly settings?: string;
  /** The phases, in their order. */
  readonly phases: string;
  /** What the service runs: a command of the shell, at the end of hooks/run. Undefined: it is no service. */
  readonly run?: string;
  /** Lines before that: variables the program reads. */
  readonly environment?: readonly string[];
}
