// What the commands about this host and this program print with `--json`.
import { count, type JsonSchema, listOf, object, oneOf, text, truth } from "../json-schema.ts";

export const hostSchemas: Readonly<Record<string, JsonSchema>> = {
  doctor: object({
    ok: truth(),
    checks: listOf(
      object(
        { section: text(), name: text(), state: oneOf("ok", "warning", "failure"), found: text() },
        { next: text("what to do about it") },
      ),
    ),
  }),
  "license accept": object({ path: text("of the file that says so"), accepted_before: truth() }),
  "self-check": object({
    ok: truth(),
    checks: listOf(object({ name: text(), ok: truth() }, { problem: text() })),
  }),
  supportbundle: object({
    path: text("of the bundle"),
    files: count("members that are regular files, LEFT-OUT not counted"),
    left_out: listOf(object({ path: text("in the bundle"), reason: text() })),
  }),
};
