#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <vector>

#include "sim/sweep/journal.hpp"
#include "tests/sim/sweep/sweep_files.hpp"

using namespace moesaic;
using namespace moesaic::sim::sweep;
using moesaic::sim::sweep::test::Folder;

namespace {

std::vector<std::string> names_in(const std::string& file, std::size_t* damaged = nullptr) {
  std::vector<std::string> names;
  const std::size_t lost =
      read_journal(file, [&](std::string_view name, std::string_view) {
        names.emplace_back(name);
        return true;
      });
  if (damaged)
    *damaged = lost;
  return names;
}

std::string bytes_of(const std::string& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a journal cut at any byte keeps every whole line, and can be gone on with") {
    const Folder folder;
    const std::string file = folder.file("points.journal");
    {
      Journal journal(file);
      for (const char* name : {"a", "b", "c"})
        journal.append(name, std::string("{\"x\":\"") + name + "\"}");
    }
    const std::string whole = bytes_of(file);
    const std::size_t line = whole.size() / 3;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      std::ofstream(file, std::ios::binary) << whole.substr(0, cut);
      CHECK(names_in(file).size() == cut / line);
      Journal(file).append("d", "{}");
      std::size_t damaged = 0;
      CHECK(names_in(file, &damaged).size() == cut / line + 1);
      CHECK(damaged == 0);
    }
  }

  TEST_CASE("a damaged byte costs its own line only") {
    const Folder folder;
    const std::string file = folder.file("points.journal");
    {
      Journal journal(file);
      for (const char* name : {"a", "b", "c"})
        journal.append(name, "{\"value\":1.5}");
    }
    const std::string whole = bytes_of(file);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      std::string hurt = whole;
      hurt[i] = static_cast<char>(hurt[i] ^ 1);
      std::ofstream(file, std::ios::binary) << hurt;
      CHECK(names_in(file).size() >= (whole[i] == '\n' ? 1 : 2));
      for (const auto& name : names_in(file))
        CHECK((name == "a" || name == "b" || name == "c"));
    }
  }

  TEST_CASE("a second writer is refused, a missing file has no points") {
    const Folder folder;
    const std::string file = folder.file("points.journal");
    CHECK(names_in(file).empty());
    const Journal journal(file);
    const pid_t child = fork();
    if (child == 0) {
      try {
        const Journal second(file);
      } catch (const InputError&) {
        _exit(7);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
    CHECK_THROWS_AS(Journal("/nonexistent/points.journal"), InputError);
  }

  TEST_CASE("a full disk is an error that leaves whole points only") {
    const Folder folder;
    const std::string file = folder.file("points.journal");
    const pid_t child = fork();
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_IGN); // then a write over the limit fails as on a full disk
      const rlimit limit{1000, 1000};
      setrlimit(RLIMIT_FSIZE, &limit);
      try {
        Journal journal(file);
        for (int i = 0; i < 100; ++i)
          journal.append("name", "{\"value\":\"a text of some length\"}");
      } catch (const InputError& error) {
        _exit(std::string(error.what()).find("cannot be written: File too large") != std::string::npos ? 7
                                                                                                       : 1);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
    std::size_t damaged = 0;
    const std::size_t line = bytes_of(file).find('\n') + 1;
    CHECK(names_in(file, &damaged).size() == 1000 / line);
    CHECK(damaged == 0);
    CHECK(bytes_of(file).size() == 1000 / line * line);
  }
}
