// Loads a plan without running it: follows its top level as bash would, assignment by assignment, and notes what only a
// run could tell as not known (reference/plan-build.md §4; why it is done so: docs/decisions/0030-plans.md).
import { dirname, resolve } from "node:path";
import { type Assignment, type Command, literal, type Script, type Word } from "./bash/index.ts";
import { type Frame, placeOf, type State } from "./evaluate-state.ts";
import { bounded, wordItems, wordText } from "./evaluate-words.ts";
import { MAX_CALL_DEPTH, MAX_ITEMS, MAX_ROUNDS, MAX_SOURCE_DEPTH, MAX_STEPS } from "./limits.ts";
import { readScript, type ScriptCache } from "./script-file.ts";
import { type Truth, testWords } from "./test-expression.ts";
import type { Item, Place, PlanFunction, Setting, SourcedFile } from "./values.ts";

export interface EvaluateOptions {
  /** Variables that have a value before the plan is loaded. */
  readonly variables: Readonly<Record<string, string>>;
  readonly scripts: ScriptCache;
}

export interface Evaluated {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly functions: ReadonlyMap<string, PlanFunction>;
  /** The plan itself first, then what it sources, each once. */
  readonly files: readonly { readonly path: string; readonly script: Script }[];
  readonly sourced: readonly SourcedFile[];
}

/** Loads the plan at `path`, whose script is `script`. */
export function evaluatePlan(path: string, script: Script, options: EvaluateOptions): Evaluated {
  const state: State = {
    directory: dirname(path),
    settings: new Map(),
    functions: new Map(),
    files: new Map([[path, script]]),
    sourced: [],
    scripts: options.scripts,
    steps: 0,
  };
  const start: Place = { file: path, line: 1, column: 1 };
  for (const [name, text] of Object.entries(options.variables))
    state.settings.set(name, {
      name,
      kind: "text",
      items: [{ key: undefined, text, place: start }],
      certain: true,
      place: start,
    });
  const given = new Map(state.settings);
  run(state, script.commands, { file: path, script, certain: true, sources: 0, calls: 0, positional: [] });
  return {
    settings: new Map([...state.settings].filter(([name, setting]) => given.get(name) !== setting)),
    functions: state.functions,
    files: [...state.files].map(([file, each]) => ({ path: file, script: each })),
    sourced: state.sourced,
  };
}

/** Whether the commands end well: true, false, or not known. */
function run(state: State, commands: readonly Command[], frame: Frame): Truth {
  let status: Truth = true;
  for (const command of commands) status = runCommand(state, command, frame);
  return status;
}

function runCommand(state: State, command: Command, frame: Frame): Truth {
  if (++state.steps > MAX_STEPS) return undefined;
  const maybe = () => ({ ...frame, certain: false });
  switch (command.kind) {
    case "simple":
      return runSimple(state, command, frame);
    case "function": {
      state.functions.set(command.name, {
        name: command.name,
        place: placeOf(frame, command.at),
        certain: frame.certain,
        isEmpty: doesNothing(command.body),
        body: command.body,
        file: frame.file,
      });
      return true;
    }
    case "group":
      return run(state, command.body, frame);
    case "subshell":
      return undefined;
    case "and":
    case "or": {
      const left = runCommand(state, command.left, frame);
      if (left === undefined) {
        runCommand(state, command.right, maybe());
        return undefined;
      }
      return left === (command.kind === "and") ? runCommand(state, command.right, frame) : left;
    }
    case "pipeline": {
      const [only] = command.commands;
      if (command.commands.length !== 1 || only === undefined) return undefined;
      const status = runCommand(state, only, frame);
      return status === undefined ? undefined : status !== command.negated;
    }
    case "test":
      return testWords(command.words, (word) => wordText(state, word, frame));
    case "arithmetic":
      return undefined;
    case "if": {
      let certain = true;
      for (const { test, body } of command.clauses) {
        const here = certain ? frame : maybe();
        const status = run(state, test, here);
        if (status === true) return run(state, body, here);
        if (status === undefined) {
          certain = false;
          run(state, body, maybe());
        }
      }
      run(state, command.otherwise ?? [], certain ? frame : maybe());
      return certain ? true : undefined;
    }
    case "case":
      return runCase(state, command, frame);
    case "loop":
      return runLoop(state, command, frame);
  }
}

