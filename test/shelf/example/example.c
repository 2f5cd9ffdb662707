// Uses the library.
#include <stdio.h>

int count_words(const char *text);

int main(void) {
  if (count_words(NULL) != -1) return 1;
  printf("%d words, shared and hermetic\n", count_words("five words are in here"));
  return 0;
}
