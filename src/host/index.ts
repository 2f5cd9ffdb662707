// What the program asks of the operating system.
export { loadAddon } from "./addon.ts";
export * from "./capabilities.ts";
export { asTimeOfDay, monotonicMicroseconds, steadyNow } from "./clock.ts";
export { beginConnecting, type ConnectAttempt } from "./connect-attempt.ts";
export * from "./elf-names.ts";
export * from "./environment.ts";
export * from "./errors.ts";
export * from "./files.ts";
export { writeFileWholeInBackground } from "./files-background.ts";
export * from "./id-map.ts";
export { duplicateDescriptor, openPipe } from "./libc.ts";
export * from "./lock.ts";
export * from "./process.ts";
export { type EndOptions, endOf, type ProcessEnd } from "./process-end.ts";
export { EXEC_AS_ARGUMENT, execAs, type Identity, replaceProcess } from "./process-identity.ts";
export { LineSplitter, MAX_LINE_LENGTH, readLineBatches, readLines, readPipe } from "./process-lines.ts";
export { becomeSubreaper, reapOrphan, reapOrphans, stopBeingSubreaper } from "./process-orphans.ts";
export { isCompiled, ownCommand, workerModule } from "./process-self.ts";
export {
  isProcessRunning,
  type ProcessStatus,
  processStartTime,
  processStatus,
  runningGroupMembers,
  type SessionLeader,
  sessionLeaders,
} from "./process-table.ts";
export { descendantsOf } from "./process-tree.ts";
export {
  signalNumber,
  type TerminateOptions,
  type TerminationResult,
  terminateGroup,
  waitForExit,
} from "./process-wait.ts";
export { type Relocation, relocateProgram } from "./relocate-program.ts";
export { type Room, type RoomOptions, startRoom } from "./room.ts";
export { MOUNT, OLD_ROOT, type RoomStep } from "./room-steps.ts";
export * from "./roots.ts";
export { raiseReceiveBuffer, setUserTimeout } from "./socket-options.ts";
export { startWriting, syncData, syncFileSystem, syncTrees } from "./sync.ts";
export { hideTyping, makeRaw, openTerminal, type TerminalPair, terminalSize } from "./terminal.ts";
export { ownUnitProcesses } from "./unit-processes.ts";
export { openUnixDatagram, type UnixDatagram } from "./unix-datagram.ts";
export { writeFileUnnamed } from "./unnamed-file.ts";
export * from "./users.ts";
