// The machine code that runs before Bun does (x86-64, System V). At the entry point rsp points to argc, the argv pointers,
// NULL, the envp pointers, NULL; rdx must be kept; everything else is free. Written out by hand because the build needs
// nothing but Bun; test/binary/closed.test.ts shows that it does what it says.

const TEXT_BYTES = 16;

/** `text` is at most 16 bytes long and stands before `table`: the prefixes, each ended by NUL, then an empty one. */
const CODE = `
  48 8b 04 24                      # mov rax, [rsp]                 argc
  48 8d 74 c4 10                   # lea rsi, [rsp+rax*8+16]        envp
  48 83 f8 02                      # cmp rax, 2
  72 6d                            # jb hide
                                   # Called as "hab"?
  48 8b 7c 24 08                   # mov rdi, [rsp+8]               argv[0]
                                   # base:
  48 89 f9                         # mov rcx, rdi                   after the last slash
                                   # scan:
  8a 07                            # mov al, [rdi]
  48 ff c7                         # inc rdi
  3c 2f                            # cmp al, '/'
  74 f4                            # je base
  84 c0                            # test al, al
  75 f3                            # jnz scan
  81 39 68 61 62 00                # cmp dword [rcx], "hab"
  75 50                            # jne hide
                                   # With -V or --version first?
  48 8b 7c 24 10                   # mov rdi, [rsp+16]              argv[1]
  66 81 3f 2d 56                   # cmp word [rdi], "-V"
  75 06                            # jne long
  80 7f 02 00                      # cmp byte [rdi+2], 0
  74 16                            # je version
                                   # long:
  48 b9 2d 2d 76 65 72 73 69 6f    # mov rcx, "--versio"
  48 39 0f                         # cmp [rdi], rcx
  75 2f                            # jne hide
  66 83 7f 08 6e                   # cmp word [rdi+8], "n"
  75 28                            # jne hide
                                   # version: write(1, text, length), exit
  b8 01 00 00 00                   # mov eax, 1
  bf 01 00 00 00                   # mov edi, 1
  48 8d 35 84 00 00 00             # lea rsi, [rip+text]
  ba <length>                      # mov edx, length
  0f 05                            # syscall
  31 ff                            # xor edi, edi
  48 85 c0                         # test rax, rax
  40 0f 9e c7                      # setle dil                      exit code 1 when nothing was written
  b8 e7 00 00 00                   # mov eax, 231                   exit_group
  0f 05                            # syscall
                                   # hide: the next variable
  48 8b 3e                         # mov rdi, [rsi]
  48 83 c6 08                      # add rsi, 8
  48 85 ff                         # test rdi, rdi
  74 34                            # jz done
  4c 8d 05 6a 00 00 00             # lea r8, [rip+table]
                                   # prefix:
  41 80 38 00                      # cmp byte [r8], 0               the empty prefix: none agrees
  74 e7                            # je hide
  48 89 f9                         # mov rcx, rdi
                                   # compare:
  41 8a 00                         # mov al, [r8]
  84 c0                            # test al, al
  74 18                            # je matched                     the whole prefix agrees
  3a 01                            # cmp al, [rcx]
  75 08                            # jne skip
  49 ff c0                         # inc r8
  48 ff c1                         # inc rcx
  eb ed                            # jmp compare
                                   # skip: to the end of this prefix
  41 8a 00                         # mov al, [r8]
  49 ff c0                         # inc r8
  84 c0                            # test al, al
  75 f6                            # jne skip
  eb d8                            # jmp prefix
                                   # matched:
  c6 07 01                         # mov byte [rdi], 1
  eb c0                            # jmp hide
                                   # done: one argument is left, argv[0]; the stack stays where the loader knows it
  48 8b 04 24                      # mov rax, [rsp]                 argc
  48 83 f8 01                      # cmp rax, 1
  76 17                            # jbe go
  48 c7 04 24 01 00 00 00          # mov qword [rsp], 1             libc has envp from the loader, not from argc
  48 c7 44 24 10 00 00 00 00       # mov qword [rsp+16], 0          argv[1]
  66 0f 1f 44 00 00                # nop
                                   # go:
  48 b8 <entry>                    # mov rax, the old entry point
  ff e0                            # jmp rax
`;

export interface EntryCodeParts {
  /** Where the program goes on. */
  readonly oldEntry: bigint;
  /** What `hab --version` prints. */
  readonly versionLine: string;
  /** Beginnings of the names of variables to spoil. */
  readonly hiddenPrefixes: readonly string[];
}

/** The bytes of the new entry point, position-independent. */
export function entryCode({ oldEntry, versionLine, hiddenPrefixes }: EntryCodeParts): Uint8Array {
  const text = Buffer.alloc(TEXT_BYTES);
  if (text.write(versionLine) !== Buffer.byteLength(versionLine))
    throw new Error(`entry code: the version line is longer than ${TEXT_BYTES} bytes`);
  const values = new Map([
    ["<length>", littleEndian(BigInt(versionLine.length), 4)],
    ["<entry>", littleEndian(oldEntry, 8)],
  ]);
  const bytes = CODE.split("\n").flatMap((line) =>
    (line.split("#")[0] ?? "")
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "")
      .flatMap((word) => values.get(word) ?? [Number.parseInt(word, 16)]),
  );
  const table = `${hiddenPrefixes.map((prefix) => `${prefix}\0`).join("")}\0`;
  return Buffer.concat([Uint8Array.from(bytes), text, Buffer.from(table, "latin1")]);
}

function littleEndian(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
