// Rules about sources and their checksums (reference/plan-build.md §9, §11).
import type { ReadPlan } from "../read-plan.ts";
import { textOf } from "../values.ts";
import type { Report } from "./finding.ts";
import type { PlanText } from "./text.ts";

/** Whether what is downloaded is verified. */
export function checkSources(plan: ReadPlan, text: PlanText, report: Report): void {
  const { settings, functions } = plan;
  const checksum = settings.get("pkg_shasum");
  const checksumText = textOf(checksum);
  if (
    checksum !== undefined &&
    checksumText !== undefined &&
    checksumText !== "" &&
    !/^[0-9a-fA-F]{64}$/.test(checksumText)
  ) {
    report(
      "bad-checksum",
      checksum.place,
      `pkg_shasum is "${checksumText.slice(0, 70)}", which is not 64 hexadecimal digits`,
      "Write what `sha256sum` prints for the source.",
    );
    return;
  }
  const source = settings.get("pkg_source");
  const address = textOf(source);
  if (source === undefined || address === "") return;
  // Found out while it is built, as for sources that have no fixed version.
  if (checksum === undefined && text.assigned.has("pkg_shasum")) return;
  // Checked against a signed index instead.
  if (address?.startsWith("deb:")) return;
  if (checksum !== undefined && checksumText !== "") return;
  const filename = settings.get("pkg_filename");
  const verifies = !functions.has("do_verify") && !(filename !== undefined && textOf(filename) === "");
  const downloads = !functions.has("do_download");
  if (address?.startsWith("http://") && downloads)
    report(
      "insecure-source",
      source.place,
      "pkg_source comes over plain http and has no checksum: anybody on the way can change it",
      "Add pkg_shasum, and use https.",
    );
  if (verifies)
    report(
      "missing-checksum",
      source.place,
      "pkg_source has no pkg_shasum: do_verify compares with nothing and ends the build",
      "Add pkg_shasum=… with what `sha256sum` prints for the source, or define do_verify().",
    );
  else if (downloads)
    report(
      "unverified-source",
      source.place,
      "pkg_source is downloaded and never verified",
      "Add pkg_shasum and leave do_verify() out.",
    );
}
