// Licence expressions by SPDX (spec 2.3, annex D), with the names of the list that spdx.org keeps.
import parseExpression from "spdx-expression-parse";
import { mostSimilar } from "./similar.ts";

// Required, as the library above does it: imported, the lists would reach that one as modules and not as lists.
const licenses = require("spdx-license-ids") as readonly string[];
const deprecated = require("spdx-license-ids/deprecated") as readonly string[];

const LICENSES = new Map([...licenses, ...deprecated].map((name) => [name.toLowerCase(), name]));

/** Ways to write licences that plans have and the list has not. */
const USUAL: Readonly<Record<string, string>> = {
  apache: "Apache-2.0",
  apache2: "Apache-2.0",
  apachev2: "Apache-2.0",
  apachelicense20: "Apache-2.0",
  bsd: "BSD-3-Clause",
  bsd2: "BSD-2-Clause",
  bsd2clause: "BSD-2-Clause",
  bsd3: "BSD-3-Clause",
  gpl: "GPL-2.0-or-later",
  gpl2: "GPL-2.0-only",
  gplv2: "GPL-2.0-only",
  "gplv2+": "GPL-2.0-or-later",
  gpl3: "GPL-3.0-only",
  gplv3: "GPL-3.0-only",
  "gplv3+": "GPL-3.0-or-later",
  lgpl: "LGPL-2.1-or-later",
  lgplv2: "LGPL-2.0-only",
  lgplv21: "LGPL-2.1-only",
  "lgplv21+": "LGPL-2.1-or-later",
  lgplv3: "LGPL-3.0-only",
  mozilla: "MPL-2.0",
  mplv2: "MPL-2.0",
  mit2: "MIT",
  openssl: "OpenSSL",
  python: "PSF-2.0",
  zlib: "Zlib",
  publicdomain: "LicenseRef-public-domain",
};

export interface SpdxProblem {
  readonly unknown: string;
  readonly meant: string | undefined;
}

/** What is wrong with a licence expression; undefined when nothing is. */
export function spdxProblem(expression: string): SpdxProblem | undefined {
  // Names compare without regard to case by SPDX, operators and the library do not.
  const plain = expression.replace(/[A-Za-z0-9.-]+/g, (name) => LICENSES.get(name.toLowerCase()) ?? name);
  try {
    parseExpression(plain);
    return undefined;
  } catch {
    return { unknown: expression, meant: suggestion(expression) };
  }
}

function suggestion(text: string): string | undefined {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9+]/g, "")
    .replace(/licen[sc]e/, "");
  const usual = USUAL[plain] ?? USUAL[plain.replace(/0$/, "")];
  if (usual !== undefined) return usual;
  const same = [...LICENSES.values()].find((name) => name.toLowerCase().replace(/[^a-z0-9+]/g, "") === plain);
  return same ?? LICENSES.get(mostSimilar(text.toLowerCase(), LICENSES.keys()) ?? "");
}
