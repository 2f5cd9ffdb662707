// Server-sent events from a response (WHATWG HTML §9.2). The browser's own EventSource cannot show a token.

export interface ServerEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: string;
}

/** More than the Supervisor sends at a stretch: whatever this is, it is no stream of ours. */
const MAX_BUFFER = 8 * 1024 * 1024;

/**
 * Reads events until the stream ends. `alive` is called whenever something comes, be it only a sign of life. Throws when the
 * connection breaks.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  take: (event: ServerEvent) => void,
  alive: () => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    rest += decoder.decode(value, { stream: true });
    if (rest.length > MAX_BUFFER) throw new Error("the stream is not one of events");
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) take(event);
    }
  }
}

function parseEvent(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ""));
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { id: fields.get("id") ?? "", kind: fields.get("event") ?? "message", data };
}
