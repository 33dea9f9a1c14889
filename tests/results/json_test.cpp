#include <cstring>

#include <doctest/doctest.h>

#include "description/error.hpp"
#include "results/json.hpp"
#include "results/report_page.hpp"
#include "sample.hpp"

using namespace moesaic;
using namespace moesaic::results;

TEST_SUITE_BEGIN("unit");

TEST_CASE("a run comes back from JSON to the bit") {
  Run run = sample::run();
  run.records[0].seconds.nominal = 0.1 + 0.2; // needs 17 digits
  run.records[0].energy[0].count = 18446744073709551615u;
  run.seed = 18446744073709551615u;
  const std::string text = to_json(run);
  const Run back = run_from_json(text, "stats.json");
  CHECK(to_json(back) == text);
  CHECK(std::memcmp(&back.records[0].seconds.nominal, &run.records[0].seconds.nominal, sizeof(double)) == 0);
  CHECK(back.records[0].energy[0].count == run.records[0].energy[0].count);
  CHECK(back.seed == run.seed);
  CHECK(back.records[0].notes == run.records[0].notes);
  CHECK(back.records[0].bound_share == run.records[0].bound_share);
  CHECK(back.inputs[0].text == run.inputs[0].text);
}

TEST_CASE("what is no run, or another version's, is refused by name") {
  CHECK_THROWS_WITH_AS(run_from_json("{}", "a.json"), doctest::Contains("a.json: this is no run"),
                       InputError);
  CHECK_THROWS_WITH_AS(run_from_json("[1", "a.json"), doctest::Contains("a.json: "), InputError);
  CHECK_THROWS_WITH_AS(run_from_json("", "a.json"), doctest::Contains("a.json: "), InputError);
  CHECK_THROWS_WITH_AS(run_from_json(R"({"schema": "moesaic run", "schema_version": 99})", "a.json"),
                       doctest::Contains("schema version 99 is not supported"), InputError);
  CHECK_THROWS_WITH_AS(run_from_json(R"({"schema": "moesaic run", "schema_version": 1})", "a.json"),
                       doctest::Contains("'title' not found"), InputError);
  CHECK_THROWS_AS(run_from_json(R"({"schema": 7})", "a.json"), InputError);
  CHECK_THROWS_WITH_AS(load_run("/nonexistent"), doctest::Contains("no such file"), InputError);
}

TEST_CASE("a result that is not finite is a bug, not a null") {
  Run run = sample::run();
  run.records[0].curves[0].y[3] = 0.0 / 0.0;
  CHECK_THROWS_AS(to_json(run), std::logic_error);
}

TEST_CASE("data cannot break out of the page's element") {
  const std::string page = report_page({sample::run()});
  const std::string opening = "<script type=\"application/json\" id=\"runs\">";
  const auto start = page.find(opening);
  REQUIRE(start != std::string::npos);
  const std::string data =
      page.substr(start + opening.size(), page.find("</script>", start) - start - opening.size());
  CHECK(data.find('<') == std::string::npos);
  CHECK(data.find("\\u003c/script>") != std::string::npos);
  CHECK(data.front() == '[');
  CHECK(data.back() == ']');
  CHECK(page.size() < 2000000);
}

TEST_SUITE_END();
