// Which language a project is in: the files that only one of them has come first, so that a Go program with a web page's
// package.json is a Go program.
import { goDraft } from "./go.ts";
import { javaDraft } from "./java.ts";
import { makeDraft } from "./make.ts";
import { nodeDraft } from "./node.ts";
import type { Draft, Language, PlanFor, ProjectFiles } from "./project.ts";
import { pythonDraft } from "./python.ts";
import { rubyDraft } from "./ruby.ts";

const DRAFTS: Readonly<Record<Language, (files: ProjectFiles, plan: PlanFor) => Draft | undefined>> = {
  go: goDraft,
  ruby: (files) => (files.has("Gemfile") || files.has("config.ru") ? rubyDraft(files) : undefined),
  node: nodeDraft,
  java: javaDraft,
  python: pythonDraft,
  program: makeDraft,
};

/** Looked at last, since they go by the names of sources alone. */
const BY_SOURCES: Partial<typeof DRAFTS> = { ruby: rubyDraft };

/** The first language that the files speak for; undefined when none does. */
export function detectProject(files: ProjectFiles, plan: PlanFor): Draft | undefined {
  for (const draft of [...Object.values(DRAFTS), ...Object.values(BY_SOURCES)]) {
    const found = draft(files, plan);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A plan for a language that is named; undefined when nothing here is in it. */
export function draftFor(language: Language, files: ProjectFiles, plan: PlanFor): Draft | undefined {
  return (BY_SOURCES[language] ?? DRAFTS[language])(files, plan);
}
