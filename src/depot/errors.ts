// Failures of the depot as a program (its HTTP answers are in http.ts). Rows of docs/errors.md.
import { errorKinds } from "../error/index.ts";

export const depotErrors = errorKinds({
  dataDirectoryUnusable: {
    code: "HAB-DEP-001",
    title: "The depot's data directory cannot be used",
    remedy: "Give a directory this user may write with --data, and check the free space of its disk",
  },
  dataDirectoryInUse: {
    code: "HAB-DEP-002",
    title: "Another depot runs on this data directory",
    remedy: "Stop the other depot, or give another directory with --data",
  },
  databaseTooNew: {
    code: "HAB-DEP-003",
    title: "The database was written by a newer version of hab",
    remedy: "Use that version, or a copy of the data made before the upgrade",
  },
  addressUnusable: {
    code: "HAB-DEP-004",
    title: "The depot cannot listen on this address",
    remedy: "Stop what listens there, or give another address with --listen HOST:PORT",
  },
  accountExists: {
    code: "HAB-DEP-005",
    title: "An account of this name exists already",
    remedy: "Choose another name, or create a token for the existing account: hab depot token create NAME",
  },
  accountUnknown: {
    code: "HAB-DEP-006",
    title: "There is no account of this name",
    remedy: "Create it first: hab depot user create NAME",
  },
  accountNameInvalid: {
    code: "HAB-DEP-007",
    title: "This is not a name for an account",
    remedy: "Use 1 to 255 letters, digits and . _ @ -, beginning with a letter or a digit",
  },
  databaseFailed: {
    code: "HAB-DEP-008",
    title: "The depot's database cannot be read or written",
    remedy: "Check the free space and the permissions of the data directory; the cause is in the message",
  },
  requestRefused: {
    code: "HAB-DEP-009",
    title: "The depot refused a request",
    remedy: "The HTTP status and text of the answer say why",
  },
  uploadTooLarge: {
    code: "HAB-DEP-010",
    title: "An upload is larger than the depot takes",
    remedy: "Build a smaller package, for example without debug symbols",
  },
  tooManyTokens: {
    code: "HAB-DEP-011",
    title: "An account has as many tokens as it may have",
    remedy: "Revoke some: DELETE /v1/profile/access-tokens/ID with one of the account's tokens",
  },
  accountsFileUnusable: {
    code: "HAB-DEP-012",
    title: "The file of accounts cannot be used",
    remedy: "Mend the file as docs/run-a-depot.md describes it, readable by its owner alone",
  },
  tokenNotAccepted: {
    code: "HAB-DEP-013",
    title: "A token of another depot cannot be taken over",
    remedy:
      "Copy that depot's key (bldr-….box.key) into the directory keys of this depot's data, and give the token as it was",
  },
  databaseAddressInvalid: {
    code: "HAB-DEP-040",
    title: "The address of the depot's database cannot be used",
    remedy:
      "Write postgres://USER@HOST/DATABASE, with sslmode, sslrootcert, sslcert and sslkey, schema or connections as parameters",
  },
  databaseUnreachable: {
    code: "HAB-DEP-041",
    title: "The depot's database server does not answer as it should",
    remedy:
      "Check address, password, TLS and that the database exists; the server's own words are in the message",
  },
  blobAddressInvalid: {
    code: "HAB-DEP-042",
    title: "The address of the depot's blobs cannot be used",
    remedy:
      "Write s3://BUCKET/PREFIX, with endpoint and region as parameters, and give the keys by AWS_ variables",
  },
  blobsUnreachable: {
    code: "HAB-DEP-043",
    title: "The depot's object store does not answer as it should",
    remedy: "Check endpoint, bucket, keys and the clock; the store's own words are in the message",
  },
  sealingKeyMissing: {
    code: "HAB-DEP-044",
    title: "The key that seals the depot's secrets is not here",
    remedy:
      "Copy the file from the keys directory of the machine where the depot first ran, give its place with --keys, or its text in BLDR_SECRET_KEY",
  },
  sealingKeyUnreadable: {
    code: "HAB-DEP-115",
    title: "The key that is given for the depot's secrets cannot be read",
    remedy:
      "Put the text of the file bldr-….box.key into BLDR_SECRET_KEY as it is, or with \\n for the ends of its lines",
  },
  uploadOvertaken: {
    code: "HAB-DEP-045",
    title: "An upload took so long that its bytes were swept away",
    remedy: "Upload again",
  },
  archiveFailed: {
    code: "HAB-DEP-046",
    title: "A backup or bundle cannot be written",
    remedy: "Check the free space and the permissions where it is to be written",
  },
  archiveUnreadable: {
    code: "HAB-DEP-047",
    title: "A backup or bundle cannot be read",
    remedy: "Copy the file again from where it was written, or take an earlier one",
  },
  depotNotEmpty: {
    code: "HAB-DEP-048",
    title: "A backup is restored into an empty depot only",
    remedy: "Give a new data directory, or a new database and bucket",
  },
  depotDamaged: {
    code: "HAB-DEP-049",
    title: "The depot has lost bytes, or has others than it was given",
    remedy: "See all of it with: hab depot check. Then upload the package again, or restore a backup",
    exitCode: 3,
  },
  accountOwnsOrigins: {
    code: "HAB-DEP-050",
    title: "The account owns origins",
    remedy: "Transfer them to another account (hab origin transfer ORIGIN ACCOUNT), or delete them",
  },
  tokenUnknown: {
    code: "HAB-DEP-051",
    title: "There is no token with this id",
    remedy: "See the ids with: hab depot token list",
  },
  packageDiffers: {
    code: "HAB-DEP-052",
    title: "Another package or key of the same name is here",
    remedy:
      "Find out which of the two is right: a release never changes. Delete the wrong one, then run the command again",
  },
  packageUnacceptable: {
    code: "HAB-DEP-053",
    title: "A package from elsewhere is not taken",
    remedy:
      "The message says why; get the package, or the key it is signed with, again from where it comes from",
  },
  packageNotHere: {
    code: "HAB-DEP-054",
    title: "The depot lacks something that is asked for",
    remedy: "Upload it, or mirror it from another depot: hab depot mirror",
  },
  bundleUntrusted: {
    code: "HAB-DEP-055",
    title: "A bundle is not signed by a key that is trusted here",
    remedy: "Import the public key of who made it, from a source you trust: hab origin key import",
  },
  upstreamFailed: {
    code: "HAB-DEP-056",
    title: "The depot to mirror does not answer as it should",
    remedy: "Run the command again later: what is here already is not fetched again",
  },
  noDepot: {
    code: "HAB-DEP-057",
    title: "There is no depot in the data directory",
    remedy: "Name the directory of the depot with --data, or its database with --database",
  },
  signInFileUnusable: {
    code: "HAB-DEP-080",
    title: "The file that says how people sign in cannot be used",
    remedy: "Mend the file as docs/sign-in.md describes it; secrets must be readable by their owner alone",
  },
  passwordUnfit: {
    code: "HAB-DEP-081",
    title: "This cannot be a password",
    remedy: "Choose a longer one: a few words that do not belong together are good",
  },
  passwordMissing: {
    code: "HAB-DEP-082",
    title: "The account has no password",
    remedy: "Give it one with: hab depot user password NAME",
  },
  kerberosUnusable: {
    code: "HAB-DEP-083",
    title: "The depot cannot accept Kerberos tickets",
    remedy:
      "Install the library (on Debian: libgssapi-krb5-2) or name it as kerberos.library, and check that keytab and service fit",
  },
  providerFailed: {
    code: "HAB-DEP-084",
    title: "A provider of sign-in does not answer as it should",
    remedy: "Check the addresses, the client's id and secret, and the redirection address the provider knows",
  },
  webhookTargetsInvalid: {
    code: "HAB-DEP-060",
    title: "What is said of where webhooks may go cannot be understood",
    remedy: "Write public, any or none, or networks such as 10.1.0.0/16,fd00::/8 with --webhook-targets",
  },
  webhookRefused: {
    code: "HAB-DEP-061",
    title: "A webhook may not go there",
    remedy:
      "Give an http or https address of the public network, or let the depot's operator allow the network with --webhook-targets",
  },
});
