// What liblzma needs of a C library, for WebAssembly: memory, and four functions over bytes. script/build-liblzma compiles it
// with liblzma. Memory is a row of blocks from the end of the module's own data up to `top`; a free block knows the next free
// one, in the order of addresses, and grows together with its neighbours, so that a decoder used for one stream after
// another, each with a dictionary of another size, does not use up the memory.
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE_BYTES 65536u
#define ALIGNMENT_BYTES 16u

// In front of every block. `next` is used by free ones only.
typedef struct block {
	size_t size;
	struct block *next;
} __attribute__((aligned(ALIGNMENT_BYTES))) block;

extern unsigned char __heap_base;

static block *first_free;
static uintptr_t top;
// Above it no memory was ever given out: it is zero, and clearing it again would touch every page.
static uintptr_t highest;

static uintptr_t end_of(const block *b)
{
	return (uintptr_t)b + sizeof(block) + b->size;
}

static block *take_from_top(size_t size)
{
	if (top == 0)
		highest = top = ((uintptr_t)&__heap_base + ALIGNMENT_BYTES - 1) & ~(uintptr_t)(ALIGNMENT_BYTES - 1);
	const uintptr_t end = top + sizeof(block) + size;
	if (end < top)
		return NULL;
	const size_t pages = __builtin_wasm_memory_size(0);
	// In 64 bits: the whole of the memory is one more than 32 bits can say.
	const uint64_t missing = (uint64_t)end - (uint64_t)pages * PAGE_SIZE_BYTES;
	if ((uint64_t)end > (uint64_t)pages * PAGE_SIZE_BYTES
			&& __builtin_wasm_memory_grow(0, (size_t)((missing + PAGE_SIZE_BYTES - 1) / PAGE_SIZE_BYTES)) == SIZE_MAX)
		return NULL;
	block *b = (block *)top;
	b->size = size;
	top = end;
	return b;
}

static block *take(size_t wanted)
{
	if (wanted > SIZE_MAX - 2 * ALIGNMENT_BYTES)
		return NULL;
	const size_t size = (wanted + ALIGNMENT_BYTES - 1) & ~(size_t)(ALIGNMENT_BYTES - 1);
	for (block **link = &first_free; *link != NULL; link = &(*link)->next) {
		block *b = *link;
		if (b->size < size)
			continue;
		if (b->size - size > sizeof(block)) {
			block *rest = (block *)((uintptr_t)b + sizeof(block) + size);
			rest->size = b->size - size - sizeof(block);
			rest->next = b->next;
			b->size = size;
			*link = rest;
		} else {
			*link = b->next;
		}
		return b;
	}
	return take_from_top(size);
}

static void note_highest(const block *b)
{
	if (end_of(b) > highest)
		highest = end_of(b);
}

void *malloc(size_t size)
{
	block *b = take(size);
	if (b == NULL)
		return NULL;
	note_highest(b);
	return b + 1;
}

void *calloc(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	block *b = take(count * size);
	if (b == NULL)
		return NULL;
	const uintptr_t from = (uintptr_t)(b + 1);
	const uintptr_t used = highest < end_of(b) ? highest : end_of(b);
	if (used > from)
		__builtin_memset((void *)from, 0, used - from);
	note_highest(b);
	return b + 1;
}

void free(void *address)
{
	if (address == NULL)
		return;
	block *b = (block *)address - 1;
	block *before = NULL;
	block *after = first_free;
	while (after != NULL && after < b) {
		before = after;
		after = after->next;
	}
	b->next = after;
	if (after != NULL && end_of(b) == (uintptr_t)after) {
		b->size += sizeof(block) + after->size;
		b->next = after->next;
	}
	if (before == NULL) {
		first_free = b;
	} else if (end_of(before) == (uintptr_t)b) {
		before->size += sizeof(block) + b->size;
		before->next = b->next;
		b = before;
	} else {
		before->next = b;
	}
	if (end_of(b) != top)
		return;
	// The last block: what lies above `top` is nobody's.
	top = (uintptr_t)b;
	block **link = &first_free;
	while (*link != b)
		link = &(*link)->next;
	*link = NULL;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a;
	const unsigned char *y = b;
	for (; size > 0; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *bytes, int wanted, size_t size)
{
	for (const unsigned char *x = bytes; size > 0; size--, x++)
		if (*x == (unsigned char)wanted)
			return (void *)x;
	return NULL;
}

size_t strlen(const char *text)
{
	size_t length = 0;
	while (text[length] != '\0')
		length++;
	return length;
}
