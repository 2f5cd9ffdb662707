// Names of the records of a package. On their own, so that who only looks for them loads nothing else.

/** The metadata file with the bill of materials. */
export const BILL_FILE = "SBOM.spdx.json";

/** The metadata file with the provenance. */
export const PROVENANCE_FILE = "PROVENANCE.json";

/** What follows the name of a hart for the file with its signed provenance. */
export const ENVELOPE_SUFFIX = ".intoto.jsonl";
