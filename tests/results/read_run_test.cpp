// The documented script reads what the program writes.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "folder.hpp"
#include "results/store.hpp"
#include "sample.hpp"

using namespace moesaic::results;

namespace {

/// A Python that has h5py and pandas, or "".
std::string python() {
  for (const std::string name : {"python3", "/usr/bin/python3"})
    if (std::system((name + " -c 'import h5py, pandas' 2>/dev/null").c_str()) == 0)
      return name;
  return "";
}

std::string output(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  REQUIRE(pipe);
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    text.append(buffer.data(), read);
  return text;
}

} // namespace

TEST_SUITE_BEGIN("system");

TEST_CASE("docs/read_run.py reads run.h5 with h5py and pandas") {
  const std::string interpreter = python();
  if (interpreter.empty()) {
    MESSAGE("skipped: no Python with h5py and pandas is installed");
    return;
  }
  const TemporaryFolder folder;
  Run run = sample::batches({1, 8});
  run.records[0].energy[0].joules = {1.25, 1, 2};
  write_store(folder / "run.h5", run);
  const std::string text = output(interpreter + " " READ_RUN_SCRIPT " " + folder / "run.h5" + " 2>&1");
  for (const RunRecord& record : run.records) {
    double active = 0, total = 0;
    for (const auto& line : record.energy) {
      total += line.joules.nominal;
      if (line.kind == "active")
        active += line.joules.nominal;
    }
    CHECK_MESSAGE(text.find(fmt::format("{:.6f}", active)) != std::string::npos, text);
    CHECK_MESSAGE(text.find(fmt::format("{:.6f}", total)) != std::string::npos, text);
  }
  CHECK(text.find("system.chip.core.synapse synaptic operation 396361728 1.250000e+12") != std::string::npos);
}

TEST_SUITE_END();
