#include "sim/environment.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "description/error.hpp"

extern char** environ;

namespace moesaic::sim {

void check_environment() {
  static const std::vector<std::string> known = {"MOESAIC_DATA", "MOESAIC_BUILD"};
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (name.rfind("MOESAIC_", 0) == 0 && std::find(known.begin(), known.end(), name) == known.end())
      throw InputError(fmt::format("unknown environment variable {}{}", name, suggestion(name, known)));
  }
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
}

bool shows_progress() {
  return isatty(STDERR_FILENO) != 0;
}

void show_progress(const char* what, std::size_t done, std::size_t all) {
  if (shows_progress())
    fmt::print(stderr, done < all ? "\r{}: {} of {}\033[K" : "\r\033[K", what, done, all);
}

} // namespace moesaic::sim
