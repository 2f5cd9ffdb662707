// What schemas of more than one area are made of.
import { object, text } from "../json-schema.ts";

export const IDENT = text("origin/name/version/release");
export const NAMED_KEY = { name: text(), revision: text("UTC, as YYYYMMDDhhmmss") };
export const KEY_FILE = object({ ...NAMED_KEY, path: text() });
export const KEY_PAIR_FILES = object({
  ...NAMED_KEY,
  public_key: text("path of its file"),
  secret_key: text("path of its file"),
});
