#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "description/error.hpp"
#include "folder.hpp"
#include "results/csv.hpp"
#include "results/json.hpp"
#include "results/run_folder.hpp"
#include "sample.hpp"
#include "sim/commands/commands.hpp"

using namespace moesaic;
using namespace moesaic::results;

namespace {

void run(const std::string& arguments) {
  CLI::App app;
  sim::add_report_command(app);
  app.parse("report " + arguments);
}

std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_SUITE_BEGIN("unit");

TEST_CASE("report rebuilds the page of a run, byte for byte, from stats.json") {
  const TemporaryFolder parent;
  write_run_folder(parent / "run", sample::run());
  const std::string page = content(parent / "run/report.html");
  std::filesystem::remove(parent / "run/report.html");
  run(parent / "run");
  CHECK(content(parent / "run/report.html") == page);
}

TEST_CASE("report writes several runs into one page, CSV and JSON") {
  const TemporaryFolder parent;
  write_run_folder(parent / "a", sample::run());
  write_run_folder(parent / "b", sample::batches({1, 4}));
  const std::string both = parent / "a" + " " + parent / "b/stats.json";
  run(both + " --output " + parent / "both.html");
  CHECK(content(parent / "both.html").find("DeepSeek-V3 MoE layer over batch sizes") != std::string::npos);
  run(both + " --format csv --output " + parent / "both.csv");
  auto records = sample::three_machines(1);
  for (auto& record : sample::batches({1, 4}).records)
    records.push_back(record);
  CHECK(content(parent / "both.csv") == summary_csv(records));
  run(parent / "a --format json --output " + parent / "a.json");
  CHECK(load_run(parent / "a.json").records.size() == 3);
  run(parent / "a --format actions --output " + parent / "a.csv");
  CHECK(content(parent / "a.csv") == content(parent / "a/actions.csv"));
}

TEST_CASE("report refuses what it cannot do, and leaves nothing") {
  const TemporaryFolder parent;
  write_run_folder(parent / "a", sample::run());
  CHECK_THROWS_WITH_AS(run(parent / "a " + parent / "a"), doctest::Contains("--output FILE.html"),
                       InputError);
  CHECK_THROWS_WITH_AS(run(parent / "absent --output " + parent / "x"), doctest::Contains("no such file"),
                       InputError);
  CHECK_THROWS_AS(run(parent / "a --format pdf"), CLI::ValidationError);
  std::ofstream(parent / "broken.json") << "{\"schema\": \"moesaic run\", ";
  CHECK_THROWS_WITH_AS(run(parent / "broken.json --output " + parent / "x"),
                       doctest::Contains("broken.json: "), InputError);
  CHECK_FALSE(std::filesystem::exists(parent / "x"));
}

TEST_SUITE_END();
