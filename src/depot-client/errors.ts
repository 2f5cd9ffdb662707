// What can go wrong between us and a depot, told apart by what a person does next (reference/cli.md §11.3).
import { errorKinds } from "../error/index.ts";

export const clientErrors = errorKinds({
  invalidUrl: {
    code: "HAB-CLT-001",
    title: "The depot's address is not a URL",
    remedy: "Give an address such as http://127.0.0.1:9636 with --url, HAB_BLDR_URL or bldr_url in cli.toml",
  },
  unreachable: {
    code: "HAB-CLT-002",
    title: "The depot cannot be reached",
    remedy:
      "Check the address (--url, HAB_BLDR_URL), that the depot runs (hab depot run), and the proxy settings",
  },
  tlsFailed: {
    code: "HAB-CLT-003",
    title: "No secure connection to the depot",
    remedy:
      "Check the address; put the certificate of a private authority (PEM) into the ssl cache (/hab/cache/ssl, for others than root ~/.hab/cache/ssl) or name it in SSL_CERT_FILE",
  },
  timedOut: {
    code: "HAB-CLT-004",
    title: "The depot did not answer in time",
    remedy: "Try again, or allow more seconds with HAB_CLIENT_SOCKET_TIMEOUT",
  },
  unauthorized: {
    code: "HAB-CLT-005",
    title: "The depot does not accept the access token",
    remedy:
      "Check the access token (--auth, HAB_AUTH_TOKEN, auth_token in cli.toml): it may be missing, expired or revoked; for a channel, your role in the origin may be too low",
  },
  forbidden: {
    code: "HAB-CLT-006",
    title: "Your account may not do this",
    remedy: "Ask an administrator of the origin to give your account a higher role",
  },
  notFound: {
    code: "HAB-CLT-007",
    title: "The depot has no such thing",
    remedy: "Check the spelling, the channel and the target; private packages need an access token",
  },
  conflict: {
    code: "HAB-CLT-008",
    title: "The depot has this already, in another form",
    remedy: "Use a new name or release",
  },
  refused: {
    code: "HAB-CLT-009",
    title: "The depot refused the request",
    remedy: "The depot's words are in the message",
  },
  serverFailed: {
    code: "HAB-CLT-010",
    title: "The depot failed",
    remedy: "Try again later; the depot's own log says what went wrong",
  },
  badAnswer: {
    code: "HAB-CLT-011",
    title: "The answer is not one of a depot",
    remedy: "Check that the address is that of a depot, and that no proxy answers in its place",
  },
  cannotStore: {
    code: "HAB-CLT-012",
    title: "A download cannot be stored",
    remedy: "Check the free space and the permissions of the directory",
  },
  incomplete: {
    code: "HAB-CLT-013",
    title: "A transfer broke off, also when tried again",
    remedy: "Check the network and try again",
  },
  malformedPackage: {
    code: "HAB-CLT-014",
    title: "The depot takes the package for malformed",
    remedy: "Build the package again; its checksum, ident, target, type and signature must all be right",
  },
  circularDependency: {
    code: "HAB-CLT-015",
    title: "The package would depend on itself",
    remedy: "Remove the package from the dependencies of its own dependencies",
  },
  unsupportedTarget: {
    code: "HAB-CLT-016",
    title: "The depot does not take packages of this target",
    remedy: "Ask the depot's operator which targets it takes",
  },
  missingDependency: {
    code: "HAB-CLT-017",
    title: "A dependency of the package is neither in the depot nor beside the package",
    remedy: "Put the dependency's hart into the directory of the package, or upload it first",
  },
  seedNotFound: {
    code: "HAB-CLT-018",
    title: "A package to download is not in the channel",
    remedy: "Check the ident, the channel and the target, or pass --ignore-missing-seeds",
  },
  seedFileMalformed: {
    code: "HAB-CLT-019",
    title: "A file of packages to download is not valid",
    remedy:
      "Write [[x86_64-linux]] tables with channel and packages, or one ident a line in a file whose name does not end in .toml",
  },
  nothingToDownload: {
    code: "HAB-CLT-020",
    title: "No packages to download were named",
    remedy: "Name packages on the command line, or files of them with --file",
  },
  originInUse: {
    code: "HAB-CLT-021",
    title: "The origin is not empty",
    remedy:
      "Remove first what is left in it: packages, project connections, members, secrets, integrations, and channels other than unstable and stable",
  },
  packageInUse: {
    code: "HAB-CLT-022",
    title: "The package is in a channel that keeps it, or others depend on it",
    remedy: "Demote it from the channels base and stable, and delete the packages that depend on it first",
  },
  notMember: {
    code: "HAB-CLT-023",
    title: "Your account is not a member of the origin",
    remedy: "Check the spelling of the origin, and whose access token this is",
  },
});
