// As much of it as liblzma uses; copying and filling are instructions of WebAssembly.
#pragma once
#include <stddef.h>
#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *bytes, int wanted, size_t size);
size_t strlen(const char *text);
