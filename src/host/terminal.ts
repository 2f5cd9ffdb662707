// Pseudo-terminals (pty(7)): one of our own between the terminal of the caller and what runs in a room, so that nothing in
// there ever holds the caller's terminal (which it could type into).
import { closeSync, constants, openSync } from "node:fs";
import { errno, libc, systemError } from "./libc.ts";

const TCGETS = 0x5401n;
const TCSETSW = 0x5403n;
const TIOCGWINSZ = 0x5413n;
const TIOCSWINSZ = 0x5414n;
const TIOCSPTLCK = 0x4004_5431n;
const TIOCGPTPEER = 0x5441n;
const SETTINGS_BYTES = 64;

export interface TerminalPair {
  /** Our end. */
  readonly master: number;
  /** The program's end. */
  readonly slave: number;
  /** Gives it the size of the terminal on `descriptor`. */
  resizeAs(descriptor: number): void;
}

/** A new terminal with the settings and size of the one on `like`. */
export function openTerminal(like: number): TerminalPair {
  const master = openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY);
  try {
    control(master, TIOCSPTLCK, new Int32Array(1));
    // By number, not by path: the terminal may be of another /dev/pts than the one we see.
    const flags = constants.O_RDWR | constants.O_NOCTTY | 0o2000000;
    const slave = Number(libc().ioctl(master, TIOCGPTPEER, flags as unknown as null));
    if (slave < 0) throw systemError("ioctl TIOCGPTPEER", errno());
    const settings = new Uint8Array(SETTINGS_BYTES);
    control(like, TCGETS, settings);
    control(slave, TCSETSW, settings);
    const pair = { master, slave, resizeAs: (descriptor: number) => resize(master, descriptor) };
    pair.resizeAs(like);
    return pair;
  } catch (error) {
    closeSync(master);
    throw error;
  }
}

/** Makes the terminal on `descriptor` hand everything through; the function returned puts its settings back. */
export function makeRaw(descriptor: number): () => void {
  const before = new Uint8Array(SETTINGS_BYTES);
  control(descriptor, TCGETS, before);
  const view = new DataView(before.slice().buffer);
  const clear = (offset: number, bits: number) =>
    view.setUint32(offset, view.getUint32(offset, true) & ~bits, true);
  clear(0, 0o1 | 0o2 | 0o10 | 0o40 | 0o100 | 0o200 | 0o400 | 0o2000); // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
  clear(4, 0o1); // OPOST
  clear(8, 0o60 | 0o400); // CSIZE PARENB
  view.setUint32(8, view.getUint32(8, true) | 0o60, true); // CS8
  clear(12, 0o1 | 0o2 | 0o10 | 0o100 | 0o100000); // ISIG ICANON ECHO ECHONL IEXTEN
  view.setUint8(17 + 6, 1); // VMIN
  view.setUint8(17 + 5, 0); // VTIME
  control(descriptor, TCSETSW, new Uint8Array(view.buffer));
  return () => {
    // A terminal that is gone has no settings to put back.
    libc().ioctl(descriptor, TCSETSW, before);
  };
}

/** Makes the terminal on `descriptor` show nothing of what is typed, but the end of a line; the function returned undoes it. */
export function hideTyping(descriptor: number): () => void {
  const before = new Uint8Array(SETTINGS_BYTES);
  control(descriptor, TCGETS, before);
  const settings = before.slice();
  const view = new DataView(settings.buffer);
  // ECHO off, ECHONL on: words of c_lflag, the fourth of four.
  view.setUint32(12, (view.getUint32(12, true) & ~0o10) | 0o100, true);
  control(descriptor, TCSETSW, settings);
  return () => {
    libc().ioctl(descriptor, TCSETSW, before);
  };
}

function resize(master: number, like: number): void {
  const size = new Uint8Array(8);
  control(like, TIOCGWINSZ, size);
  control(master, TIOCSWINSZ, size);
}

/** Columns and rows of a terminal. */
export function terminalSize(descriptor: number): { readonly columns: number; readonly rows: number } {
  const size = new Uint16Array(4);
  control(descriptor, TIOCGWINSZ, size);
  return { columns: size[1] ?? 0, rows: size[0] ?? 0 };
}

function control(descriptor: number, request: bigint, data: Uint8Array | Int32Array | Uint16Array): void {
  if (libc().ioctl(descriptor, request, data) !== 0) throw systemError("ioctl", errno());
}
