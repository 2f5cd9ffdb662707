// Answers of a depot, as the client reads them: only what is needed is required, the rest may be missing or new
// (reference/cli.md §11.2). An answer of another shape is not from a depot.
import { z } from "zod";
import { boundedText, LARGEST_ANSWER_BYTES } from "./body.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";

const fullIdent = z.object({
  origin: z.string(),
  name: z.string(),
  version: z.string(),
  release: z.string(),
});

const invitation = z.object({
  id: z.string(),
  account_id: z.string(),
  account_name: z.string(),
  origin: z.string(),
  owner_id: z.string(),
  ignored: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});

const answers = {
  package: z.object({
    ident: fullIdent,
    checksum: z.string(),
    manifest: z.string(),
    config: z.string(),
    deps: z.array(fullIdent),
    tdeps: z.array(fullIdent),
    exposes: z.array(z.number()),
  }),
  origin: z.object({
    default_package_visibility: z.string(),
    name: z.string(),
    owner_id: z.string(),
    owner_account: z.string(),
    private_key_name: z.string().nullish(),
  }),
  invitations: z.array(invitation),
  originInvitations: z.object({ origin: z.string(), invitations: z.array(invitation) }),
  role: z.object({ role: z.string() }),
  keys: z.array(z.object({ origin: z.string(), revision: z.string(), location: z.string() })),
  channels: z.array(z.object({ name: z.string() })),
  packageChannels: z.array(z.object({ name: z.string(), created_at: z.string(), promoted_at: z.string() })),
  search: z.object({
    range_start: z.number(),
    range_end: z.number(),
    total_count: z.number(),
    data: z.array(
      z.object({
        origin: z.string(),
        name: z.string(),
        version: z.string().nullish(),
        release: z.string().nullish(),
      }),
    ),
  }),
} as const;

export type AnswerName = keyof typeof answers;
export type Answer<Name extends AnswerName> = z.infer<(typeof answers)[Name]>;

/** Reads an answer by its schema. Throws DepotFailure `badAnswer`. */
export async function readAnswer<Name extends AnswerName>(
  what: string,
  response: Response,
  name: Name,
): Promise<Answer<Name>> {
  let value: unknown;
  try {
    const text = await boundedText(response, LARGEST_ANSWER_BYTES);
    if (text === undefined) throw new RangeError(`it is longer than ${LARGEST_ANSWER_BYTES} bytes`);
    value = JSON.parse(text);
  } catch (cause) {
    throw new DepotFailure(clientErrors.badAnswer, `${what}: the answer is no JSON`, {
      cause,
      status: response.status,
    });
  }
  const schema: z.ZodType = answers[name];
  const parsed = schema.safeParse(value);
  // The schema of this name gives the answer of this name.
  if (parsed.success) return parsed.data as Answer<Name>;
  const [issue] = parsed.error.issues;
  throw new DepotFailure(
    clientErrors.badAnswer,
    `${what}: unexpected answer at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    { status: response.status },
  );
}
