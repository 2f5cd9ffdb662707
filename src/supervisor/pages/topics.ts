// What a page asks to be told of: topics, and which documents belong to each.
import { MAX_TOPIC_LENGTH, MAX_TOPICS } from "./limits.ts";

export type Topic =
  | { readonly kind: "self" | "services" | "groups" | "ring" | "events" }
  | { readonly kind: "service" | "group"; readonly name: string };

const PLAIN = ["self", "services", "groups", "ring", "events"] as const;

/** Topics as in `self,ring,group:web.default`, names percent-encoded; undefined where that is not what it is. */
export function parseTopics(text: string): readonly Topic[] | undefined {
  const parts = text.split(",").filter((part) => part !== "");
  if (parts.length > MAX_TOPICS) return undefined;
  const topics: Topic[] = [];
  for (const part of parts) {
    const topic = parseTopic(part);
    if (topic === undefined) return undefined;
    topics.push(topic);
  }
  return topics;
}

function parseTopic(text: string): Topic | undefined {
  const plain = PLAIN.find((kind) => kind === text);
  if (plain !== undefined) return { kind: plain };
  const [kind, ...rest] = text.split(":");
  if (kind !== "service" && kind !== "group") return undefined;
  const name = decoded(rest.join(":"));
  return name === undefined || name === "" || name.length > MAX_TOPIC_LENGTH ? undefined : { kind, name };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function formatTopic(topic: Topic): string {
  return "name" in topic ? `${topic.kind}:${topic.name}` : topic.kind;
}

/** Where documents come from; a topic is made of one or two. */
export type SourceName = "self" | "services" | "groups" | "ring" | `detail:${string}` | `peers:${string}`;

export function sourcesOf(topic: Topic): readonly SourceName[] {
  switch (topic.kind) {
    case "events":
      return [];
    case "service":
      return ["services", `detail:${topic.name}`];
    case "group":
      return ["groups", `peers:${topic.name}`];
    default:
      return [topic.kind];
  }
}

/** Whether a document is one of a source. */
export function isOfSource(source: SourceName): (key: string) => boolean {
  if (source.startsWith("detail:")) {
    const own = `detail/${source.slice("detail:".length)}`;
    return (key) => key === own;
  }
  const beginning = source.startsWith("peers:")
    ? `peer/${source.slice("peers:".length)}/`
    : BEGINNINGS[source];
  return (key) => key.startsWith(beginning ?? source);
}

const BEGINNINGS: Readonly<Record<string, string>> = {
  self: "self",
  services: "service/",
  groups: "group/",
  ring: "member/",
};

/** Whether a document is told to who follows the topic. */
export function isOfTopic(topic: Topic): (key: string) => boolean {
  switch (topic.kind) {
    case "events":
      return () => false;
    case "service":
    case "group": {
      const own = `${topic.kind}/${topic.name}`;
      const more = isOfSource(topic.kind === "service" ? `detail:${topic.name}` : `peers:${topic.name}`);
      return (key) => key === own || more(key);
    }
    default:
      return isOfSource(topic.kind);
  }
}
