// node:crypto on first use: loading it takes some milliseconds that most commands need not spend.

export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}
