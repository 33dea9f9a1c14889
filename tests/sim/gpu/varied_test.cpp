// A machine with other values, without reading its description again: as if it had been read.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/override.hpp"
#include "sim/machine/machine.hpp"

using namespace moesaic;
using namespace moesaic::sim;

namespace {

MoeTask small_task() {
  const auto layer = workloads::load_moe_layer("reduced-moe");
  MoeTask task{layer, workloads::make_trace(layer, 3, 1), 1};
  task.brief = true;
  return task;
}

Document described(const char* name) {
  return Document::load(catalog_file("hw/catalog", name, "machine"));
}

bool same(const results::Interval& a, const results::Interval& b) {
  return a.nominal == b.nominal && a.low == b.low && a.high == b.high;
}

void check_same(const results::RunRecord& a, const results::RunRecord& b) {
  CHECK(same(a.seconds, b.seconds));
  CHECK(same(a.joules, b.joules));
  CHECK(a.bound_share == b.bound_share);
  REQUIRE(a.energy.size() == b.energy.size());
  for (std::size_t i = 0; i < a.energy.size(); ++i) {
    CHECK(same(a.energy[i].joules, b.energy[i].joules));
    CHECK(a.energy[i].count == b.energy[i].count);
    CHECK(a.energy[i].action == b.energy[i].action);
    CHECK(a.energy[i].figure == b.energy[i].figure);
    CHECK(a.energy[i].source == b.energy[i].source);
  }
  REQUIRE(a.statistics.size() == b.statistics.size());
  for (std::size_t i = 0; i < a.statistics.size(); ++i)
    CHECK(a.statistics[i].value == b.statistics[i].value);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every figure of a GPU, varied in place and in the description: the same results to the bit") {
    const Document document = described("h100");
    const auto base = make_machine(document);
    const MoeTask task = small_task();
    for (const Figure& figure : document.figures()) {
      const double scale = parse_quantity("1 " + figure.unit).value;
      for (const double factor : {0.8, 1.25}) {
        const std::vector<Override> changes = {
            {figure.path, fmt::format("{} {}", factor * figure.value / scale, figure.unit)}};
        CAPTURE(changes[0].path);
        CAPTURE(changes[0].value);
        const auto quick = base->varied(changes);
        if (quick)
          check_same(quick->run(task), make_machine(with_overrides(document, changes, "s"))->run(task));
        else
          CHECK_THROWS_AS(make_machine(with_overrides(document, changes, "s")), InputError);
      }
    }
  }

  TEST_CASE("a neuromorphic chip varied in place runs as the one that is read, and its points are brief") {
    const Document document = described("loihi2");
    const auto base = make_machine(document);
    const MoeTask task = small_task();
    const std::vector<Override> changes = {{"chip.static_power", "0.7 W"}, {"core.synapse_dense.energy", "2 pJ"},
                                           {"core.neuron_update.latency", "3 ns"}, {"link.bandwidth", "900 MB/s"}};
    const auto quick = base->varied(changes);
    REQUIRE(quick);
    const auto record = quick->run(task);
    check_same(record, make_machine(with_overrides(document, changes, "s"))->run(task));
    CHECK(record.heat_maps.empty());
    CHECK(record.curves.empty());
    CHECK(record.stages.empty());
    CHECK(record.constants.empty());
    CHECK(record.notes.empty());
  }

  TEST_CASE("an associative card varied in place runs as the one that is read") {
    const Document document = described("gemini1");
    const auto base = make_machine(document);
    const auto layer = workloads::load_moe_layer("reduced-moe");
    MoeTask task{layer, workloads::make_trace(layer, 1, 1), 1};
    task.brief = true;
    int quick_ones = 0;
    for (const Figure& figure : document.figures()) {
      const double scale = parse_quantity("1 " + figure.unit).value;
      const std::vector<Override> changes = {{figure.path, fmt::format("{} {}", 0.8 * figure.value / scale, figure.unit)}};
      const auto quick = base->varied(changes);
      if (!quick)
        continue;
      CAPTURE(changes[0].path);
      ++quick_ones;
      const auto record = quick->run(task);
      check_same(record, make_machine(with_overrides(document, changes, "s"))->run(task));
      CHECK(record.constants.empty());
    }
    CHECK(quick_ones >= 20);
  }

  TEST_CASE("what is no figure, or would be an error, is not varied in place") {
    const auto base = make_machine(described("h100"));
    CHECK(base->varied({{"power.idle_power", "71 W"}}));
    CHECK_FALSE(base->varied({{"power.idle_power", "71 J"}}));
    CHECK_FALSE(base->varied({{"power.idle_power", "much"}}));
    CHECK_FALSE(base->varied({{"power.idle_power", "-1 W"}}));
    CHECK_FALSE(base->varied({{"power.idle_power", "900 W"}})); // above the limit
    CHECK_FALSE(base->varied({{"power.idle_powr", "71 W"}}));
    CHECK_FALSE(base->varied({{"precision", "bf16"}}));
  }
}
