// Rules about what a plan sets (reference/plan-build.md §4).
import { isValidOriginName, isValidPackageName } from "../../../package/index.ts";
import { knownItems, type ReadPlan } from "../read-plan.ts";
import { type Place, type Setting, textOf } from "../values.ts";
import type { Report } from "./finding.ts";
import {
  LIST_SETTINGS,
  PROVIDED,
  programNames,
  REMOVED_SETTINGS,
  TABLE_SETTINGS,
  TEXT_SETTINGS,
} from "./known.ts";
import { mostSimilar } from "./similar.ts";
import { spdxProblem } from "./spdx.ts";

const ALL_SETTINGS = [...TEXT_SETTINGS, ...LIST_SETTINGS, ...TABLE_SETTINGS];
const SIGNALS = new Set([
  "ABRT",
  "ALRM",
  "CONT",
  "HUP",
  "ILL",
  "INT",
  "KILL",
  "PIPE",
  "QUIT",
  "STOP",
  "TERM",
  "TSTP",
  "TTIN",
  "TTOU",
  "USR1",
  "USR2",
  "WINCH",
]);

/** Names of settings, their kinds and their values, other than dependencies and sources. */
export function checkSettings(plan: ReadPlan, read: ReadonlySet<string>, report: Report): void {
  checkNames(plan, read, report);
  checkKinds(plan, report);
  checkIdent(plan, report);
  checkDescription(plan, report);
  checkValues(plan, report);
}

/** The beginning of the plan, for what is missing. */
export function startOf(plan: ReadPlan): Place {
  return { file: plan.path, line: 1, column: 1 };
}

