// Answers of a depot, as the client reads them: only what is needed is required, the rest may be missing or new
// (reference/cli.md §11.2). An answer of another shape is not from a depot.
import { boundedText, LARGEST_ANSWER_BYTES } from "./body.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";
import { promotionAnswers } from "./promotion-answers.ts";
import {
  list,
  number,
  optional,
  record,
  type Shape,
  ShapeError,
  text,
  truth,
  type ValueOf,
} from "./shape.ts";

const fullIdent = record({
  origin: text,
  name: text,
  version: text,
  release: text,
});

const invitation = record({
  id: text,
  account_id: text,
  account_name: text,
  origin: text,
  owner_id: text,
  ignored: truth,
  created_at: text,
  updated_at: text,
});

const answers = {
  package: record({
    ident: fullIdent,
    checksum: text,
    manifest: text,
    config: text,
    deps: list(fullIdent),
    tdeps: list(fullIdent),
    exposes: list(number),
  }),
  origin: record({
    default_package_visibility: text,
    name: text,
    owner_id: text,
    owner_account: text,
    private_key_name: optional(text),
  }),
  invitations: list(invitation),
  originInvitations: record({ origin: text, invitations: list(invitation) }),
  role: record({ role: text }),
  profile: record({ name: text }),
  signInWays: record({ ways: list(record({ kind: text })) }),
  begunSignIn: record({
    device_code: text,
    user_code: text,
    verification_uri: text,
    verification_uri_complete: optional(text),
    expires_in: number,
    interval: number,
  }),
  waitingSignIn: record({ interval: number }),
  newToken: record({ token: text, expires_at: optional(text) }),
  ...promotionAnswers,
  keys: list(record({ origin: text, revision: text, location: text })),
  channels: list(record({ name: text })),
  uploadProgress: record({ offset: number, piece_bytes: number }),
  packageChannels: list(record({ name: text, created_at: text, promoted_at: text })),
  search: record({
    range_start: number,
    range_end: number,
    total_count: number,
    data: list(
      record({
        origin: text,
        name: text,
        version: optional(text),
        release: optional(text),
      }),
    ),
  }),
} as const;

export type AnswerName = keyof typeof answers;
export type Answer<Name extends AnswerName> = ValueOf<(typeof answers)[Name]>;

/** Reads an answer by its shape. Throws DepotFailure `badAnswer`. */
export async function readAnswer<Name extends AnswerName>(
  what: string,
  response: Response,
  name: Name,
): Promise<Answer<Name>> {
  let value: unknown;
  try {
    const body = await boundedText(response, LARGEST_ANSWER_BYTES);
    if (body === undefined) throw new RangeError(`it is longer than ${LARGEST_ANSWER_BYTES} bytes`);
    value = JSON.parse(body);
  } catch (cause) {
    throw new DepotFailure(clientErrors.badAnswer, `${what}: the answer is no JSON`, {
      cause,
      status: response.status,
    });
  }
  // The shape of this name gives the answer of this name.
  const shape = answers[name] as Shape<unknown> as Shape<Answer<Name>>;
  try {
    return shape(value, "");
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new DepotFailure(clientErrors.badAnswer, `${what}: unexpected answer: ${error.message}`, {
      status: response.status,
    });
  }
}
