// The built program, for tests that meet it as its user does.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <sys/wait.h>

#include "tests/results/folder.hpp"

struct Answer {
  int code = -1;
  std::string out, error;
};

inline std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs the program in `folder`; its output goes to `out` if that is given, and then is not read.
inline Answer run_moesaic(const TemporaryFolder& folder, const std::string& arguments, const std::string& out = "") {
  const TemporaryFolder streams;
  const int status = std::system(fmt::format("cd {} && {} {} >{} 2>{}", folder.path(), MOESAIC_PROGRAM, arguments,
                                             out.empty() ? streams / "out" : out, streams / "error")
                                     .c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out.empty() ? content(streams / "out") : "", content(streams / "error")};
}