function runCase(state: State, command: Extract<Command, { kind: "case" }>, frame: Frame): Truth {
  const subject = wordText(state, command.subject, frame);
  const maybe = { ...frame, certain: false };
  let certain = subject !== undefined;
  for (const { patterns, body } of command.arms) {
    const matches = patterns.map((pattern) =>
      testWords([command.subject, OPERATOR_EQUALS, pattern], (word) => wordText(state, word, frame)),
    );
    if (certain && matches.includes(true)) return run(state, body, frame);
    if (matches.every((match) => match === false)) continue;
    certain = false;
    run(state, body, maybe);
  }
  return undefined;
}

const OPERATOR_EQUALS: Word = { parts: [{ kind: "text", text: "==", quoted: false }], at: 0, end: 0 };

function runLoop(state: State, command: Extract<Command, { kind: "loop" }>, frame: Frame): Truth {
  if (command.variable === undefined || command.words === undefined) {
    run(state, command.body, { ...frame, certain: false });
    return undefined;
  }
  const items = command.words.flatMap((word) => wordItems(state, word, frame));
  for (const item of items.slice(0, MAX_ROUNDS)) {
    assign(
      state,
      { name: command.variable, kind: "text", items: [item], append: false, place: item.place },
      frame,
    );
    run(state, command.body, frame);
  }
  return undefined;
}

/** `{ return 0; }`, `{ :; }`, `{ true; }` and the like. */
function doesNothing(body: Command): boolean {
  if (body.kind !== "group") return false;
  return body.body.every(
    (each) =>
      each.kind === "simple" &&
      each.assignments.length === 0 &&
      [":", "true", "return", "build_line", "echo", "debug"].includes(literal(each.words[0]) ?? "?"),
  );
}

function runSimple(state: State, command: Extract<Command, { kind: "simple" }>, frame: Frame): Truth {
  const words = command.words;
  if (words.length === 0) {
    for (const assignment of command.assignments) assignFrom(state, assignment, undefined, frame);
    return true;
  }
  const name = literal(words[0]);
  const args = words.slice(1).flatMap((word) => wordItems(state, word, frame));
  const texts = args.map(({ text }) => text);
  switch (name) {
    case undefined:
      return undefined;
    case "declare":
    case "typeset":
    case "export":
    case "local":
    case "readonly": {
      const isTable = texts.some((text) => text !== undefined && /^-[a-zA-Z]*A/.test(text));
      for (const assignment of command.declared)
        assignFrom(state, assignment, isTable ? "table" : undefined, frame);
      return true;
    }
    case "source":
    case ".":
      source(state, words[1], command.at, frame);
      return undefined;
    case "unset":
      for (const text of texts) {
        if (text === undefined || text.startsWith("-")) continue;
        if (!texts.includes("-f")) forget(state.settings, text, frame);
        if (!texts.includes("-v")) forget(state.functions, text, frame);
      }
      return true;
    case "read":
    case "mapfile":
    case "readarray":
    case "printf":
    case "getopts":
      becomesUnknown(state, name, texts, command.at, frame);
      return undefined;
    case "test":
    case "[": {
      const last = name === "[" ? words.slice(1, -1) : words.slice(1);
      return testWords(last, (word) => wordText(state, word, frame));
    }
    case "true":
    case ":":
      return true;
    case "false":
      return false;
    case "shift":
    case "eval":
      return undefined;
    default: {
      const called = state.functions.get(name);
      if (called === undefined || frame.calls >= MAX_CALL_DEPTH) return undefined;
      const script = state.files.get(called.file) ?? frame.script;
      const certain = frame.certain && called.certain;
      return runCommand(state, called.body, {
        ...frame,
        file: called.file,
        script,
        certain,
        calls: frame.calls + 1,
        positional: texts,
      });
    }
  }
}

function forget<T>(table: Map<string, T>, name: string, frame: Frame): void {
  if (frame.certain) table.delete(name);
}

