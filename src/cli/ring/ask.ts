// Asking a Supervisor for a report on its ring, through its HTTP gateway (docs/ring.md). Beyond the original.
import { readFileSync } from "node:fs";
import { describeError, HabError } from "../../error/index.ts";
import { type CommandContext, option } from "../command.ts";
import { cliErrors } from "../errors.ts";
import { existingFile, hostAndPort, socketAddress } from "../values.ts";

const HTTP_PORT = 9631;

/** A Supervisor that has not answered by then has a fault worth knowing. */
const ANSWER_TIMEOUT_MS = 10_000;

/** `--gateway` and `--ca-certs`: where the HTTP gateway is. */
export const gatewayOptions = () => ({
  gateway: option({
    long: "gateway",
    value: "GATEWAY",
    heading: "Supervisor",
    help: `Its HTTP gateway, as HOST, HOST:PORT or URL (else HAB_LISTEN_HTTP, http://127.0.0.1:${HTTP_PORT})`,
    longHelp: "A token the gateway asks for is taken from HAB_SUP_GATEWAY_AUTH_TOKEN.",
    type: gatewayUrl,
  }),
  caCerts: option({
    long: "ca-certs",
    value: "CA_CERT_FILE",
    heading: "Supervisor",
    help: "Certificates of those who sign the HTTP gateway's",
    type: existingFile,
  }),
});

/** `host`, `host:port` or a URL, as a URL without a final slash. */
function gatewayUrl(text: string): string {
  if (/^https?:\/\//.test(text)) return new URL(text).origin;
  const { host, port } = text.startsWith("[") ? socketAddress(text) : hostAndPort(HTTP_PORT)(text);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

type AskContext = Pick<CommandContext, "env" | "signal"> & {
  readonly options: { readonly gateway: string | undefined; readonly caCerts: string | undefined };
};

/** A report, as the Supervisor gives it. Throws `gatewayNotReachable`, `gatewayRefused` or `gatewayWithoutRing`. */
export async function askRing<Report>(context: AskContext, report: string): Promise<Report> {
  const { env, signal, options } = context;
  const base = options.gateway ?? listeningUrl(env["HAB_LISTEN_HTTP"]);
  const token = env["HAB_SUP_GATEWAY_AUTH_TOKEN"];
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${base}/ring/${report}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      ...(token === undefined || token === "" ? {} : { headers: { authorization: `Bearer ${token}` } }),
      ...(options.caCerts === undefined ? {} : { tls: { ca: readFileSync(options.caCerts, "utf8") } }),
    });
    body = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw new HabError(
      cliErrors.gatewayNotReachable,
      `Cannot reach the HTTP gateway at ${base}: ${describeError(error)}`,
      { cause: error },
    );
  }
  if (response.status === 401)
    throw new HabError(cliErrors.gatewayRefused, `The HTTP gateway at ${base} asks for a token`);
  if (response.status !== 200)
    throw new HabError(
      cliErrors.gatewayWithoutRing,
      `The HTTP gateway at ${base} does not tell about its ring (status ${response.status})`,
    );
  return JSON.parse(body) as Report;
}

/** The gateway of this machine's Supervisor, from the address it is told to listen on. */
function listeningUrl(listen: string | undefined): string {
  if (listen === undefined || listen === "") return `http://127.0.0.1:${HTTP_PORT}`;
  try {
    const { host, port } = socketAddress(listen);
    if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
    if (host === "::") return `http://[::1]:${port}`;
  } catch {
    // Not what a Supervisor would listen on: said below by what cannot be reached.
  }
  return `http://${listen}`;
}

/** `42 s`, `5 min`, `3 h`, `2 d`: how long something has been so. */
export function formatAge(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
