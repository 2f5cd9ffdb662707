// The clock of a depot, from the Date of any answer: no account, no call of its API.
import { connectionFailure } from "./failure.ts";
import { tlsSettings } from "./trust.ts";

/** The time in ms since 1970; undefined when the answer has none. Throws HAB-CLT-002, -003, -004. */
export async function depotDate(url: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    // Not HEAD: to that our own depot answers without a date.
    const response = await fetch(url, { redirect: "manual", signal, tls: await tlsSettings() });
    await response.body?.cancel();
    const time = Date.parse(response.headers.get("date") ?? "");
    return Number.isNaN(time) ? undefined : time;
  } catch (cause) {
    throw connectionFailure("cannot ask for its time", new URL(url).host, cause);
  }
}
