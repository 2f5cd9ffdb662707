// How far two places in the window are alike: the innermost loop of every match finder. liblzma compares eight bytes at a time
// only where addresses have 64 bits; WebAssembly has 32, but its integers have 64 and loads need no alignment. Included before
// each of liblzma's files, in place of its memcmplen.h, whose guard it defines.
#pragma once
#define LZMA_MEMCMPLEN_H
#include "common.h"

// Bytes that may be read behind the limit; liblzma makes its buffers larger by it.
#define LZMA_MEMCMPLEN_EXTRA 8

static inline __attribute__((always_inline)) uint32_t
lzma_memcmplen(const uint8_t *a, const uint8_t *b, uint32_t length, uint32_t limit)
{
	for (; length < limit; length += 8) {
		uint64_t x, y;
		memcpy(&x, a + length, 8);
		memcpy(&y, b + length, 8);
		if (x != y) {
			length += (uint32_t)__builtin_ctzll(x ^ y) / 8;
			return length < limit ? length : limit;
		}
	}
	return limit;
}
