// What is wrong with an associative program is said before anything runs: file, line, column, and what.
#include <doctest/doctest.h>

#include <string>

#include "description/document.hpp"
#include "description/error.hpp"
#include "mappings/associative/program_file.hpp"

using namespace moesaic;
using namespace moesaic::mappings::associative;

namespace {

const hw::associative::OperationSet& gemini1() {
  static const hw::associative::OperationSet operations(
      hw::associative::read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine"))), Corner::nominal);
  return operations;
}

/// The error of a program whose head takes lines 1 to 5 (`head` is line 5) and whose steps begin in line 7.
std::string message(const std::string& steps, const std::string& head = "cores: 1") {
  const std::string text = "kind: associative_program\nname: t\nregions:\n  data: 1 MiB\n" + head + "\nprogram:\n" + steps;
  try {
    check(read_program(Document::parse(text, "t.yaml")), gemini1());
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string load = "  - {transfer: l4_l1, bytes: 64 KiB, slot: 3, region: data}\n  - {op: load_16, vectors: [0], immediates: [3]}\n";

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a sound program has no error") {
    CHECK(message(load + "  - {op: eq_imm_16, vectors: [0], immediates: [7, 2]}\n"
                         "  - {op: cpy_imm_16_mrk, vectors: [0], immediates: [1, 2]}\n"
                         "  - {op: search_16, vectors: [0], immediates: [0x1200, 0xff00, 3]}\n"
                         "  - loop: 4\n    as: i\n    body:\n      - {op: add_u16, vectors: [{base: 1, i: 1}, 0, 0]}\n"
                         "  - wait:\n  - {drain: array}\n  - barrier:\n") == "no error");
  }

  TEST_CASE("wrong steps are named at their place") {
    const std::pair<const char*, const char*> cases[] = {
        {"  - {op: add_u17, vectors: [1, 0, 0]}\n", "did you mean 'add_u16'"},
        {"  - {op: add_u16, vectors: [1, 0]}\n", "takes 3 vectors"},
        {"  - {op: cpy_imm_16, vectors: [1]}\n", "1 immediate values"},
        {"  - {op: add_u16, vectors: [1, 0, 2]}\n", "vector 2 is read before it is written"},
        {"  - {op: add_u16, vectors: [15, 0, 0]}\n", "there is no vector 15"},
        {"  - {op: add_u16, vectors: [1, -1, 0]}\n", "there is no vector -1"},
        {"  - {op: load_16, vectors: [1], immediates: [4]}\n", "slot 4 of L1 is read before it is written"},
        {"  - {op: store_16, vectors: [0], immediates: [48]}\n", "slot of store_16 is 48"},
        {"  - {op: eq_imm_16, vectors: [0], immediates: [7, 16]}\n", "m of eq_imm_16 is 16"},
        {"  - {op: cpy_imm_16, vectors: [0], immediates: [65536]}\n", "outside of 0 to 65535"},
        {"  - {op: cpy_imm_16, vectors: [0], immediates: [0x10000]}\n", "n of cpy_imm_16 is 65536, outside of 0 to 65535"},
        {"  - {op: cpy_imm_16, vectors: [0], immediates: [0x]}\n", "expected a whole number, found '0x'"},
        {"  - {op: sum_group_u16, vectors: [1, 0], immediates: [12]}\n", "g of sum_group_u16 is 12, outside of 0 to 11"},
        {"  - {op: get_entry_16, vectors: [0], immediates: [32768]}\n", "outside of 0 to 32767"},
        {"  - {op: mark_top_k_u16, vectors: [1, 0, 0], immediates: [2, 3, 0]}\n", "k of mark_top_k_u16 is 0"},
        {"  - {op: cpy_imm_16_mrk, vectors: [0], immediates: [1, 4]}\n", "marker 4 is read before it is written"},
        {"  - {op: or_m, immediates: [2, 3, 3]}\n", "marker 3 is read before it is written"},
        {"  - {op: add_with_carry, vectors: [1, 0, 0]}\n", "marker 0 is read before it is written"},
        {"  - {transfer: l4_l1, bytes: 64 KiB, slot: 48, region: data}\n", "L1 overflows"},
        {"  - {transfer: l4_l2, bytes: 65 KiB}\n", "L2 overflows"},
        {"  - {transfer: l4_l3, bytes: 2 MiB}\n", "L3 overflows"},
        {"  - {transfer: l4_l2, bytes: 64 KiB, region: data, offset: 1 MiB}\n", "outside of region 'data'"},
        {"  - {transfer: l4_l2, bytes: 64 KiB, region: date}\n", "did you mean 'data'"},
        {"  - {transfer: l4_l5, bytes: 64 KiB}\n", "l4_l"},
        {"  - {loop: 0, body: [{drain: }]}\n", "loop"},
        {"  - {loop: 1000000000000, body: [{loop: 1000000, body: [{op: not_16, vectors: [0, 0]}]}]}\n", "no end in sight"},
        {"  - {oop: add_u16}\n", "did you mean 'op'"}};
    for (const auto& [steps, what] : cases) {
      const std::string found = message(load + steps);
      CAPTURE(found);
      CHECK(found.find("t.yaml:9:") == 0);
      CHECK(found.find(what) != std::string::npos);
    }
  }

  TEST_CASE("a vector that a loop's counter walks out of the core is an error at the step in the loop") {
    const std::string found = message(load + "  - loop: 20\n    as: i\n    body:\n      - {op: cpy_16, vectors: [i, 0]}\n");
    CHECK(found.find("t.yaml:12:") == 0);
    CHECK(found.find("there is no vector 15") != std::string::npos);
  }

  TEST_CASE("what a marker is read for in a loop's first turn must be written before the loop or in it") {
    const std::string body = "  - loop: 2\n    body:\n      - {op: cpy_imm_16_mrk, vectors: [0], immediates: [1, 2]}\n"
                             "      - {op: eq_imm_16, vectors: [0], immediates: [7, 2]}\n";
    CHECK(message(load + body).find("t.yaml:11:") == 0);
    CHECK(message(load + "  - {op: reset_m, immediates: [2]}\n" + body) == "no error");
  }

  TEST_CASE("levels that a whole program overflows are named at the key that says how much") {
    const std::pair<const char*, const char*> cases[] = {{"cores: 5", "wants 5 cores"},
                                                         {"l3: 2 MiB", "L3 overflows: 2097152 bytes wanted"},
                                                         {"bits: 32", "numbers of 32 bits"},
                                                         {"inputs: [1]", "inputs are not supported"}};
    for (const auto& [head, what] : cases) {
      const std::string found = message(load, head);
      CAPTURE(found);
      CHECK(found.find("t.yaml:5:") == 0);
      CHECK(found.find(what) != std::string::npos);
    }
    const std::string card = message(load, "  more: 16 GB");
    CHECK(card.find("t.yaml:4:") == 0);
    CHECK(card.find("L4, the card's memory, overflows") != std::string::npos);
  }
}
