#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>

#include "results/interval.hpp"
#include "results/table.hpp"
#include "results/verdict.hpp"
#include "sample.hpp"

using namespace moesaic::results;

TEST_SUITE_BEGIN("unit");

TEST_CASE("an interval's ends take the prefix of its nominal value") {
  CHECK(format_interval({1.93, 1.2, 3.1}, "J") == "1.93 J (1.2 to 3.1)");
  CHECK(format_interval({1.93e-3, 0.97e-3, 13.86e-3}, "J") == "1.93 mJ (0.97 to 14)");
  CHECK(format_interval({123e-6, 98e-6, 164e-6}, "s") == "123 us (98 to 164)");
  CHECK(format_interval({5, 5, 5}, "J") == "5.00 J");
  CHECK(format_interval({0, 0, 0}, "J") == "0 J");
  CHECK(format_interval({100, 99.9, 100.1}, "W") == "100 W (99.9 to 100)");
}

TEST_CASE("a ratio of intervals is as wide as independent errors make it") {
  const Interval r = ratio({6, 4, 8}, {2, 1, 4});
  CHECK(r.nominal == 3);
  CHECK(r.low == 1);
  CHECK(r.high == 8);
}

TEST_CASE("energy per token divides the batch, latency does not") {
  RunRecord r;
  r.tokens = 8;
  r.seconds = {2, 1, 4};
  r.joules = {16, 8, 32};
  CHECK(joules_per_token(r).nominal == 2);
  CHECK(tokens_per_second(r).nominal == 4);
  CHECK(tokens_per_second(r).low == 2);
  CHECK(watts(r).nominal == 8);
}

TEST_CASE("the verdict names the winner, the GPU too, and says what the intervals leave open") {
  RunRecord ours, gpu;
  ours.machine = "loihi2";
  ours.kind = "neuromorphic";
  ours.seconds = {34, 20, 58};
  ours.joules = {1, 0.5, 2};
  gpu.machine = "h100";
  gpu.kind = "gpu";
  gpu.seconds = {1, 1, 1};
  gpu.joules = {1.4, 1.2, 1.6};
  const auto sentences = verdict({ours, gpu});
  REQUIRE(sentences.size() == 1);
  CHECK(sentences[0] ==
        "loihi2 against h100, batch 1. Latency: h100 wins by 34 times (20 to 58); energy: loihi2 wins "
        "by 1.4 times (0.60 to 3.2), not settled within the intervals.");
  RunRecord faster = gpu;
  faster.machine = "h200";
  faster.seconds = {0.5, 0.5, 0.5};
  faster.joules = {2, 2, 2};
  CHECK(verdict({ours, gpu, faster})[0] ==
        "loihi2 against the better of h100 and h200, batch 1. Latency: h200 wins by 68 times (40 to 116); "
        "energy: loihi2 "
        "wins by 1.4 times (0.60 to 3.2), not settled within the intervals.");
  RunRecord group = gpu;
  group.machine = "8xh100";
  CHECK(verdict({ours, gpu, faster, group})[0].rfind("loihi2 against the best of h100, h200 and 8xh100, batch 1.", 0) == 0);
  gpu.tokens = 8; // another batch is no comparison
  CHECK(verdict({ours, gpu}).empty());
}

TEST_CASE("the table fits 120 columns, has a row a machine and no escapes unless asked") {
  auto records = sample::three_machines();
  records[0].notes.push_back(std::string(300, 'x') + " and a very long note " + std::string(90, 'y'));
  records[0].notes.pop_back();
  const std::string text = format_table(records);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    CHECK_MESSAGE(line.size() <= 120, line);
  CHECK(text.find('\x1b') == std::string::npos);
  for (const auto& r : records)
    CHECK(text.find("\n" + r.machine + " ") != std::string::npos);
  CHECK(format_table(records, {true, 120}).find("\x1b[1m") == 0);
  CHECK(text.find("h100 wins") != std::string::npos);
}

TEST_SUITE_END();
