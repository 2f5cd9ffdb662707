// What the commands about the ring print with `--json`.
import {
  count,
  type JsonSchema,
  listOf,
  mapOf,
  measure,
  nullable,
  object,
  oneOf,
  text,
  truth,
} from "../json-schema.ts";
import { KEY_FILE, NAMED_KEY } from "./shared.ts";

/** In virtual milliseconds since what it is measured from. */
const MOMENT = nullable(count("null: did not happen"));
const TRAFFIC = object({
  received: object({ count: count(), bytes: count() }),
  sent: object({ count: count(), bytes: count() }),
  dropped: mapOf(count()),
});

export const ringSchemas: Readonly<Record<string, JsonSchema>> = {
  "ring health": object({
    ring_key: nullable(text("name-revision")),
    lag_ms: object({ last: measure(), worst: measure("of the last minutes") }),
    awareness: object({ score: count("0: quick"), why: nullable(text()) }),
    connections: object({ incoming: count(), outgoing: count(), closed: mapOf(count()) }),
    waiting: object({ datagrams: count(), messages: count(), outgoing: count() }),
    datagrams: TRAFFIC,
    messages: TRAFFIC,
    refused: mapOf(count()),
    peers: listOf(object({ address: text(), reached: truth("a live member is there") })),
    neighbours: listOf(text("member id")),
    owed: count("rumors not yet handed over"),
    different_for_ms: count(),
    disk: object({ behind: truth("something is to be saved"), failure: nullable(text()) }),
    faults: count("of the program"),
    last_error: nullable(object({ line: text(), seconds_ago: count() })),
  }),
  "ring key export": object({ kind: oneOf("ring"), ...NAMED_KEY, text: text("content of the key file") }),
  "ring key generate": KEY_FILE,
  "ring key import": KEY_FILE,
  "ring members": listOf(
    object({
      id: text(),
      self: truth("the Supervisor that was asked"),
      health: oneOf("alive", "suspect", "confirmed", "departed"),
      incarnation: count(),
      address: text("host:port"),
      since_seconds: count("in this health"),
      permanent: truth("a permanent peer"),
      implementation: oneOf("hab", "habitat"),
    }),
  ),
  "ring rumors": listOf(
    object({
      kind: oneOf("service", "service-config", "service-file", "election", "election-update", "departure"),
      service_group: nullable(text()),
      member_id: nullable(text("a service's member, an election's candidate, who departed")),
      filename: nullable(text()),
      incarnation: count(),
      bytes: count(),
      state: nullable(text("stopped, encrypted, or the status of an election")),
    }),
  ),
  "ring simulate": object(
    {},
    {
      scenarios: listOf(object({ name: text(), summary: text() })),
      runs: listOf(
        object({
          seed: count(),
          scenario: text(),
          members: count(),
          originals: count("how many of them behave as Habitat 2.1.78 does"),
          ok: truth("no rule was broken"),
          violations: listOf(object({ at_ms: count(), rule: text(), member: text(), text: text() })),
          settled_ms: nullable(count("from the last fault until all members agreed; null: they did not")),
          length_ms: count("virtual time"),
          took_ms: count("real time"),
          steps: count(),
          pace: nullable(
            object({
              virtual_per_real: measure(
                "virtual seconds that pass in a real one while the ring is up, the median",
              ),
              seconds: count("of so many virtual seconds"),
              microseconds_per_step: measure(),
            }),
          ),
          fingerprint: text("the same for runs that were the same"),
          measures: object({
            all_see_all_ms: MOMENT,
            first_leader_ms: MOMENT,
            spreads: listOf(
              object({
                what: text(),
                at_ms: count(),
                half_ms: MOMENT,
                last_ms: MOMENT,
                reached: count(),
                of: count(),
              }),
            ),
            detections: listOf(
              object({
                member: text(),
                at_ms: count("when it ended"),
                suspect_ms: MOMENT,
                confirmed_ms: MOMENT,
                confirmed_by_all_ms: MOMENT,
              }),
            ),
            leader_changes: listOf(
              object({ group: text(), at_ms: count("when it ended"), first_ms: MOMENT, all_ms: MOMENT }),
            ),
            false_suspicions: count(),
            false_confirmations: count(),
            datagrams: count(),
            messages: count("over TCP"),
            bytes_per_member_second: nullable(count()),
          }),
          story: listOf(object({ at_ms: count(), text: text() })),
        }),
      ),
    },
  ),
  "ring status": object({
    member_id: text(),
    incarnation: count(),
    address: text("host:port"),
    ring_key: nullable(text("name-revision")),
    members: object({ alive: count(), suspect: count(), confirmed: count(), departed: count() }),
    groups: listOf(
      object({
        service_group: text(),
        members: count("not departed"),
        alive: count(),
        election: oneOf("none", "running", "no-quorum", "finished"),
        term: nullable(count()),
        leader: nullable(text("member id")),
        quorum: nullable(truth()),
        update: nullable(
          object({
            leader: nullable(text("member id")),
            release: nullable(text("the release the group runs or changes to")),
            done: count("alive members that run it"),
            changing: listOf(text("member id")),
          }),
        ),
      }),
    ),
    problems: listOf(text()),
  }),
};
