// What `--blobs s3://bucket/prefix` means: the service, the bucket, and where the keys come from, which is never the
// command line. Keys in a file are read again when it changes, so they can be renewed while the depot runs.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { homeDirectory } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import type { SecretEnvironment } from "../store/postgres-address.ts";

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Address {
  /** For messages. */
  readonly shown: string;
  /** URL of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  /** Before every key: empty, or ending with a slash. */
  readonly prefix: string;
  readonly region: string;
  keys(): S3Keys;
}

const DEFAULT_REGION = "us-east-1";

export function isS3Url(text: string): boolean {
  return text.startsWith("s3://");
}

/**
 * Reads `s3://bucket/prefix?endpoint=URL&region=REGION&style=path|host`. Endpoint, region and keys not said there are
 * those of the AWS_ variables; keys may also be in a credentials file.
 */
export function parseS3Url(text: string, env: SecretEnvironment): S3Address {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new HabError(depotErrors.blobAddressInvalid, "the address of the blobs is not a URL", { cause });
  }
  if (url.username !== "" || url.password !== "")
    throw new HabError(depotErrors.blobAddressInvalid, "keys on the command line can be seen by every user", {
      next: "Put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into a file named by AWS_SHARED_CREDENTIALS_FILE",
    });
  for (const name of url.searchParams.keys())
    if (!["endpoint", "region", "style"].includes(name)) throw invalid(`the parameter ${name} is not known`);
  const bucket = url.host;
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(bucket)) throw invalid(`${bucket} is no name of a bucket`);
  const inner = url.pathname.replace(/^\/+|\/+$/g, "");
  if (inner !== "" && !/^[A-Za-z0-9._/-]{1,200}$/.test(inner))
    throw invalid("the prefix is to be of letters, digits and . _ - /");
  const region =
    url.searchParams.get("region") ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? DEFAULT_REGION;
  const endpoint = url.searchParams.get("endpoint") ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const keys = keySource(env);
  // Says now what would else be found out by the first upload.
  keys();
  return {
    shown: `s3://${bucket}/${inner}`,
    bucketUrl: bucketUrl(bucket, endpoint, region, url.searchParams.get("style")),
    prefix: inner === "" ? "" : `${inner}/`,
    region,
    keys,
  };
}

function invalid(why: string): HabError {
  return new HabError(depotErrors.blobAddressInvalid, `the address of the blobs cannot be used: ${why}`);
}

/** AWS wants the bucket in the host's name, other services mostly in the path. */
function bucketUrl(
  bucket: string,
  endpoint: string | undefined,
  region: string,
  style: string | null,
): string {
  if (endpoint === undefined) return `https://${bucket}.s3.${region}.amazonaws.com`;
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    throw invalid("the endpoint is not a URL");
  }
  if (!["http:", "https:"].includes(url.protocol)) throw invalid("the endpoint is to be http or https");
  if (style !== null && style !== "path" && style !== "host")
    throw invalid("the style is to be path or host");
  const path = url.pathname.replace(/\/+$/, "");
  return style === "host"
    ? `${url.protocol}//${bucket}.${url.host}${path}`
    : `${url.protocol}//${url.host}${path}/${bucket}`;
}

function keySource(env: SecretEnvironment): () => S3Keys {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = env["AWS_SESSION_TOKEN"];
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return () => keys;
  }
  const home = homeDirectory(env);
  const path =
    env["AWS_SHARED_CREDENTIALS_FILE"] ??
    (home === undefined ? undefined : join(home, ".aws", "credentials"));
  const profile = env["AWS_PROFILE"] ?? "default";
  let known: { readonly stamp: string; readonly keys: S3Keys } | undefined;
  return () => {
    if (path === undefined)
      throw new HabError(
        depotErrors.blobAddressInvalid,
        "there are no keys for the blobs: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SHARED_CREDENTIALS_FILE are not set, and this user has no home directory",
      );
    let stamp: string;
    try {
      const status = statSync(path);
      stamp = `${status.mtimeMs} ${status.ino}`;
      if (known?.stamp !== stamp) known = { stamp, keys: keysIn(readFileSync(path, "utf8"), profile) };
    } catch (cause) {
      throw new HabError(
        depotErrors.blobAddressInvalid,
        `there are no keys for the blobs: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor [${profile}] in ${path}`,
        { cause },
      );
    }
    return known.keys;
  };
}

/** The keys of a profile in a file of `[profile]` and `name = value` lines. */
function keysIn(text: string, profile: string): S3Keys {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = header.trim();
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === profile && name !== undefined && value !== undefined) values.set(name, value);
  }
  const accessKeyId = values.get("aws_access_key_id");
  const secretAccessKey = values.get("aws_secret_access_key");
  if (!accessKeyId || !secretAccessKey) throw new Error(`it has no keys for the profile ${profile}`);
  const sessionToken = values.get("aws_session_token");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
