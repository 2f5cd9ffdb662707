// `hab doctor`, versions: ours, those of Habitat that are installed, the kernel and the C library.
import { formatIdent, listInstalled } from "../../package/index.ts";
import { COMPATIBLE_VERSION, OWN_VERSION } from "../version.ts";
import { type Check, checksOf, type DoctorContext } from "./check.ts";

const { ok, failure } = checksOf("versions");

const OLDEST_KERNEL = [4, 18] as const;
const ORIGINS = ["chef", "core"];
const PROGRAMS = ["hab", "hab-launcher", "hab-sup"];

/** What is there; only a kernel that is too old is a failure. */
export function checkVersions(context: DoctorContext): Check[] {
  const { root, kernel, glibc } = context;
  const installed = ORIGINS.flatMap((origin) =>
    PROGRAMS.flatMap((name) => listInstalled({ ident: { origin, name }, root })),
  );
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  const isOld = major < OLDEST_KERNEL[0] || (major === OLDEST_KERNEL[0] && minor < OLDEST_KERNEL[1]);
  return [
    ok("hab", `${OWN_VERSION}, compatible with Habitat ${COMPATIBLE_VERSION}`),
    ok("Habitat's packages", installed.length === 0 ? "none" : installed.map(formatIdent).join(", ")),
    isOld
      ? failure("kernel", kernel, `Use a kernel of ${OLDEST_KERNEL.join(".")} or later.`)
      : ok("kernel", kernel),
    ok("glibc", glibc ?? "another C library"),
  ];
}
