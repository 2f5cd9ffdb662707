// What a page can follow, as the Supervisor's gateway takes it, and which documents belong to it.

export type Topic =
  | "self"
  | "services"
  | "groups"
  | "ring"
  | "events"
  | `service:${string}`
  | `group:${string}`;

export function serviceTopic(name: string): Topic {
  return `service:${encodeURIComponent(name)}`;
}

export function groupTopic(name: string): Topic {
  return `group:${encodeURIComponent(name)}`;
}

/** Whether a document is told to who follows the topic. */
export function isOfTopic(topic: Topic): (key: string) => boolean {
  const [kind, rest = ""] = topic.split(":");
  const name = decodeURIComponent(rest);
  switch (kind) {
    case "self":
      return (key) => key === "self";
    case "services":
      return (key) => key.startsWith("service/");
    case "groups":
      return (key) => key.startsWith("group/");
    case "ring":
      return (key) => key.startsWith("member/");
    case "service":
      return (key) => key === `service/${name}` || key === `detail/${name}`;
    case "group":
      return (key) => key === `group/${name}` || key.startsWith(`peer/${name}/`);
    default:
      return () => false;
  }
}
