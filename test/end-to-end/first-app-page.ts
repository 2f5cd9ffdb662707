// docs/first-app.md as first-app.test.ts runs it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./machine.ts";

export interface Step {
  readonly title: string;
  readonly commands: string;
  readonly answer: string | undefined;
}

const page = readFileSync(join(PROJECT, "docs/first-app.md"), "utf8");

/** The blocks to run, in their order, each under the heading it stands below. */
export function stepsOfPage(): Step[] {
  const steps: Step[] = [];
  let title = "";
  for (const [, heading, commands, answer] of page.matchAll(
    /^## ([^\n]+)$|^```sh[^\n]*\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?/gms,
  )) {
    if (heading !== undefined) title = heading;
    else if (commands !== undefined) steps.push({ title, commands, answer });
  }
  return steps;
}

/** What the page has the reader build beforehand, and what its exports bring along. */
export function plansOfPage(): string[] {
  const lines = [...page.matchAll(/script\/build-plans ([a-z0-9 -]+)/g)];
  return [
    ...new Set([...lines.flatMap(([, names = ""]) => names.trim().split(/ +/)), "busybox-static", "cacerts"]),
  ];
}
