// What a child process reads, and what the parent makes of its end.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

#include "description/error.hpp"
#include "workloads/hand_over.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

using Put = std::function<void(HandOver&)>;

/// Reads one number from a child that does `read`, with a second of patience.
std::string error_of(const std::function<Put()>& read) {
  try {
    read_apart("the.file", read, [](HandOver& in) { in.get<std::int32_t>(); }, 1);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("what the child hands over arrives as it was, long arrays too") {
    std::vector<double> sent(3000000), come;
    std::iota(sent.begin(), sent.end(), -5);
    std::string text;
    read_apart(
        "f", [&]() -> Put { return [&](HandOver& out) { out.put(sent); out.put(std::string("end\0of", 6)); }; },
        [&](HandOver& in) {
          come = in.get_values(sent.size());
          text = in.get_text();
        },
        60);
    CHECK(come == sent);
    CHECK(text == std::string("end\0of", 6));
  }

  TEST_CASE("a child that crashes, hangs, ends early or says too much or too little is a damaged file") {
    const auto put = [](HandOver& out) { out.put(std::int32_t{1}); };
    CHECK(error_of([&]() -> Put { return put; }) == "");
    CHECK(error_of([]() -> Put { throw InputError("the.file: node 'a': wrong"); }) == "the.file: node 'a': wrong");
    CHECK(error_of([]() -> Put { std::abort(); }) == "the.file: damaged: reading it crashed (Aborted)");
    CHECK(error_of([]() -> Put { raise(SIGSEGV); return {}; }) == "the.file: damaged: reading it crashed (Segmentation fault)");
    CHECK(error_of([]() -> Put { for (volatile bool on = true; on;) ; return {}; }) ==
          "the.file: damaged: reading it took too long or too much memory");
    CHECK(error_of([]() -> Put { std::exit(3); }).rfind("the.file: damaged: ", 0) == 0);
    CHECK(error_of([]() -> Put { throw std::runtime_error("x"); }) == "the.file: damaged: reading it failed");
    CHECK(error_of([&]() -> Put { return [](HandOver&) {}; }) == "the.file: damaged: it ends too early");
    CHECK(error_of([&]() -> Put { return [&](HandOver& out) { put(out); put(out); }; }) == "the.file: damaged: more than expected");
  }

  TEST_CASE("a length over its limit is refused before anything is held for it") {
    const auto put = [] { return Put([](HandOver& out) { out.put(std::uint64_t{1} << 60); }); };
    CHECK_THROWS_WITH_AS(read_apart("f", put, [](HandOver& in) { in.get_values(1000); }, 60),
                         doctest::Contains("damaged: 1152921504606846976 of at most 1000"), InputError);
    CHECK_THROWS_AS(read_apart("f", put, [](HandOver& in) { in.get_text(); }, 60), InputError);
  }
}
