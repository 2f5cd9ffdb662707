// What process 1 of a room does before its program starts, as data: the root is changed first, so that every absolute path
// after it is one of the room and no link in it leads out; sources of mounts are relative to a kept directory.

/** Attributes of a mount (MOUNT_ATTR_… and MS_… have the same values). */
export const MOUNT = { readOnly: 1, noSuid: 2, noDev: 4, noExec: 8 } as const;

/** Where a source is looked up: the root from before, or what `keep` put there. */
export const OLD_ROOT = 0;

export type RoomStep = { readonly optional?: true } & (
  | { readonly kind: "root"; readonly path: string; readonly pivot: boolean }
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "empty-file"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly text: string }
  | { readonly kind: "link"; readonly target: string; readonly path: string }
  | {
      readonly kind: "bind";
      /** Absolute for OLD_ROOT, else relative to what is kept in the slot. Without links on the way. */
      readonly source: string;
      readonly slot?: number;
      readonly path: string;
      readonly attributes?: number;
      readonly recursive?: boolean;
    }
  | {
      readonly kind: "mount";
      readonly type: string;
      readonly path: string;
      readonly flags?: number;
      readonly data?: string;
    }
  | { readonly kind: "restrict"; readonly path: string; readonly attributes: number }
  | { readonly kind: "keep"; readonly path: string; readonly slot: number }
  | { readonly kind: "loopback" }
  | { readonly kind: "let-go"; readonly pivot: boolean }
);

/** The bytes that room.c reads: for each step whether it must succeed, a letter, its fields, each ended by NUL. */
export function encodeSteps(steps: readonly RoomStep[]): Buffer {
  const fields = steps.flatMap((step) => [step.optional === true ? "?" : "!", ...fieldsOf(step)]);
  for (const each of fields) if (each.includes("\0")) throw new Error("a step of a room holds a NUL");
  return Buffer.from(`${fields.map((each) => `${each}\0`).join("")}\0`);
}

function fieldsOf(step: RoomStep): string[] {
  switch (step.kind) {
    case "root":
      return ["R", step.path, step.pivot ? "1" : "0"];
    case "directory":
      return ["d", step.path, step.mode.toString(8)];
    case "empty-file":
      return ["f", step.path];
    case "file":
      return ["w", step.path, step.mode.toString(8), step.text];
    case "link":
      return ["l", step.target, step.path];
    case "bind":
      return [
        "b",
        String(step.slot ?? OLD_ROOT),
        step.source.replace(/^\/+/, "") || ".",
        step.path,
        String(step.attributes ?? 0),
        step.recursive === true ? "1" : "0",
      ];
    case "mount":
      return ["m", step.type, step.path, String(step.flags ?? 0), step.data ?? ""];
    case "restrict":
      return ["r", step.path, String(step.attributes)];
    case "keep":
      return ["k", step.path, String(step.slot)];
    case "loopback":
      return ["n"];
    case "let-go":
      return [step.pivot ? "z" : "c"];
  }
}
