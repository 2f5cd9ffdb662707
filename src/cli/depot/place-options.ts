// Where a depot keeps everything, for every `hab depot` command: a directory, or a database server and an object store.
import type { DepotPlaceWords } from "../../depot/index.ts";
import { type CommandContext, option } from "../command.ts";
import { dataOption } from "./data-option.ts";

export const placeOptions = () => ({
  data: dataOption(),
  database: option({
    long: "database",
    value: "URL",
    help: "Keep the rows in PostgreSQL: postgres://USER@HOST/DATABASE",
    longHelp:
      "The password comes from PGPASSWORD, from the file HAB_DEPOT_DATABASE_PASSWORD_FILE or from ~/.pgpass, never from " +
      "the command line. Parameters: sslmode (verify-full over a network, require, disable), sslrootcert, sslcert and sslkey, schema, " +
      "connections (10), prepare=false (behind a pooler that hands out single transactions).",
    env: "HAB_DEPOT_DATABASE",
    refuseEmpty: true,
  }),
  blobs: option({
    long: "blobs",
    value: "URL",
    help: "Keep the packages' bytes in an object store: s3://BUCKET/PREFIX",
    longHelp:
      "Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from a profile in AWS_SHARED_CREDENTIALS_FILE. " +
      "Parameters: endpoint, region, style (path, or host for the bucket in the host's name).",
    env: "HAB_DEPOT_BLOBS",
    refuseEmpty: true,
  }),
  keys: option({
    long: "keys",
    value: "DIRECTORY",
    completes: "directory",
    help: "Directory of the key that seals secrets, the same for all processes (default: keys in the data directory)",
    env: "HAB_DEPOT_KEYS",
    refuseEmpty: true,
  }),
});

interface PlaceValues {
  readonly data: string;
  readonly database: string | undefined;
  readonly blobs: string | undefined;
  readonly keys: string | undefined;
}

/** The place that options and environment name. */
export function placeOf({
  options,
  source,
  env,
}: Pick<CommandContext<PlaceValues>, "options" | "source" | "env">): DepotPlaceWords {
  return {
    dataDirectory: options.data,
    database: options.database,
    databaseIsPrivate: source("database") === "environment",
    blobs: options.blobs,
    keysDirectory: options.keys,
    env,
  };
}
