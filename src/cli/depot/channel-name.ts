// `ORIGIN/CHANNEL` on the command line.
import { isOriginName } from "../values.ts";

export function channelOfOrigin(text: string): { readonly origin: string; readonly channel: string } {
  const [origin = "", channel = "", ...rest] = text.split("/");
  if (!isOriginName(origin) || !/^[A-Za-z0-9._~+:@=-]{1,255}$/.test(channel) || rest.length > 0)
    throw new Error("ORIGIN/CHANNEL is expected");
  return { origin, channel };
}
