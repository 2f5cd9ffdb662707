// What the program asks of the operating system.
// Files are passed on whole: with `export { name } from`, Bun has whoever takes one thing load all of the room
// (docs/decisions/0043-build-speed.md).
export * from "./addon.ts";
export * from "./capabilities.ts";
export * from "./clock.ts";
export * from "./connect-attempt.ts";
export * from "./elf-names.ts";
export * from "./environment.ts";
export * from "./errors.ts";
export * from "./files.ts";
export * from "./files-background.ts";
export * from "./home.ts";
export * from "./huge-pages.ts";
export * from "./id-map.ts";
export * from "./libc.ts";
export * from "./lock.ts";
export * from "./open-unnamed.ts";
export * from "./process.ts";
export * from "./process-end.ts";
export * from "./process-identity.ts";
export * from "./process-lines.ts";
export * from "./process-orphans.ts";
export * from "./process-self.ts";
export * from "./process-table.ts";
export * from "./process-tree.ts";
export * from "./process-wait.ts";
export * from "./relocate-program.ts";
export * from "./room.ts";
export * from "./room-steps.ts";
export * from "./roots.ts";
export * from "./socket-options.ts";
export * from "./sync.ts";
export * from "./terminal.ts";
export * from "./unit-processes.ts";
export * from "./unix-datagram.ts";
export * from "./unnamed-file.ts";
export * from "./users.ts";
