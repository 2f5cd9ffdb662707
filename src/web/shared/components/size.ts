// Sizes in bytes, in words.
import { numberText } from "./number.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `14.2 MB`: decimal units, three digits. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${numberText(value, digits)} ${UNITS[unit]}`;
}