function checkNames(plan: ReadPlan, read: ReadonlySet<string>, report: Report): void {
  for (const [name, { place }] of plan.settings) {
    if (!name.startsWith("pkg_") || ALL_SETTINGS.includes(name)) continue;
    if (PROVIDED.has(name)) {
      report("set-by-build", place, `${name} is set by the build program`, "Leave the assignment out.");
      continue;
    }
    const removed = REMOVED_SETTINGS[name];
    if (removed !== undefined) {
      report("removed-setting", place, `${name} does nothing: ${removed}`, "Leave it out.");
      continue;
    }
    if (read.has(name) || programNames().variables.has(name)) continue;
    const meant = mostSimilar(name, ALL_SETTINGS);
    report(
      "unknown-setting",
      place,
      `nothing reads ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      meant === undefined
        ? "Leave it out, or give it a name that does not begin with pkg_ if a function is to use it."
        : `Write ${meant}.`,
    );
  }
}

function checkKinds(plan: ReadPlan, report: Report): void {
  for (const [name, setting] of plan.settings) {
    const first = textOf(setting);
    if (
      LIST_SETTINGS.has(name) &&
      setting.kind === "text" &&
      name !== "pkg_license" &&
      first !== undefined &&
      /\S\s+\S/.test(first)
    )
      report(
        "not-a-list",
        setting.place,
        `${name} is one text, "${shown(first)}", not a list`,
        `Write it with parentheses: ${name}=(${shown(first)}).`,
      );
    if (TABLE_SETTINGS.has(name) && setting.kind !== "table" && setting.items.some(({ text }) => text !== ""))
      report(
        "not-a-table",
        setting.place,
        `the values of ${name} have no names`,
        `Write ${name}=([name]=value).`,
      );
  }
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function checkIdent(plan: ReadPlan, report: Report): void {
  const start = startOf(plan);
  const name = plan.settings.get("pkg_name");
  const nameText = textOf(name);
  if (name === undefined || (name.certain && nameText === ""))
    report(
      "missing-name",
      name?.place ?? start,
      "pkg_name is not set: the build ends at once",
      "Add pkg_name=….",
    );
  else if (nameText !== undefined && !isValidPackageName(nameText))
    report(
      "bad-name",
      name.place,
      `pkg_name is "${shown(nameText)}": only letters, digits, - and _ are allowed`,
      "Change pkg_name.",
    );
  const origin = plan.settings.get("pkg_origin");
  const originText = textOf(origin);
  if (origin === undefined || originText === "")
    report(
      "missing-origin",
      origin?.place ?? start,
      "pkg_origin is not set: the build needs HAB_ORIGIN, or `origin` of cli.toml",
      "Add pkg_origin=… if the plan belongs to one origin.",
    );
  else if (originText !== undefined && !isValidOriginName(originText))
    report(
      "bad-name",
      origin.place,
      `pkg_origin is "${shown(originText)}": an origin has lower-case letters, digits, - and _, and begins with a letter or digit`,
      "Change pkg_origin.",
    );
  checkVersion(plan, report);
}

function isOfDebian({ settings }: ReadPlan): boolean {
  return settings.has("pkg_deb_packages") || textOf(settings.get("pkg_source"))?.startsWith("deb:") === true;
}

function checkVersion(plan: ReadPlan, report: Report): void {
  const version = plan.settings.get("pkg_version");
  const text = textOf(version);
  const computed = plan.functions.get("pkg_version");
  // A Debian package has its own.
  if (version === undefined && isOfDebian(plan)) return;
  if ((version === undefined || (text === "" && version.certain)) && computed === undefined)
    report(
      "missing-version",
      version?.place ?? startOf(plan),
      "neither pkg_version nor a function pkg_version() is there: the build ends at once",
      "Add pkg_version=….",
    );
  else if (
    version !== undefined &&
    text !== undefined &&
    text !== "" &&
    (/[/\s]/.test(text) || text === "." || text === "..")
  )
    report(
      "bad-version",
      version.place,
      `pkg_version is "${shown(text)}": it becomes the name of a directory`,
      "Leave out slashes and blanks.",
    );
  if (
    version === undefined &&
    computed !== undefined &&
    !plan.settings.has("pkg_scaffolding") &&
    !plan.files.some(({ script }) => script.text.includes("update_pkg_version"))
  )
    report(
      "missing-version",
      computed.place,
      "pkg_version() is there, but nothing calls update_pkg_version: the build ends before do_prepare",
      "Call update_pkg_version in do_before().",
    );
}

function checkDescription(plan: ReadPlan, report: Report): void {
  const { settings } = plan;
  const start = startOf(plan);
  const isMissing = (setting: Setting | undefined) =>
    setting === undefined || (setting.certain && setting.items.every(({ text }) => text === ""));
  if (isMissing(settings.get("pkg_description")))
    report("missing-description", start, "the package does not say what it is", 'Add pkg_description="…".');
  if (isMissing(settings.get("pkg_maintainer")))
    report(
      "missing-maintainer",
      start,
      "the package does not say whom to ask about it",
      'Add pkg_maintainer="Name <address>".',
    );
  const license = settings.get("pkg_license");
  if (isMissing(license))
    report(
      "missing-license",
      start,
      "the package does not say what its licence is",
      "Add pkg_license=(…) with an SPDX name.",
    );
  for (const { text, item } of knownItems(license)) {
    if (text === "") continue;
    const problem = spdxProblem(text);
    if (problem === undefined) continue;
    const { unknown, meant } = problem;
    report(
      "license-not-spdx",
      item.place,
      `"${shown(unknown)}" is no licence of the SPDX list${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      meant === undefined
        ? "Use a name of https://spdx.org/licenses, or LicenseRef-… for one that is not there."
        : `Write ${meant}.`,
    );
  }
}

function checkValues(plan: ReadPlan, report: Report): void {
  const { settings } = plan;
  const type = settings.get("pkg_type");
  if (type !== undefined && textOf(type) === "composite")
    report(
      "composite",
      type.place,
      "composite packages are no longer built",
      "Leave pkg_type out and list the packages in pkg_deps.",
    );
  const scaffolding = settings.get("pkg_scaffolding");
  const ident = textOf(scaffolding);
  if (
    scaffolding !== undefined &&
    ident !== undefined &&
    ident !== "" &&
    (scaffolding.items.length > 1 || !isIdent(ident))
  )
    report(
      "bad-scaffolding",
      scaffolding.place,
      `pkg_scaffolding is "${shown(ident)}", which is not one ident`,
      "Write one package with its origin: core/scaffolding-go.",
    );
  const signal = settings.get("pkg_shutdown_signal");
  const signalText = textOf(signal);
  if (signal !== undefined && signalText !== undefined && !SIGNALS.has(signalText.replace(/^SIG/, "")))
    report(
      "bad-shutdown",
      signal.place,
      `pkg_shutdown_signal is "${shown(signalText)}", which is no signal a Supervisor sends`,
      "Use TERM, INT, QUIT, HUP, USR1 or the like.",
    );
  const timeout = settings.get("pkg_shutdown_timeout_sec");
  const timeoutText = textOf(timeout);
  if (timeout !== undefined && timeoutText !== undefined && !/^[0-9]{1,9}$/.test(timeoutText))
    report(
      "bad-shutdown",
      timeout.place,
      `pkg_shutdown_timeout_sec is "${shown(timeoutText)}", not a number of seconds`,
      "Write whole seconds: pkg_shutdown_timeout_sec=30.",
    );
  for (const name of [
    "pkg_bin_dirs",
    "pkg_lib_dirs",
    "pkg_include_dirs",
    "pkg_pconfig_dirs",
    "pkg_interpreters",
  ])
    for (const { text, item } of knownItems(settings.get(name)))
      if (text.startsWith("/") || text.split("/").includes(".."))
        report(
          "directory-outside",
          item.place,
          `${name} has "${shown(text)}", but it is taken below $pkg_prefix`,
          "Write it relative to the package: bin, lib.",
        );
}

/** Whether a text is an ident with an origin, all parts of which can be on disk. */
export function isIdent(text: string): boolean {
  const parts = text.split("/");
  if (parts.length < 2 || parts.length > 4) return false;
  const [origin = "", name = "", ...rest] = parts;
  return (
    isValidPackageName(origin) &&
    isValidPackageName(name) &&
    rest.every((part) => part !== "" && !/\s/.test(part) && part !== "." && part !== "..")
  );
}
