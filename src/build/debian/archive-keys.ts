// Debian's archive keys for where the machine has none: a studio, a system that is not Debian. Like the certificates of a
// browser they are as trustworthy as this program.
import text from "./archive-keys.asc" with { type: "text" };

export const DEBIAN_ARCHIVE_KEYS: string = text;
