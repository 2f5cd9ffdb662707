// Where a depot keeps everything: one directory, or a database server and an object store for many processes. Opened
// here for the server and for every command that acts on it.
import { join, resolve } from "node:path";
import { Secret } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { isPresent } from "../host/index.ts";
import type { BlobStore } from "./blobs/blob-store.ts";
import { openFileBlobs } from "./blobs/file-blobs.ts";
import { type BlobLedger, blobLedger } from "./blobs/ledger.ts";
import { isS3Url, parseS3Url } from "./blobs/s3-address.ts";
import { makeDataDirectory } from "./data-directory.ts";
import { depotErrors } from "./errors.ts";
import { SEALING_KEY_VARIABLE, type SealingKeyPlace } from "./secrets.ts";
import {
  type DatabaseAddress,
  type DepotDatabase,
  type OpenDatabaseOptions,
  openDatabase,
} from "./store/database.ts";
import { isPostgresUrl, parsePostgresUrl, type SecretEnvironment } from "./store/postgres-address.ts";

/** What options and environment say. A string is a data directory that holds everything. */
export type DepotPlace = string | DepotPlaceWords;

export interface DepotPlaceWords {
  readonly dataDirectory: string;
  /** `postgres://…`; without it `depot.sqlite` in the data directory. */
  readonly database?: string | undefined;
  /** The address of the database came from a variable, so it may hold a password. */
  readonly databaseIsPrivate?: boolean;
  /** `s3://…`; without it files in the data directory. */
  readonly blobs?: string | undefined;
  /** Directory of the key that seals secrets; without it `keys` in the data directory. */
  readonly keysDirectory?: string | undefined;
  /** Gives passwords and keys. */
  readonly env?: SecretEnvironment;
}

export interface OpenPlace {
  readonly dataDirectory: string;
  readonly keys: SealingKeyPlace;
  readonly database: DepotDatabase;
  readonly blobs: BlobStore;
  readonly ledger: BlobLedger;
}

function wordsOf(place: DepotPlace): DepotPlaceWords {
  return typeof place === "string" ? { dataDirectory: place } : place;
}

/** The data directory as an absolute path, made when missing. */
export function dataDirectoryOf(place: DepotPlace): string {
  const directory = resolve(wordsOf(place).dataDirectory);
  makeDataDirectory(directory);
  return directory;
}

/** Whether the blobs are files of the data directory. */
export function hasFileBlobs(place: DepotPlace): boolean {
  return wordsOf(place).blobs === undefined;
}

/** Whether the database is a file of the data directory. */
export function hasFileDatabase(place: DepotPlace): boolean {
  return wordsOf(place).database === undefined;
}

/** The database's address. Throws HabError `databaseAddressInvalid`. */
export function databaseAddressOf(place: DepotPlace): DatabaseAddress {
  const { database, databaseIsPrivate = false, env = process.env } = wordsOf(place);
  if (database === undefined) return join(dataDirectoryOf(place), "depot.sqlite");
  if (!isPostgresUrl(database))
    throw new HabError(
      depotErrors.databaseAddressInvalid,
      "the address of the database is no postgres:// URL",
    );
  return parsePostgresUrl(database, env, { mayHoldPassword: databaseIsPrivate });
}

/**
 * The place, where a depot has been before. What only looks at one or takes away must not make an empty one where a path is
 * mistyped, and call it well. Throws HabError `noDepot`.
 */
export function existingDepot(place: DepotPlace): DepotPlace {
  const { dataDirectory } = wordsOf(place);
  if (hasFileDatabase(place) && !isPresent(join(resolve(dataDirectory), "depot.sqlite")))
    throw new HabError(depotErrors.noDepot, `there is no depot in ${resolve(dataDirectory)}`);
  return place;
}

export async function openDatabaseOf(
  place: DepotPlace,
  options?: OpenDatabaseOptions,
): Promise<DepotDatabase> {
  return await openDatabase(databaseAddressOf(place), options);
}

/** Opens database and blobs. The caller closes the database. Throws HabError. */
export async function openPlace(place: DepotPlace, options?: OpenDatabaseOptions): Promise<OpenPlace> {
  const dataDirectory = dataDirectoryOf(place);
  const { blobs: blobsAddress, keysDirectory, env = process.env } = wordsOf(place);
  if (blobsAddress !== undefined && !isS3Url(blobsAddress))
    throw new HabError(depotErrors.blobAddressInvalid, "the address of the blobs is no s3:// URL");
  const given = env[SEALING_KEY_VARIABLE] || undefined;
  const s3 = blobsAddress === undefined ? undefined : parseS3Url(blobsAddress, env);
  const database = await openDatabaseOf(place, options);
  try {
    const ledger = blobLedger(database, options?.now);
    const blobs =
      s3 === undefined
        ? await openFileBlobs(dataDirectory, ledger)
        : await (await import("./blobs/s3-blobs.ts")).openS3Blobs(s3, dataDirectory, ledger);
    return {
      dataDirectory,
      keys: {
        directory: keysDirectory === undefined ? join(dataDirectory, "keys") : resolve(keysDirectory),
        ...(given !== undefined && { given: new Secret(given) }),
      },
      database,
      blobs,
      ledger,
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Runs `work` with the database of a place. */
export async function withDatabase<Result>(
  place: DepotPlace,
  work: (database: DepotDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabaseOf(place);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Runs `work` with everything of a place. */
export async function withPlace<Result>(
  place: DepotPlace,
  work: (open: OpenPlace) => Promise<Result>,
): Promise<Result> {
  const open = await openPlace(place);
  try {
    return await work(open);
  } finally {
    await open.database.close();
  }
}
