// `moesaic run PROGRAM.yaml --values`: numbers from files through a user's program, and what it leaves.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "sim/associative/number_file.hpp"
#include "tests/sim/program.hpp"

using namespace moesaic::sim;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t columns = 32768;

const char* const squares = R"yaml(kind: associative_program
name: squares
cores: 2
regions: {points: 128 KiB, sums: 64 KiB, found: 8 B, table: 8 B}
program:
  - {op: reset_16, vectors: [0]}
  - loop: 2
    as: slot
    body:
      - {transfer: l4_l1, bytes: 64 KiB, slot: slot, region: points, offset: {slot: 64 KiB}}
      - {op: load_16, vectors: [5], immediates: [slot]}
      - {op: mul_u16, vectors: [6, 5, 5]}
      - {op: add_u16, vectors: [0, 0, 6]}
  - {op: store_16, vectors: [0], immediates: [2]}
  - {transfer: l1_l4, bytes: 64 KiB, slot: 2, region: sums}
  - {op: cpy_imm_16, vectors: [1], immediates: [0], from_memory: true}
  - {op: eq_16, vectors: [0, 1], immediates: [3]}
  - {op: count_m_g32k, immediates: [3]}
  - {op: get_entry_16, vectors: [0], immediates: [17]}
  - {transfer: l3_l4, bytes: 4 B, region: found}
  - {transfer: l4_l3, bytes: 8 B, region: table}
  - {op: create_grp_index_u16, vectors: [2], immediates: [8192]}
  - {op: lookup_16, vectors: [3, 2], immediates: [4]}
)yaml";

void write(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

} // namespace

TEST_SUITE("system") {
  TEST_CASE("a user's program runs on numbers from files, every core on its part, and leaves what it wrote and read out") {
    const TemporaryFolder folder;
    write(folder / "squares.yaml", squares);
    std::vector<std::uint16_t> points(2 * 2 * columns);
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i] = static_cast<std::uint16_t>(i * 40503u >> 3);
    write(folder / "points.npy", npy_text(points, {2, 2 * columns}));
    write(folder / "table.csv", "# a table\n7, 65535\n-1 300\n");
    const auto square = [&](std::size_t i) { return static_cast<std::uint16_t>(unsigned{points[i]} * points[i]); };
    const auto sum = [&](std::size_t core, std::size_t c) {
      return static_cast<std::uint16_t>(square(2 * core * columns + c) + square((2 * core + 1) * columns + c));
    };
    write(folder / "operands.csv", fmt::format("{}\n", sum(0, 17)));
    const Answer answer = run_moesaic(
        folder, "run squares.yaml --values --memory points=points.npy --memory table=table.csv --operands operands.csv --output out");
    CAPTURE(answer.error);
    REQUIRE(answer.code == 0);
    CHECK(answer.out.find("values       out") != std::string::npos);
    const auto sums = read_numbers(folder / "out/sums.npy"), found = read_numbers(folder / "out/found.npy"),
               vectors = read_numbers(folder / "out/vectors.npy");
    REQUIRE(sums.size() == 2 * columns);
    REQUIRE(vectors.size() == 2 * 15 * columns);
    const std::uint16_t table[] = {7, 65535, 65535, 300};
    for (std::size_t core = 0; core < 2; ++core) {
      std::size_t equal = 0, wrong = 0;
      for (std::size_t c = 0; c < columns; ++c) {
        equal += sum(core, c) == sum(0, 17);
        wrong += sums[core * columns + c] != sum(core, c) || vectors[core * 15 * columns + c] != sum(core, c) ||
                 vectors[(core * 15 + 3) * columns + c] != table[c / 8192];
      }
      CHECK(wrong == 0);
      CHECK(found[core * 4] == equal);
      CHECK(found[core * 4 + 1] == sum(core, 17));
      CHECK(found[core * 4 + 2] == 0);
    }
    const std::string answers = content(folder / "out/answers.csv");
    CHECK(answers.find("\n1,squares.yaml:19:5") != std::string::npos);
    CHECK(answers.find(fmt::format(",get_entry_16,{}\n", sum(1, 17))) != std::string::npos);
    CHECK(run_moesaic(folder, "run squares.yaml --values --memory points=points.npy --output out").code == 2); // never written over
  }

  TEST_CASE("what does not suit a program with values is refused, and nothing is written") {
    const TemporaryFolder folder;
    write(folder / "squares.yaml", squares);
    write(folder / "few.csv", "1 2 3");
    write(folder / "bad.csv", "1 2\n3 70000\n");
    write(folder / "points.npy", "\x93NUMPY but no more");
    const std::pair<const char*, const char*> cases[] = {
        {"--values", "cpy_imm_16 takes its immediate values from memory: --operands FILE gives them"},
        {"--values --memory point=few.csv", "--memory: the program has no region 'point'"},
        {"--values --memory points=few.csv", "few.csv: region 'points' takes 65536 numbers for every core, or 131072 of all, found 3"},
        {"--values --memory points=bad.csv", "bad.csv:2:3: expected an integer from -32768 to 65535"},
        {"--values --memory points=points.npy", "points.npy: "},
        {"--values --memory points", "--memory points: expected REGION=FILE"},
        {"--memory points=few.csv", "with --values only"}};
    for (const auto& [arguments, message] : cases) {
      const Answer bad = run_moesaic(folder, fmt::format("run squares.yaml {} --output out", arguments));
      CAPTURE(bad.error);
      CHECK(bad.code == 2);
      CHECK(bad.error.find(message) != std::string::npos);
      CHECK_FALSE(fs::exists(folder / "out"));
    }
    CHECK(run_moesaic(folder, "run apu-retrieval-50gb --values").code == 2);
  }
}
