// A statement signed on its own: a DSSE envelope (secure-systems-lab/dsse, protocol 1.0.2), one line of an in-toto bundle.
// The key is the origin's, with which the hart is signed too.
import {
  decodeBase64,
  encodeBase64,
  formatNamedRevision,
  type NamedRevision,
  openSignedMessage,
  type PublicKey,
  parseNamedRevision,
  type SecretKey,
  SIGNATURE_LENGTH_BYTES,
  signMessage,
} from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** The signed statement as one line of JSON, with its line end. */
export async function signStatement(statement: unknown, key: SecretKey<"origin-secret">): Promise<string> {
  const payload = Buffer.from(JSON.stringify(statement));
  const signed = await signMessage(key, preAuthenticationEncoding(payload));
  const signature = signed.subarray(0, SIGNATURE_LENGTH_BYTES);
  const envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: encodeBase64(payload),
    signatures: [{ keyid: formatNamedRevision(key.id), sig: encodeBase64(signature) }],
  };
  return `${JSON.stringify(envelope)}\n`;
}

/** What a signed statement says and who signed it. Throws HAB-BLD-042, HAB-KEY-009, and what `keyOf` throws. */
export async function openStatement(
  line: string,
  keyOf: (signer: NamedRevision) => PublicKey<"origin-public">,
): Promise<{ readonly signer: NamedRevision; readonly statement: unknown }> {
  const { payload, signer, signature } = parseEnvelope(line);
  await openSignedMessage(keyOf(signer), Buffer.concat([signature, preAuthenticationEncoding(payload)]));
  try {
    return { signer, statement: JSON.parse(Buffer.from(payload).toString("utf8")) as unknown };
  } catch (error) {
    throw notAnEnvelope("its payload is not JSON", error);
  }
}

function parseEnvelope(line: string): {
  readonly payload: Uint8Array;
  readonly signer: NamedRevision;
  readonly signature: Uint8Array;
} {
  let envelope: unknown;
  try {
    envelope = JSON.parse(line);
  } catch (error) {
    throw notAnEnvelope("it is not one line of JSON", error);
  }
  const { payloadType, payload, signatures } = (envelope ?? {}) as Readonly<Record<string, unknown>>;
  const [first] = Array.isArray(signatures) ? (signatures as unknown[]) : [];
  const { keyid, sig } = (first ?? {}) as Readonly<Record<string, unknown>>;
  if (payloadType !== PAYLOAD_TYPE || typeof payload !== "string" || typeof keyid !== "string")
    throw notAnEnvelope(`it is not an envelope of ${PAYLOAD_TYPE}`);
  const bytes = decodeBase64(payload);
  const signature = typeof sig === "string" ? decodeBase64(sig) : undefined;
  if (bytes === undefined || signature?.length !== SIGNATURE_LENGTH_BYTES)
    throw notAnEnvelope("payload or signature is not base64");
  return { payload: bytes, signer: parseNamedRevision(keyid), signature };
}

function notAnEnvelope(problem: string, cause?: unknown): HabError {
  return new HabError(buildErrors.badEnvelope, problem, { cause });
}

/** What is signed: type and payload with their lengths, so that neither can be taken for a part of the other. */
function preAuthenticationEncoding(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
