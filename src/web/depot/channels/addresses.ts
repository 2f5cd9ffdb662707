// Addresses of the API and of pages about channels.
import { apiPath, originPage } from "../api/addresses.ts";

export interface ChannelOf {
  readonly origin: string;
  readonly channel: string;
}

type Words = Readonly<Record<string, string | number | boolean | undefined>>;

export function channelsApi(origin: string): string {
  return apiPath(["channels", origin]);
}

export function channelApi(
  { origin, channel }: ChannelOf,
  parts: readonly string[] = [],
  words?: Words,
): string {
  return apiPath(["channels", origin, channel, ...parts], words);
}

export function channelPage({ origin, channel }: ChannelOf, words?: Words): string {
  return originPage(origin, ["channels", channel], words);
}

export function requestsApi(origin: string, parts: readonly string[] = [], words?: Words): string {
  return apiPath(["channels", origin, "requests", ...parts], words);
}

export function requestPage(origin: string, id: string): string {
  return originPage(origin, ["requests", id]);
}

/** A test for what a change of an origin's channels makes old: channels, packages with their channels, audit. */
export function ofOrigin(origin: string): (key: string) => boolean {
  const encoded = encodeURIComponent(origin);
  return (key) => {
    const path = key.split("?", 1)[0] ?? "";
    return path.startsWith("/v1/depot/") && path.split("/").includes(encoded);
  };
}
