// What the words of a plan stand for, as far as that can be told without running it.
import { dirname, resolve } from "node:path";
import { type Command, parseQuotedText, type Word, type WordPart } from "./bash/index.ts";
import { type Frame, placeOf, type State } from "./evaluate-state.ts";
import { expandBraces, expandParameter } from "./expand.ts";
import { MAX_VALUE_CHARACTERS } from "./limits.ts";
import type { Item, Setting } from "./values.ts";

/** A word as the items it becomes: `"${list[@]}"`, unquoted blanks and braces make several. */
export function wordItems(state: State, word: Word, frame: Frame): Item[] {
  const place = placeOf(frame, word.at);
  const [only, ...others] = word.parts.filter((part) => part.kind !== "text" || part.text !== "");
  if (others.length === 0 && only?.kind === "variable" && isWhole(only)) {
    const setting = state.settings.get(only.name);
    if (only.name === "@") return frame.positional.map((text) => ({ key: undefined, text, place }));
    if (setting !== undefined) return setting.items.map(({ text }) => ({ key: undefined, text, place }));
    return only.name.startsWith("pkg_") ? [] : [{ key: undefined, text: undefined, place }];
  }
  const text = wordText(state, word, frame);
  if (text === undefined) return [{ key: undefined, text, place }];
  const isPlain = word.parts.every((part) => part.kind === "text" && !part.quoted);
  if (isPlain) return expandBraces(text).map((each) => ({ key: undefined, text: each, place }));
  const splits = word.parts.some((part) => part.kind !== "text" && !part.quoted);
  const isQuoted = word.parts.some((part) => part.quoted);
  if (!splits || isQuoted) return [{ key: undefined, text, place }];
  return text
    .split(/[ \t\n]+/)
    .filter((each) => each !== "")
    .map((each) => ({ key: undefined, text: each, place }));
}

function isWhole(part: Extract<WordPart, { kind: "variable" }>): boolean {
  return part.prefix === "" && (part.name === "@" || /^\[[@*]\]$/.test(part.rest));
}

/** The text of a word; undefined when only running the plan would tell. */
export function wordText(state: State, word: Word, frame: Frame): string | undefined {
  let text = "";
  for (const part of word.parts) {
    const piece = partText(state, part, frame);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return bounded(text);
}

/** A text that is not longer than what is followed. */
export function bounded(text: string): string | undefined {
  return text.length > MAX_VALUE_CHARACTERS ? undefined : text;
}

function partText(state: State, part: WordPart, frame: Frame): string | undefined {
  switch (part.kind) {
    case "text":
      return part.text;
    case "variable":
      return variableText(state, part, frame);
    case "command":
      return substitutionText(state, part.body, frame);
    case "arithmetic":
      return undefined;
  }
}

function variableText(
  state: State,
  part: Extract<WordPart, { kind: "variable" }>,
  frame: Frame,
): string | undefined {
  const { name, prefix } = part;
  let { rest } = part;
  if (prefix !== "") return undefined;
  if (name === "BASH_SOURCE") return rest === "" || rest === "[0]" ? frame.file : undefined;
  if (name === "PLAN_CONTEXT" || name === "PWD") return rest === "" ? state.directory : undefined;
  if (/^[1-9]$/.test(name)) {
    const index = Number(name) - 1;
    const isSet = index < frame.positional.length;
    const text = isSet ? frame.positional[index] : frame.calls > 0 ? "" : undefined;
    return expandParameter(rest, { text, isSet, inner: (inner) => quotedText(state, inner, frame) });
  }
  if (!/^[A-Za-z_]/.test(name)) return undefined;
  const setting = state.settings.get(name);
  // Settings of a plan are unset before it is loaded; any other variable may come from the environment. Of HAB_ORIGIN whoever reads
  // plans says whether there is one: without it a plan that names something else for that case means that.
  const isOriginsStandIn = name === "HAB_ORIGIN" && /^:?[-=+]/.test(rest);
  const isKnown = setting !== undefined || name.startsWith("pkg_") || isOriginsStandIn;
  let text: string | undefined = "";
  const index = /^\[([^\]]*)\]/.exec(rest);
  if (index !== null) rest = rest.slice(index[0].length);
  if (setting !== undefined) text = elementText(setting, index?.[1]);
  if (!isKnown) return undefined;
  return expandParameter(rest, {
    text,
    isSet: setting !== undefined,
    inner: (inner) => quotedText(state, inner, frame),
  });
}

function elementText(setting: Setting, index: string | undefined): string | undefined {
  if (index === "@" || index === "*") {
    const texts = setting.items.map(({ text }) => text);
    return texts.includes(undefined) ? undefined : texts.join(" ");
  }
  if (setting.kind === "table") return setting.items.find(({ key }) => key === index)?.text ?? "";
  if (index !== undefined && !/^[0-9]+$/.test(index)) return undefined;
  const item = setting.items[Number(index ?? 0)];
  return item === undefined ? "" : item.text;
}

function quotedText(state: State, text: string, frame: Frame): string | undefined {
  if (!/[$`\\"']/.test(text)) return text;
  return wordText(state, parseQuotedText(text.replace(/"/g, "")), frame);
}

/** `$(dirname …)`, `$(basename …)`, `$(echo …)` and `$(cd … && pwd)` are known; nothing is run for them. */
function substitutionText(state: State, body: readonly Command[], frame: Frame): string | undefined {
  const [command] = body;
  if (body.length !== 1 || command === undefined) return undefined;
  if (command.kind === "and") {
    const place = simpleTexts(state, command.left, frame);
    const pwd = simpleTexts(state, command.right, frame);
    return place?.[0] === "cd" && pwd?.[0] === "pwd" && place.length === 2 && place[1] !== undefined
      ? resolve(state.directory, place[1])
      : undefined;
  }
  const texts = simpleTexts(state, command, frame);
  if (texts === undefined || texts.includes(undefined)) return undefined;
  const [name, first = "", second] = texts.filter((text) => text !== "--") as string[];
  switch (name) {
    case "dirname":
      return second === undefined ? dirname(first) : undefined;
    case "basename": {
      const base = first.replace(/\/+$/, "").split("/").at(-1) ?? "";
      return second !== undefined && base.endsWith(second) && base !== second
        ? base.slice(0, -second.length)
        : base;
    }
    case "echo":
      return first.startsWith("-") ? undefined : texts.slice(1).join(" ");
    case "pwd":
      return state.directory;
    default:
      return undefined;
  }
}

function simpleTexts(state: State, command: Command, frame: Frame): (string | undefined)[] | undefined {
  if (command.kind !== "simple" || command.assignments.length > 0) return undefined;
  return command.words.map((word) => wordText(state, word, frame));
}
