// What the commands about packages and plans print with `--json`.
import {
  ANYTHING,
  count,
  eitherOf,
  type JsonSchema,
  listOf,
  mapOf,
  nullable,
  object,
  oneOf,
  text,
  truth,
} from "../json-schema.ts";
import { IDENT } from "./shared.ts";

const PACKAGE_IN_CHANNEL = object({ ident: IDENT, target: text(), channel: text() });
const PLANNED = text("origin/name");
const SEVERITY = oneOf("error", "warning", "hint");
const NEED = oneOf("run", "build", "scaffolding");
const BIND = object({ name: text(), exports: listOf(text()) });
const PUBLISHED = object({
  ident: IDENT,
  target: text(),
  outcome: oneOf("uploaded", "known", "unsupported-target"),
});
const HART_SIGNATURE = {
  format_version: text(),
  key_name: text("the signer, name-revision"),
  hash_type: text(),
  signature_raw: text("base64"),
};

export const packageSchemas: Readonly<Record<string, JsonSchema>> = {
  "pkg binds": object({ ident: IDENT, required: listOf(BIND), optional: listOf(BIND) }),
  "pkg binlink": object({
    links: listOf(
      object({ link: text("path"), target: text("path"), outcome: oneOf("linked", "unchanged", "kept") }),
    ),
  }),
  "pkg build": eitherOf(
    object({
      pkg_origin: text(),
      pkg_name: text(),
      pkg_version: text(),
      pkg_release: text(),
      pkg_target: text(),
      pkg_ident: IDENT,
      pkg_artifact: text("file name of the hart"),
      pkg_sha256sum: text(),
      pkg_blake2bsum: text(),
      path: text("of the hart"),
    }),
    object({
      hart: text("what --check compares with: a hart, or an installed package"),
      ident: IDENT,
      outcome: oneOf("identical", "same-files", "different"),
      differences: listOf(
        object({
          path: text("below the package's directory"),
          problem: oneOf("only in the given one", "only in the new one", "kind", "mode", "link", "content"),
          detail: text("what is where, in words"),
        }),
      ),
    }),
  ),
  "pkg bulkupload": object({ createdOrigins: listOf(text()), packages: listOf(PUBLISHED) }),
  "pkg channels": object({
    ident: IDENT,
    target: text(),
    channels: listOf(object({ name: text(), createdAt: text("UTC"), promotedAt: text("UTC") })),
  }),
  "pkg config": nullable(mapOf(ANYTHING)),
  "pkg delete": object({ ident: IDENT, target: text(), deleted: truth() }),
  "pkg demote": PACKAGE_IN_CHANNEL,
  "pkg dependencies": object({ ident: IDENT, dependencies: listOf(text()) }),
  "pkg download": object({
    directory: text(),
    packages: listOf(
      object({ ident: IDENT, target: text(), path: text(), downloaded: truth("false: it was there") }),
    ),
  }),
  "pkg env": mapOf(text()),
  "pkg gc": object({
    removed: listOf(object({ ident: IDENT, bytes: count() })),
    harts: listOf(object({ path: text(), bytes: count() })),
    bytes: count("of all that is listed as removed"),
    kept: listOf(
      object({
        ident: IDENT,
        reason: oneOf(
          "loaded",
          "running",
          "pinned",
          "binlinked",
          "hab",
          "interpreter",
          "newest",
          "needed",
          "in use",
          "hook failed",
        ),
      }),
    ),
    dry_run: truth("nothing was removed"),
  }),
  "pkg export container": object({
    ident: IDENT,
    name: text("of the image, with its registry"),
    tags: listOf(text()),
    id: text("sha256 of the configuration, which engines call the image's id"),
    digest: text("sha256 of the manifest, which registries know it by"),
    layers: count(),
    bytes: count("of all blobs"),
    path: nullable(text("null when it is not kept")),
    pushed: truth(),
  }),
  "pkg export systemd": object({ path: text(), ident: IDENT, unit: text("name of the unit in it") }),
  "pkg export tar": object({ path: text(), ident: IDENT, packages: count() }),
  "pkg hash": object({ files: listOf(object({ path: text(), hash: text("BLAKE2b-256, hexadecimal") })) }),
  "pkg header": nullable(object({ path: text(), ...HART_SIGNATURE })),
  "pkg info": object({
    ...HART_SIGNATURE,
    ident: IDENT,
    origin: text(),
    name: text(),
    version: text(),
    release: text(),
    checksum: text("BLAKE2b-256, hexadecimal"),
    target: text(),
    is_a_service: truth(),
    deps: listOf(IDENT),
    tdeps: listOf(IDENT),
    build_deps: listOf(IDENT),
    build_tdeps: listOf(IDENT),
    exposes: listOf(count("port")),
    manifest: text(),
    config: nullable(text("default.toml")),
    svc_user: nullable(text()),
    svc_group: nullable(text()),
    ld_run_path: nullable(text()),
    ldflags: nullable(text()),
    cflags: nullable(text()),
  }),
  "pkg install": object({
    packages: listOf(object({ ident: IDENT, installed: listOf(IDENT) })),
  }),
  "pkg list": object({ packages: listOf(IDENT) }),
  "pkg path": object({ ident: IDENT, path: text() }),
  "pkg pin": object({ pins: listOf(text("an ident, maybe partial")) }),
  "pkg promote": PACKAGE_IN_CHANNEL,
  "pkg provenance": object({
    _type: text("https://in-toto.io/Statement/v1"),
    subject: listOf(
      object({ digest: mapOf(text("hexadecimal")) }, { name: text(), annotations: mapOf(ANYTHING) }),
    ),
    predicateType: text("https://slsa.dev/provenance/v1"),
    predicate: object({ buildDefinition: mapOf(ANYTHING), runDetails: mapOf(ANYTHING) }),
  }),
  "pkg provides": object({ files: listOf(object({ ident: IDENT, path: text() })) }),
  "pkg sbom": object(
    {
      spdxVersion: text("SPDX-2.3, whose own schema says what packages hold"),
      SPDXID: text(),
      name: text(),
      documentNamespace: text(),
      dataLicense: text(),
      creationInfo: object({ created: text("UTC"), creators: listOf(text()) }),
      packages: listOf(mapOf(ANYTHING)),
      relationships: listOf(
        object({ spdxElementId: text(), relationshipType: text(), relatedSpdxElement: text() }),
      ),
    },
    { hasExtractedLicensingInfos: listOf(mapOf(ANYTHING)) },
  ),
  "pkg search": object({ packages: listOf(text("an ident")), total: count("found, shown or not") }),
  "pkg sign": object({ path: text("of the hart"), key: text("the signer, name-revision") }),
  "pkg uninstall": object({ removed: listOf(IDENT), dry_run: truth("nothing was removed") }),
  "pkg unpin": object({ pins: listOf(text("an ident, maybe partial")) }),
  "pkg upload": object({ packages: listOf(PUBLISHED) }),
  "pkg verify": object(
    {
      path: text("of the hart"),
      checksum: text("BLAKE2b-256, hexadecimal"),
      key: text("the signer, name-revision"),
    },
    {
      ident: text("of the installed package; this and the next field only for one"),
      differences: listOf(
        object({
          path: text("below the package's directory"),
          problem: oneOf(
            "missing",
            "extra",
            "changed kind",
            "changed mode",
            "changed content",
            "changed link",
          ),
        }),
      ),
    },
  ),
  "pkg why": object({
    from: IDENT,
    to: text("as it was asked for"),
    paths: listOf(listOf(IDENT)),
    cut: truth("there are more paths"),
  }),
  "plan check": object(
    {},
    {
      plans: count("how many were checked"),
      error: count(),
      warning: count(),
      hint: count(),
      findings: listOf(
        object({
          rule: text("lasting name, see hab plan check --rules"),
          severity: SEVERITY,
          file: text("path"),
          line: count("from 1"),
          column: count("from 1"),
          message: text("what is there, and why that is a problem"),
          next: text("what to do"),
        }),
      ),
      rules: listOf(object({ name: text(), severity: SEVERITY, about: text() })),
    },
  ),
  "plan init": object({
    made: listOf(text("path")),
    changed: listOf(text("path")),
    kept: listOf(text("path")),
  }),
  "plan order": object({
    plans: listOf(
      object({
        package: PLANNED,
        path: text("of plan.sh"),
        needs: listOf(
          object({
            package: PLANNED,
            kind: NEED,
            certain: truth("false: a condition of the plan decides it"),
          }),
        ),
      }),
    ),
  }),
  "plan rebuild": object({
    base: nullable(text("the commit it is compared with")),
    upToDate: count("packages that need no build"),
    packages: listOf(
      object({
        package: PLANNED,
        path: text("of plan.sh"),
        reasons: listOf(
          object(
            { kind: oneOf("new", "asked", "changed", "needs", "newer") },
            {
              files: listOf(text("of the plan, relative to it")),
              key: PLANNED,
              how: NEED,
              was: IDENT,
              is: IDENT,
            },
          ),
        ),
        outcome: nullable(
          object(
            { kind: oneOf("built", "failed", "skipped") },
            {
              ident: IDENT,
              hart: text("file name, in the directory of results"),
              seconds: count(),
              log: text("path"),
              because: text("the package it needs that is missing; absent when the run was ended"),
            },
          ),
        ),
      }),
    ),
  }),
  "plan render": object({
    template: text("path"),
    file: nullable(text("what was written")),
    text: text(),
  }),
};
