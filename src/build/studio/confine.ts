// What a program in a studio may not do although it is root there: capabilities it does not have, and the system calls
// that only seem to work where the studio has a single user.

const CAPABILITY = {
  chown: 0,
  dacOverride: 1,
  fowner: 3,
  fsetid: 4,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  netBindService: 10,
  netRaw: 13,
  sysChroot: 18,
  setfcap: 31,
} as const;

/**
 * Enough to build packages and to run services as other users. Not among them: mounts, devices, other processes' memory
 * (so that process 1, which may mount, stays out of reach), files by handle, the clock, the network's settings.
 */
export const STUDIO_CAPABILITIES: bigint = Object.values(CAPABILITY).reduce(
  (bits, number) => bits | (1n << BigInt(number)),
  0n,
);

const AUDIT_ARCH = process.arch === "arm64" ? 0xc00000b7 : 0xc000003e;
/** chown, fchown, lchown, fchownat; arm64 has only two of them. */
const OWNER_CALLS = process.arch === "arm64" ? [54, 55] : [92, 93, 94, 260];

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
/** The call is not made, and says that all went well: error number 0. */
const PRETEND = 0x00050000;
const OFFSET = { call: 0, architecture: 4 } as const;

/**
 * A filter under which giving files to another owner does nothing and succeeds. In a studio of a single user every file is
 * root's whatever is done, and builds (tar as root, install -o) must not fail for it.
 */
export function ownerFilter(): Uint8Array {
  const instructions: [code: number, ifTrue: number, ifFalse: number, value: number][] = [
    [LOAD_WORD, 0, 0, OFFSET.architecture],
    [JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH],
    [RETURN, 0, 0, ALLOW],
    [LOAD_WORD, 0, 0, OFFSET.call],
    ...OWNER_CALLS.map((call, index): [number, number, number, number] => [
      JUMP_IF_EQUAL,
      OWNER_CALLS.length - index,
      0,
      call,
    ]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, PRETEND],
  ];
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
