// For the tests of the depot's pages and for its pictures: a release that has everything a page can show.
import { RELEASE } from "./rows.ts";

export const WEB = "acme/web-shop/2.4.1/20260301120000";

const README = `# Web shop

The shop of **Acme**: catalogue, basket and checkout in one service. It needs [Redis](https://redis.io) for
sessions and keeps orders in PostgreSQL.

## Run it

\`\`\`bash
hab svc load acme/web-shop --bind database:postgresql.default --bind sessions:redis.default
\`\`\`

| Setting | Default | What it does |
|---|---|---|
| \`port\` | 8080 | where the shop listens |
| \`workers\` | 4 | processes that answer |
| \`currency\` | \`EUR\` | what prices are in |

## Upgrading

- From 2.3: nothing to do.
- From 1.x: run \`web-shop migrate\` once, *before* the new release is promoted.

> Sessions of 1.x are not taken over: customers sign in once more.
`;

const PLAN = `pkg_name=web-shop
pkg_origin=acme
pkg_version=2.4.1
pkg_deps=(core/redis-client core/openssl)
do_build() { make; }`;

/** Everything a page can show of a release. */
export const WEB_FILES: Readonly<Record<string, string>> = {
  MANIFEST: `# acme / web-shop
The shop of Acme: catalogue, basket and checkout in one service

* __Maintainer__: The shop's people <shop@acme.example>
* __Version__: 2.4.1
* __Upstream URL__: [https://shop.acme.example](https://shop.acme.example)
* __License__: Apache-2.0

# Plan

## Plan Source

\`\`\`bash
${PLAN}
\`\`\`
`,
  "README.md": README,
  DEPS: `core/part-1/1.1.0/${RELEASE}\n`,
  TDEPS: `core/part-1/1.1.0/${RELEASE}\n`,
  EXPOSES: "8080\n",
  "default.toml": 'port = 8080\nworkers = 4\ncurrency = "EUR"\n',
  "bin/web-shop": `#!/bin/sh\n${"x".repeat(90_000)}\n`,
  "lib/shop/catalogue.so": "c".repeat(310_000),
  "lib/shop/basket.so": "b".repeat(120_000),
  "lib/shop/locale/de.json": "{}".repeat(9_000),
  "lib/shop/locale/fr.json": "{}".repeat(8_000),
  "share/doc/web-shop/CHANGES": "2.4.1\n".repeat(800),
  "hooks/run": "#!/bin/sh\nexec web-shop\n",
  "hooks/health-check": "#!/bin/sh\ncurl -f localhost:8080\n",
  "SBOM.spdx.json": JSON.stringify({
    spdxVersion: "SPDX-2.3",
    packages: [
      { name: "web-shop", versionInfo: "2.4.1", licenseDeclared: "Apache-2.0" },
      { name: "left-pad", versionInfo: "1.3.0", licenseDeclared: "WTFPL" },
      { name: "express", versionInfo: "5.2.1", licenseDeclared: "MIT" },
    ],
  }),
  "PROVENANCE.json": JSON.stringify({
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: { buildType: "https://example.org/plan/v1", resolvedDependencies: [{}, {}, {}] },
      runDetails: {
        builder: { id: "https://build.acme.example" },
        metadata: { startedOn: "2026-03-01T11:58:00Z" },
      },
    },
  }),
};
