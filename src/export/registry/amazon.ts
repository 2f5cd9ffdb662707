// A registry of Amazon takes no user name and password, but a token for which one signs with the key pair of an account
// (ECR API reference, GetAuthorizationToken; signature version 4).
import { AwsClient } from "aws4fetch";
import { Secret } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { exportErrors } from "../errors.ts";
import type { Credentials } from "./authorization.ts";
import { textUpTo } from "./refusal.ts";

/** Region of a registry whose host does not name one, as the original's (reference/plan-build.md §17.3). */
const DEFAULT_REGION = "us-west-2";
const MAX_ANSWER_BYTES = 64 * 1024;

export interface AmazonOptions {
  /** Host of the registry: `<account>.dkr.ecr.<region>.amazonaws.com`. */
  readonly registry: string;
  /** Id and secret of an access key. */
  readonly keyPair: Credentials;
  /** Where to ask instead of at Amazon, as AWS_ENDPOINT_URL_ECR names it. */
  readonly endpoint?: string | undefined;
  readonly signal: AbortSignal;
}

/** User name and password for the registry. Throws HAB-EXP-005, HAB-EXP-006. */
export async function amazonCredentials(options: AmazonOptions): Promise<Credentials> {
  const region = /\.dkr\.ecr\.([a-z0-9-]+)\./.exec(options.registry)?.[1] ?? DEFAULT_REGION;
  const endpoint = options.endpoint ?? `https://api.ecr.${region}.amazonaws.com/`;
  const client = new AwsClient({
    accessKeyId: options.keyPair.username,
    secretAccessKey: options.keyPair.password.reveal(),
    service: "ecr",
    region,
    retries: 0,
  });
  const request = await client.sign(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    },
    body: "{}",
  });
  const response = await fetch(request, { signal: options.signal, redirect: "error" }).catch(
    (error: unknown) => {
      options.signal.throwIfAborted();
      throw new HabError(exportErrors.registryFailed, `${new URL(endpoint).host} cannot be reached`, {
        cause: error,
      });
    },
  );
  const text = await textUpTo(response, MAX_ANSWER_BYTES);
  if (!response.ok)
    throw new HabError(
      exportErrors.registryRefused,
      `${new URL(endpoint).host} gives no token (${response.status})`,
    );
  const [, username, password] = /^([^:]+):(.+)$/s.exec(tokenOf(text)) ?? [];
  if (username === undefined || password === undefined)
    throw new HabError(exportErrors.registryFailed, `${new URL(endpoint).host} answered without a token`);
  return { username, password: new Secret(password) };
}

/** `user:password` of the answer, or nothing. */
function tokenOf(text: string): string {
  try {
    const answer = JSON.parse(text) as { authorizationData?: { authorizationToken?: unknown }[] };
    const token = answer.authorizationData?.[0]?.authorizationToken;
    return typeof token === "string" ? Buffer.from(token, "base64").toString("utf8") : "";
  } catch {
    return "";
  }
}
