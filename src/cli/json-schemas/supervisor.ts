// What the commands about a Supervisor, its services, their configuration and keys print with `--json`.
import {
  ANYTHING,
  count,
  type JsonSchema,
  listOf,
  nullable,
  object,
  oneOf,
  text,
  truth,
} from "../json-schema.ts";
import { IDENT, KEY_PAIR_FILES } from "./shared.ts";

const OF_SERVICE = object({
  package: text("the package as it was named"),
  messages: listOf(text("a line the Supervisor answered with")),
});
const STOPPED_SUPERVISOR = object({
  pid: nullable(count("the launcher that was told to end")),
  problem: nullable(text("why there was nobody to tell")),
});

export const supervisorSchemas: Readonly<Record<string, JsonSchema>> = {
  "config apply": object({ service_group: text(), version: count(), encrypted: truth() }),
  "config show": listOf(
    object({
      key: text("path into the table, parts joined by dots"),
      value: ANYTHING,
      layer: oneOf("default", "environment", "user", "applied"),
    }),
  ),
  "file upload": object({
    service_group: text(),
    file: text("its name in files/"),
    version: count(),
    encrypted: truth(),
  }),
  "hab-sup term": STOPPED_SUPERVISOR,
  stop: OF_SERVICE,
  "sup depart": object({ member_id: text(), supervisor: text("address of the one that was told") }),
  "sup install-unit": object({
    name: text("of the unit, without .service"),
    path: text("of its file"),
    environment_file: nullable(text("with the variables that only root may read; null: there is none")),
    command: listOf(text("a word of what the unit runs")),
    environment: listOf(text("name of a variable that is carried into the unit")),
    written: truth("false: only printed"),
    enabled: truth("starts with the machine"),
    text: text("the unit"),
  }),
  "sup restart": object({ supervisor: text("address of the one that was told") }),
  "sup secret generate": object({ secret: text() }),
  "sup secret generate-tls": object({ certificate: text("path"), key: text("path") }),
  "sup term": STOPPED_SUPERVISOR,
  "svc key generate": KEY_PAIR_FILES,
  "svc load": OF_SERVICE,
  // With --follow, each of these on a line of its own.
  "svc logs": listOf(
    object({
      at: text("UTC"),
      service_group: text(),
      stream: oneOf("stdout", "stderr"),
      line: text(),
    }),
  ),
  "svc start": OF_SERVICE,
  "svc status": listOf(
    object({
      package: IDENT,
      service_group: text(),
      desired_state: nullable(oneOf("up", "down")),
      state: oneOf("up", "down"),
      elapsed_seconds: count(),
      pid: nullable(count()),
      problems: listOf(text()),
      ready: nullable(truth()),
      not_ready: listOf(text()),
      draining: truth(),
    }),
  ),
  "svc stop": OF_SERVICE,
  "svc unload": OF_SERVICE,
  "svc update": OF_SERVICE,
  "user key generate": KEY_PAIR_FILES,
};
