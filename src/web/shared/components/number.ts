// Numbers as English text, which is the language of these pages. Not by Intl: its first use on a page takes the browser longer
// than drawing the page does (decision 54), and would write numbers in another language than the words around them.

/** `1,234,567`; with `digits`, rounded to so many after the point, without zeros at the end: `1.5`. */
export function numberText(value: number, digits = 0): string {
  const rounded = Number(value.toFixed(digits));
  const [whole = "", fraction] = String(Math.abs(rounded)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${rounded < 0 ? "-" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}
