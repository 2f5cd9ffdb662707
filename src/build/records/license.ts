// Licences as a plan names them → SPDX expressions (SPDX 2.3 Annex D). What is none gets a LicenseRef of its own.
import isExpression from "spdx-expression-parse";

/** A licence that the SPDX list does not have. */
export interface NamedLicense {
  readonly id: string;
  /** As the plan names it. */
  readonly name: string;
}

export interface DeclaredLicense {
  /** An SPDX expression; NOASSERTION when nothing is declared. */
  readonly expression: string;
  readonly unlisted: readonly NamedLicense[];
}

/** Of several licences in `pkg_license` all apply, as nothing says which of them one may choose. */
export function declaredLicense(names: readonly string[]): DeclaredLicense {
  const given = names.map((name) => name.trim()).filter((name) => name !== "");
  if (given.length === 0) return { expression: "NOASSERTION", unlisted: [] };
  const unlisted: NamedLicense[] = [];
  const parts = [...new Set(given)].map((name) => {
    if (isValid(name)) return /\s(?:OR|AND)\s/.test(name) && given.length > 1 ? `(${name})` : name;
    const id = `LicenseRef-${name.replace(/[^A-Za-z0-9.-]+/g, "-")}`;
    if (!unlisted.some((each) => each.id === id)) unlisted.push({ id, name });
    return id;
  });
  return { expression: [...new Set(parts)].join(" AND "), unlisted };
}

/** The licences in a MANIFEST's line, where words of one expression and several licences look the same. */
export function licensesOfManifest(line: string): string[] {
  const text = line.trim();
  return isValid(text) ? [text] : text.split(/\s+/).filter(Boolean);
}

function isValid(expression: string): boolean {
  try {
    isExpression(expression);
    // The library takes operators in lower case, the specification does not; a DocumentRef would lead nowhere.
    return !/\s(?:and|or|with)\s/.test(expression) && !expression.includes("Ref-");
  } catch {
    return false;
  }
}
