// Types of studios (reference/plan-build.md §14.3) and what each is made with.
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";

/** `default` and `bootstrap` build packages; `busybox` is a small shell to look around in. */
export type StudioType = "default" | "bootstrap" | "busybox";

interface TypeTraits {
  /** Package of tools when HAB_STUDIO_BACKLINE_PKG names none. */
  readonly backline: string;
  /** Program of the package's PATH that is the shell. */
  readonly shell: string;
  readonly builds: boolean;
  readonly hasSupervisor: boolean;
  /** Whether builds keep a log. */
  readonly records: boolean;
}

export const STUDIO_TYPES: Readonly<Record<StudioType, TypeTraits>> = {
  default: {
    backline: "chef/hab-backline",
    shell: "bash",
    builds: true,
    hasSupervisor: true,
    records: true,
  },
  bootstrap: {
    backline: "core/build-tools-hab-backline",
    shell: "bash",
    builds: true,
    hasSupervisor: false,
    records: false,
  },
  busybox: {
    backline: "core/busybox-static",
    shell: "sh",
    builds: false,
    hasSupervisor: false,
    records: false,
  },
};

/** Types of the original that make no sense here, and why. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  stage1: "its tools are an archive of 2018 that the original downloads from outside",
  bare: "it is an image for a Supervisor, which hab pkg export container makes",
  baseimage: "it is an image for a Supervisor, which hab pkg export container makes",
};

/** The type that `text` names; nothing is `default`. Throws HAB-BLD-071. */
export function parseStudioType(text: string | undefined): StudioType {
  const name = text === undefined || text === "" ? "default" : text;
  if (Object.hasOwn(STUDIO_TYPES, name)) return name as StudioType;
  const why = NOT_OFFERED[name];
  throw new HabError(
    buildErrors.unknownStudioType,
    why === undefined
      ? `Invalid Studio type: ${name}`
      : `A studio of the type ${name} is not offered: ${why}`,
  );
}
