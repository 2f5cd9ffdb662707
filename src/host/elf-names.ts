// Numbers of the ELF format that more than one of our readers and writers of it uses, by the names they have in it (System V ABI,
// chapters 4 and 5; GNU extensions).

/** The first four bytes of a file, big-endian. */
export const ELF_MAGIC = 0x7f454c46;

/** Kinds of segments. */
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;

/** Tags of the dynamic section. */
export const DT_NULL = 0;
export const DT_NEEDED = 1;
export const DT_STRTAB = 5;
export const DT_STRSZ = 10;
export const DT_SONAME = 14;
export const DT_RPATH = 15;
export const DT_RUNPATH = 29;
export const DT_FLAGS_1 = 0x6ffffffb;

/** Bytes of an entry of the dynamic section of a 64-bit file. */
export const DYNAMIC_ENTRY_BYTES = 16;
