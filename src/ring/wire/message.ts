// Protocol Buffers by table, as strict as the original's decoder: a known field of another wire type, a length beyond the
// message around it, or text that is not UTF-8 makes the whole message bad. Generated code reads such messages as
// something else (docs/decisions/0012-ring-messages.md). Unknown fields are skipped and not kept (butterfly.md §5).
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { decodeUtf8 } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";

interface Scalars {
  bool: boolean;
  int32: number;
  uint32: number;
  uint64: bigint;
  string: string;
  bytes: Uint8Array;
}

export interface Field {
  readonly number: number;
  readonly type: keyof Scalars | Schema;
  readonly repeated?: boolean;
}

/** A message: its fields by name, and the names of those of which at most one is present. */
export interface Schema {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly oneOf?: readonly string[];
}

type ValueOf<Type extends Field["type"]> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends Schema
    ? Message<Type>
    : never;

/** What a schema describes. A field that was not on the wire is absent. */
export type Message<Of extends Schema> = {
  [Name in keyof Of["fields"]]?: Of["fields"][Name] extends { readonly repeated: true }
    ? ValueOf<Of["fields"][Name]["type"]>[]
    : ValueOf<Of["fields"][Name]["type"]>;
};

type Value = boolean | number | bigint | string | Uint8Array | Loose | Value[];
interface Loose {
  [name: string]: Value | undefined;
}

/** Decodes. Throws `malformedMessage`. */
export function decodeMessage<Of extends Schema>(schema: Of, bytes: Uint8Array): Message<Of> {
  const message: Loose = {};
  try {
    readInto(message, schema, bytes);
  } catch (error) {
    throw new HabError(ringErrors.malformedMessage, `Cannot read a ${schema.name}: ${describeError(error)}`);
  }
  return message as Message<Of>;
}

/** Encodes the fields that are present, in the order of their numbers. */
export function encodeMessage<Of extends Schema>(schema: Of, message: Message<Of>): Uint8Array {
  return writeMessage(schema, message as Loose);
}

const textDecoder = (bytes: Uint8Array): string => {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new Error("text is not UTF-8");
  return text;
};

function readInto(message: Loose, schema: Schema, bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes, textDecoder);
  const fields = fieldsByNumber(schema);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const found = fields.get(number);
    if (found === undefined) {
      reader.skip(wireType, number);
      continue;
    }
    const { name, field } = found;
    if (wireType !== wireTypeOf(field)) throw new Error(`field ${name} has wire type ${wireType}`);
    if (schema.oneOf?.includes(name))
      for (const other of schema.oneOf) if (other !== name) delete message[other];
    const before = message[name];
    if (field.repeated) {
      const list = Array.isArray(before) ? before : [];
      list.push(readValue(reader, field, undefined));
      message[name] = list;
    } else message[name] = readValue(reader, field, before);
  }
}

function readValue(reader: BinaryReader, { type }: Field, before: Value | undefined): Value {
  switch (type) {
    case "bool":
      return reader.bool();
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.uint32();
    case "uint64":
      return BigInt(reader.uint64());
    case "string":
      return reader.string(true);
    case "bytes":
      return reader.bytes().slice(); // a copy: what is stored must not hold a whole packet
    default: {
      // The same message twice is merged, field by field.
      const inner: Loose = before === undefined ? {} : (before as Loose);
      readInto(inner, type, reader.bytes());
      return inner;
    }
  }
}

function writeMessage(schema: Schema, message: Loose): Uint8Array {
  const writer = new BinaryWriter();
  for (const { name, field } of fieldsByNumber(schema).values()) {
    const value = message[name];
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      writer.tag(field.number, wireTypeOf(field));
      writeValue(writer, field, one);
    }
  }
  return writer.finish();
}

function writeValue(writer: BinaryWriter, { type }: Field, value: Value): void {
  switch (type) {
    case "bool":
      writer.bool(value as boolean);
      break;
    case "int32":
      writer.int32(value as number);
      break;
    case "uint32":
      writer.uint32(value as number);
      break;
    case "uint64":
      writer.uint64(value as bigint);
      break;
    case "string":
      writer.string(value as string);
      break;
    case "bytes":
      writer.bytes(value as Uint8Array);
      break;
    default:
      writer.bytes(writeMessage(type, value as Loose));
  }
}

function wireTypeOf({ type }: Field): WireType {
  return type === "bool" || type === "int32" || type === "uint32" || type === "uint64"
    ? WireType.Varint
    : WireType.LengthDelimited;
}

const tables = new WeakMap<Schema, Map<number, { name: string; field: Field }>>();

/** The fields in rising order of their numbers. */
function fieldsByNumber(schema: Schema): Map<number, { name: string; field: Field }> {
  let table = tables.get(schema);
  if (table === undefined) {
    const fields = Object.entries(schema.fields).sort(([, a], [, b]) => a.number - b.number);
    table = new Map(fields.map(([name, field]) => [field.number, { name, field }]));
    tables.set(schema, table);
  }
  return table;
}
