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
});
