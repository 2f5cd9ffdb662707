// liblzma's assertions are for its developers; NDEBUG is set.
#pragma once
#define assert(condition) ((void)0)
