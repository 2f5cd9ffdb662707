// Counts words; in C++, so that the compiler's own library is needed.
#include <sstream>
#include <stdexcept>
#include <string>

extern "C" int count_words(const char *text) {
  try {
    if (!text) throw std::invalid_argument("no text");
    std::istringstream words{std::string(text)};
    int count = 0;
    for (std::string word; words >> word;) count++;
    return count;
  } catch (const std::exception &) {
    return -1;
  }
}
