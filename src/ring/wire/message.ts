// Protocol Buffers by table, as strict as the original's decoder: a known field of another wire type, a length beyond the
// message around it, or text that is not UTF-8 makes the whole message bad. Generated code reads such messages as
// something else (docs/decisions/0012-ring-messages.md). Unknown fields are skipped and not kept (butterfly.md §5).
import { BLOCK, FieldReader, tagOf, VARINT } from "./field-reader.ts";
import { FieldWriter } from "./field-writer.ts";
import { malformed } from "./malformed.ts";

interface Scalars {
  bool: boolean;
  int32: number;
  uint32: number;
  uint64: bigint;
  string: string;
  bytes: Uint8Array;
  /** Our own: a number up to 2^53 − 1. */
  integer: number;
}

/** Our own: numbers of `width` bytes each, the lowest first, at most `limit` of them. */
export interface Packed {
  readonly width: number;
  readonly limit: number;
}

export interface Field {
  readonly number: number;
  readonly type: keyof Scalars | Packed | Schema;
  readonly repeated?: boolean;
}

/** Numbers from here on are ours; an original member skips them. Up to 2047 a tag takes two bytes. */
const FIRST_EXTENSION = 1000;

/** A message: its fields by name, and the names of those of which at most one is present. */
export interface Schema {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly oneOf?: readonly string[];
}

type ValueOf<Type extends Field["type"]> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends Packed
    ? readonly number[]
    : Type extends Schema
      ? Message<Type>
      : never;

/** What a schema describes. A field that was not on the wire is absent. */
export type Message<Of extends Schema> = {
  [Name in keyof Of["fields"]]?: Of["fields"][Name] extends { readonly repeated: true }
    ? ValueOf<Of["fields"][Name]["type"]>[]
    : ValueOf<Of["fields"][Name]["type"]>;
};

type Value = boolean | number | bigint | string | Uint8Array | Loose | Value[] | readonly number[];
interface Loose {
  [name: string]: Value | undefined;
}

/** Decodes. Throws `malformedMessage`. */
export function decodeMessage<Of extends Schema>(schema: Of, bytes: Uint8Array): Message<Of> {
  const message: Loose = {};
  readInto(message, schema, new FieldReader(bytes));
  return message as Message<Of>;
}

const writer = new FieldWriter();

/** Encodes the fields that are present, in the order of their numbers; without `extensions` only the original's. */
export function encodeMessage<Of extends Schema>(
  schema: Of,
  message: Message<Of>,
  extensions = true,
): Uint8Array {
  writer.start();
  writeFields(schema, message as Loose, extensions);
  return writer.finish();
}

/** Reads fields until the message ends. */
function readInto(message: Loose, schema: Schema, reader: FieldReader): void {
  const fields = fieldsByNumber(schema);
  while (reader.more()) {
    const tag = reader.tag();
    const found = fields.get(tag >>> 3);
    if (found === undefined) {
      reader.skip(tag);
      continue;
    }
    const { name, field } = found;
    if (tag !== found.tag) throw malformed(`field ${name} of a ${schema.name} has wire type ${tag & 7}`);
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

function readValue(reader: FieldReader, { type }: Field, before: Value | undefined): Value {
  switch (type) {
    case "bool":
      return reader.bool();
    case "int32":
      return reader.int32();
    case "uint32":
      return reader.uint32();
    case "uint64":
      return reader.uint64();
    case "integer":
      return reader.safeInteger();
    case "string":
      return reader.text();
    case "bytes":
      return reader.block();
    default: {
      if ("width" in type) return reader.packed(type.width, type.limit);
      // The same message twice is merged, field by field.
      const inner: Loose = before === undefined ? {} : (before as Loose);
      const outer = reader.enter();
      readInto(inner, type, reader);
      reader.leave(outer);
      return inner;
    }
  }
}

function writeFields(schema: Schema, message: Loose, extensions: boolean): void {
  for (const { name, field, tag } of fieldsByNumber(schema).values()) {
    const value = message[name];
    if (value === undefined || (field.number >= FIRST_EXTENSION && !extensions)) continue;
    for (const one of field.repeated ? (value as Value[]) : [value]) {
      writer.varint(tag);
      writeValue(field, one, extensions);
    }
  }
}

function writeValue({ type }: Field, value: Value, extensions: boolean): void {
  switch (type) {
    case "bool":
      writer.bool(value as boolean);
      break;
    case "int32":
      writer.int32(value as number);
      break;
    case "uint32":
    case "integer":
      writer.varint(value as number);
      break;
    case "uint64":
      writer.uint64(value as bigint);
      break;
    case "string":
      writer.text(value as string);
      break;
    case "bytes":
      writer.block(value as Uint8Array);
      break;
    default: {
      if ("width" in type) {
        writer.packed(type.width, value as readonly number[]);
        break;
      }
      const start = writer.open();
      writeFields(type, value as Loose, extensions);
      writer.close(start);
    }
  }
}

function isVarint({ type }: Field): boolean {
  return type === "bool" || type === "int32" || type === "uint32" || type === "uint64" || type === "integer";
}

interface Row {
  readonly name: string;
  readonly field: Field;
  readonly tag: number;
}

const tables = new WeakMap<Schema, Map<number, Row>>();

/** The fields in rising order of their numbers. */
function fieldsByNumber(schema: Schema): Map<number, Row> {
  let table = tables.get(schema);
  if (table === undefined) {
    const fields = Object.entries(schema.fields).sort(([, a], [, b]) => a.number - b.number);
    table = new Map(
      fields.map(([name, field]) => [
        field.number,
        { name, field, tag: tagOf(field.number, isVarint(field) ? VARINT : BLOCK) },
      ]),
    );
    tables.set(schema, table);
  }
  return table;
}
