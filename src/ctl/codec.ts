// Messages to and from protobuf bytes. Heavy: imported only when a message is really encoded or decoded.
import { create, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { HabError } from "../error/index.ts";
import { ctlErrors } from "./errors.ts";
import type { CtlMessage, CtlMessageName } from "./messages.ts";
import * as schemas from "./protocol_pb.ts";

const SCHEMAS: Readonly<Record<CtlMessageName, DescMessage>> = {
  Handshake: schemas.HandshakeSchema,
  SvcLoad: schemas.SvcLoadSchema,
  SvcUpdate: schemas.SvcUpdateSchema,
  SvcUnload: schemas.SvcUnloadSchema,
  SvcStart: schemas.SvcStartSchema,
  SvcStop: schemas.SvcStopSchema,
  SvcStatus: schemas.SvcStatusSchema,
  SvcGetDefaultCfg: schemas.SvcGetDefaultCfgSchema,
  SvcValidateCfg: schemas.SvcValidateCfgSchema,
  SvcSetCfg: schemas.SvcSetCfgSchema,
  SvcFilePut: schemas.SvcFilePutSchema,
  SupDepart: schemas.SupDepartSchema,
  SupRestart: schemas.SupRestartSchema,
  SvcLogs: schemas.SvcLogsSchema,
  LogLine: schemas.LogLineSchema,
  NetOk: schemas.NetOkSchema,
  NetErr: schemas.NetErrSchema,
  NetProgress: schemas.NetProgressSchema,
  ConsoleLine: schemas.ConsoleLineSchema,
  ServiceCfg: schemas.ServiceCfgSchema,
  ServiceStatus: schemas.ServiceStatusSchema,
};

/** Body bytes of a message. */
export function encodeMessage({ message, fields }: CtlMessage): Uint8Array {
  const schema = SCHEMAS[message];
  return toBinary(schema, create(schema, fields));
}

/** A message from its name and body; undefined for a name that is none. Throws HAB-CTL-006 for a spoiled body. */
export function decodeMessage(name: string, body: Uint8Array): CtlMessage | undefined {
  if (!Object.hasOwn(SCHEMAS, name)) return undefined;
  const schema = SCHEMAS[name as CtlMessageName];
  let decoded: Message;
  try {
    decoded = fromBinary(schema, body);
  } catch (error) {
    throw new HabError(ctlErrors.badFrame, `a ${name} message that cannot be decoded`, { cause: error });
  }
  return { message: name, fields: plainFields(schema, decoded) } as CtlMessage;
}

const LEGACY_REQUIRED = 3;

/** The fields that were sent, and the zero value of required ones that were not (as prost reads them). */
function plainFields(schema: DescMessage, decoded: object): Record<string, unknown> {
  const source = decoded as Record<string, unknown>;
  const plain: Record<string, unknown> = {};
  for (const field of schema.fields) {
    const name = field.localName;
    const value = source[name];
    const wanted = Object.hasOwn(source, name) || field.presence === LEGACY_REQUIRED;
    if (field.fieldKind === "message") {
      if (wanted)
        plain[name] = plainFields(field.message, (value as object | undefined) ?? create(field.message));
    } else if (field.fieldKind === "list") {
      const items = value as unknown[];
      const element = field.listKind === "message" ? field.message : undefined;
      plain[name] = element === undefined ? items : items.map((item) => plainFields(element, item as object));
    } else if (wanted) plain[name] = value;
  }
  return plain;
}