/** What `read x`, `mapfile x` and `printf -v x` leave in their variables. */
function becomesUnknown(
  state: State,
  command: string,
  args: readonly (string | undefined)[],
  at: number,
  frame: Frame,
): void {
  const place = placeOf(frame, at);
  const names = command === "printf" ? (args[0] === "-v" ? [args[1]] : []) : args;
  for (const name of names) {
    if (name === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    const items = [{ key: undefined, text: undefined, place }];
    assign(
      state,
      { name, kind: command === "mapfile" ? "list" : "text", items, append: false, place },
      frame,
    );
  }
}

/** Compat: a name without a slash is looked up in PATH first, which plans do not use. */
function source(state: State, word: Word | undefined, at: number, frame: Frame): void {
  const place = placeOf(frame, at);
  const text = word === undefined ? undefined : wordText(state, word, frame);
  if (text === undefined || text === "") {
    state.sourced.push({ place, path: undefined, state: "unknown" });
    return;
  }
  const path = resolve(state.directory, text);
  const script = readScript(path, state.scripts);
  if (typeof script === "string") {
    // In a branch that may not be taken a file may be missing.
    state.sourced.push({ place, path, state: script === "missing" && !frame.certain ? "unknown" : script });
    return;
  }
  state.sourced.push({ place, path, state: "read" });
  state.files.set(path, script);
  if (frame.sources >= MAX_SOURCE_DEPTH) return;
  run(state, script.commands, { ...frame, file: path, script, sources: frame.sources + 1 });
}

function assignFrom(state: State, assignment: Assignment, kind: "table" | undefined, frame: Frame): void {
  const { name, append, index, value } = assignment;
  const place = placeOf(frame, assignment.at);
  if ("parts" in value) {
    const item: Item = { key: index, text: wordText(state, value, frame), place };
    if (index !== undefined) {
      const isTable = state.settings.get(name)?.kind === "table" || !/^[0-9]+$/.test(index);
      assign(state, { name, kind: isTable ? "table" : "list", items: [item], append: true, place }, frame);
    } else assign(state, { name, kind: "text", items: [item], append, place }, frame);
    return;
  }
  const items = value.flatMap((each): Item[] => {
    if (each.key !== undefined) {
      const text = wordText(state, each.value, frame);
      return [{ key: wordText(state, each.key, frame), text, place: placeOf(frame, each.key.at - 1) }];
    }
    return wordItems(state, each.value, frame);
  });
  const isTable = kind === "table" || items.some(({ key }) => key !== undefined && !/^[0-9]+$/.test(key));
  assign(state, { name, kind: isTable ? "table" : "list", items, append, place }, frame);
}

interface NewValue {
  readonly name: string;
  readonly kind: Setting["kind"];
  readonly items: readonly Item[];
  readonly append: boolean;
  readonly place: Place;
}

function assign(state: State, { name, kind, items, append, place }: NewValue, frame: Frame): void {
  const old = state.settings.get(name);
  const certain = frame.certain && (old === undefined || !append || old.certain);
  const put = (value: Pick<Setting, "kind" | "items">) =>
    state.settings.set(name, { name, ...value, certain, place });
  if (kind === "text") {
    const [item] = items;
    if (item === undefined) return;
    if (append && old !== undefined) {
      const [first, ...rest] = old.items;
      const joined =
        first?.text === undefined || item.text === undefined ? undefined : bounded(first.text + item.text);
      put({ kind: old.kind, items: [{ ...item, key: first?.key, text: joined }, ...rest] });
    } else if (!frame.certain && old !== undefined && old.items[0]?.text !== item.text)
      // Either the old value or the new one.
      put({ kind, items: [{ ...item, text: undefined }] });
    else put({ kind, items: [item] });
    return;
  }
  if (append && (old?.items.length ?? 0) >= MAX_ITEMS) return;
  // A branch that may not be taken leaves what was there beside what it adds.
  const keeps = append || !frame.certain;
  const kept = keeps && old !== undefined ? old.items.filter((each) => !isSame(each, items)) : [];
  put({ kind: old?.kind === "table" ? "table" : kind, items: [...kept, ...items].slice(0, MAX_ITEMS) });
}

function isSame(item: Item, others: readonly Item[]): boolean {
  return item.key !== undefined && others.some(({ key }) => key === item.key);
}
