#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "description/error.hpp"
#include "folder.hpp"
#include "results/base64.hpp"
#include "results/csv.hpp"
#include "results/json.hpp"
#include "results/run_folder.hpp"
#include "results/sha256.hpp"
#include "results/store.hpp"
#include "sample.hpp"

using namespace moesaic;
using namespace moesaic::results;
namespace fs = std::filesystem;

namespace {

std::set<std::string> listing(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      names.insert(fs::relative(entry.path(), folder).string());
  return names;
}

std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

TEST_SUITE_BEGIN("unit");

TEST_CASE("SHA-256 of the standard's own examples (FIPS 180-4)") {
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("base64 of the standard's own examples (RFC 4648), and across the pieces it is made in") {
  const char* const examples[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples)
    CHECK(base64(bytes) == text);
  const std::string much(7 << 20, 'f'); // not a whole number of pieces: 7340032 = 3 * 2446677 + 1
  CHECK(base64(much).size() == 4 * 2446678);
  CHECK(base64(much).substr(4 * 2446676) == "ZmZmZg==");
}

TEST_CASE("CSV: quotes what needs it and gives the ledger's sum") {
  auto records = sample::three_machines();
  records[2].energy[0].action = "a \"b\", c";
  const std::string text = actions_csv(records);
  CHECK(text.find("\"a \"\"b\"\", c\"") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1 + 6 + 3 + 3);
  const std::string table = energy_table_csv(records);
  // 0.0141 J over 396361728 synaptic operations
  CHECK(table.find("loihi2,1,system.chip.core.synapse,synaptic operation,active,pJ,35.57") !=
        std::string::npos);
  CHECK(table.find("h100,1,board,\"a \"\"b\"\", c\",static,W,70") != std::string::npos);
  CHECK(summary_csv(records).find("h100,gpu,deepseek-v3,1,0.0001531") != std::string::npos);
}

TEST_CASE("a run folder holds everything, and reads back") {
  const TemporaryFolder parent;
  write_run_folder(parent / "deep/run", sample::run());
  CHECK(listing(parent / "deep/run") ==
        std::set<std::string>{"actions.csv", "constants.csv", "energy_table.csv", "inputs/deepseek-v3.yaml",
                              "log.txt", "report.html", "run.h5", "stats.json"});
  const Run back = load_run(parent / "deep/run");
  CHECK(back.inputs[0].sha256 == sha256(content(parent / "deep/run/inputs/deepseek-v3.yaml")));
  CHECK(read_store(parent / "deep/run/run.h5").size() == 3);
  CHECK(content(parent / "deep/run/log.txt").find(back.inputs[0].sha256) != std::string::npos);
  CHECK(content(parent / "deep/run/log.txt").find("seed       7") != std::string::npos);
  CHECK(free_run_folder(parent / "deep", "run") == parent / "deep/run-2");
  CHECK(free_run_folder(parent / "deep", "other") == parent / "deep/other");
}

TEST_CASE("a failure leaves nothing behind") {
  const TemporaryFolder parent;
  Run broken = sample::run();
  broken.records[1].heat_maps.push_back(
      {"bad", "bad", "", 3, 3, {1, 2}}); // found only while run.h5 is written
  CHECK_THROWS(write_run_folder(parent / "run", broken));
  CHECK(fs::is_empty(parent.path()));
  write_run_folder(parent / "run", sample::run());
  const auto before = listing(parent.path());
  CHECK_THROWS_WITH_AS(write_run_folder(parent / "run", sample::run()), doctest::Contains("exists already"),
                       InputError);
  CHECK(listing(parent.path()) == before);
  Run twice = sample::run();
  twice.inputs.push_back(twice.inputs[0]);
  CHECK_THROWS_AS(write_run_folder(parent / "twice", twice), std::logic_error);
  twice.inputs[1].name = "../escape";
  CHECK_THROWS_AS(write_run_folder(parent / "twice", twice), std::logic_error);
}

TEST_CASE("a disk that fills up is said, and leaves nothing") {
  const TemporaryFolder parent;
  Run large = sample::run();
  large.records[0].energy.assign(20000, large.records[0].energy[0]);
  std::mt19937_64 random(1);
  for (auto& line : large.records[0].energy)
    line.count = random(); // does not compress
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{200000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN); // the write fails instead, as on a full disk
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_WITH_AS(write_run_folder(parent / "run", large), doctest::Contains("cannot be written"),
                       InputError);
  CHECK_THROWS_WITH_AS(write_store(parent / "run.h5", large), doctest::Contains("cannot be written"),
                       InputError);
  CHECK_THROWS_WITH_AS(write_file(parent / "page", std::string(300000, 'x')),
                       doctest::Contains("page: cannot be written: File too large"), InputError);
  setrlimit(RLIMIT_FSIZE, &before);
  CHECK_FALSE(fs::exists(parent / "run"));
  CHECK(listing(parent.path()).count("page") == 0);
}

TEST_CASE("what cannot be written is said with its reason") {
  const TemporaryFolder parent;
  std::ofstream(parent / "file") << "x";
  CHECK_THROWS_WITH_AS(write_run_folder(parent / "file/run", sample::run()),
                       doctest::Contains("cannot be made"), InputError);
  CHECK_THROWS_WITH_AS(write_file("/dev/full/x", "text"), doctest::Contains("cannot be written"), InputError);
  CHECK(listing(parent.path()) == std::set<std::string>{"file"});
}

TEST_SUITE_END();
