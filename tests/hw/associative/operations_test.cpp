// What operations cost: issue and array, from their micro-programs and the description's control costs.
#include <doctest/doctest.h>

#include "description/document.hpp"
#include "hw/associative/operations.hpp"

using namespace moesaic;
using namespace moesaic::hw::associative;

namespace {

Description gemini1() {
  return read_description(Document::load(catalog_file("hw/catalog", "gemini1", "machine")));
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a called operation pays for each register and each mask, one put into its caller for the registers beyond three") {
    const Description d = gemini1();
    const OperationSet operations(d, Corner::nominal);
    const auto issue = [&](const char* name, const std::vector<std::int64_t>& immediates) {
      return operations.timing(name, immediates).issue;
    };
    const Ticks call = operations.ticks(d.call), set = operations.ticks(d.register_set), mask = operations.ticks(d.mask_set),
                inlined = operations.ticks(d.inlined_call);
    CHECK(issue("and_16", {}) == call + 3 * set);
    CHECK(issue("reset_16", {}) == call + set);
    CHECK(issue("cpy_imm_16_mrk", {5, 2}) == call + 3 * set + 2 * mask);
    CHECK(issue("or_m", {2, 3, 4}) == call + 3 * set + 3 * mask);
    CHECK(issue("cpy_imm_where", {5, 2}) == call + 5 * set + 2 * mask);
    for (const char* name : {"cpy_16", "reset_m"})
      CHECK(issue(name, std::vector<std::int64_t>(operations.find(name)->immediates.size(), 2)) == inlined);
    CHECK(issue("cpy_imm_16", {5}) == inlined);
    CHECK(issue("ge_imm_u16", {5, 2}) == inlined);
    CHECK(issue("and_m", {2, 3, 4}) == inlined);
    CHECK(issue("load_16", {0}) == call + 5 * set + mask + operations.ticks(d.l1_address));
  }

  TEST_CASE("every operation of the catalog finds room for its temporaries and takes time") {
    const OperationSet operations(gemini1(), Corner::nominal);
    for (const auto& name : operations.names()) {
      CAPTURE(name);
      std::vector<std::int64_t> immediates;
      for (const auto& immediate : operations.find(name)->immediates)
        immediates.push_back(immediate == "f" ? 10 : immediate == "g" ? 4 : 1);
      const Timing timing = operations.timing(name, immediates);
      CHECK(timing.issue > 0);
      CHECK(timing.array > 0);
    }
  }
}
