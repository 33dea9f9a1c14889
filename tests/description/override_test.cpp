#include <doctest/doctest.h>

#include "description/error.hpp"
#include "description/override.hpp"

using namespace moesaic;

namespace {

const char* const chip = R"(name: chip
sources:
  maker: {title: the maker's paper, where: doi}
clock: {value: 500 MHz, source: maker, confidence: high, interval: [400 MHz, 600 MHz]}
core:
  count: 128
  synapse: {energy: 10 pJ, latency: 4 ns, source: maker, confidence: medium}
levels:
  - {name: l1, size: {value: 64 kB, source: maker, confidence: exact}}
  - {name: l2, size: {value: 1 MB, source: maker, confidence: exact}}
)";

Document changed(std::vector<Override> overrides) {
  return with_overrides(Document::parse(chip, "chip.yaml"), overrides, "sweep.yaml");
}

std::string error_of(std::vector<Override> overrides) {
  try {
    changed(std::move(overrides));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a figure with a map of its own takes the value as exact and cites the sweep") {
    for (const char* path : {"clock", "clock.value"}) {
      CAPTURE(path);
      const Figure figure = changed({{path, "2 GHz"}}).root().figure("clock", dimension::frequency);
      CHECK(figure.value == 2e9);
      CHECK(figure.low == 2e9);
      CHECK(figure.high == 2e9);
      CHECK(figure.source == "varied");
      CHECK(figure.note == "varied; the description says 500 MHz (source maker)");
    }
  }

  TEST_CASE("a figure that shares its source leaves its neighbours alone") {
    const Document document = changed({{"core.synapse.energy", "2.5 pJ"}});
    const Node synapse = document.root().at("core").at("synapse");
    CHECK(synapse.figure("energy", dimension::energy).value == doctest::Approx(2.5e-12));
    CHECK(synapse.figure("energy", dimension::energy).path == "core.synapse.energy");
    CHECK(synapse.figure("energy", dimension::energy).confidence == Confidence::exact);
    CHECK(synapse.figure("latency", dimension::time).value == doctest::Approx(4e-9));
    CHECK(synapse.figure("latency", dimension::time).confidence == Confidence::medium);
    CHECK(synapse.figure("latency", dimension::time).source == "maker");
    CHECK(document.sources().at("varied").title == "sweep.yaml");
  }

  TEST_CASE("plain values and list items are replaced; the original is untouched") {
    const Document original = Document::parse(chip, "chip.yaml");
    const Document document =
        with_overrides(original, {{"core.count", "7"}, {"levels[1].size", "3 MB"}}, "s");
    CHECK(document.root().at("core").at("count").integer() == 7);
    CHECK(original.root().at("core").at("count").integer() == 128);
    const auto levels = document.root().at("levels").items();
    CHECK(levels[0].figure("size", dimension::data).value == 64e3);
    CHECK(levels[1].figure("size", dimension::data).value == 3e6);
  }

  TEST_CASE("a changed document written as YAML reads back the same") {
    const Document document = changed({{"core.synapse.energy", "2.5 pJ"}, {"core.count", "7"}});
    const Document back = Document::parse(to_yaml(document), "back.yaml");
    const Node core = back.root().at("core");
    CHECK(core.at("count").integer() == 7);
    CHECK(core.at("synapse").figure("energy", dimension::energy).value == doctest::Approx(2.5e-12));
    CHECK(core.at("synapse").figure("energy", dimension::energy).source == "varied");
    CHECK(core.at("synapse").figure("latency", dimension::time).source == "maker");
  }

  TEST_CASE("figures replaced with their intervals") {
    const Document original = Document::parse(chip, "chip.yaml");
    Figure figure = original.root().at("core").at("synapse").figure("energy", dimension::energy);
    figure.value = 1e-12, figure.low = 0.5e-12, figure.high = 3e-12;
    figure.note = "scaled from 28 nm to 7 nm: half";
    const Document document = with_figures(original, {figure}, {"paper", "doi"}, "chip@7nm.yaml");
    CHECK(document.file() == "chip@7nm.yaml");
    const Node synapse = document.root().at("core").at("synapse");
    const Figure back = synapse.figure("energy", dimension::energy);
    CHECK(back.value == doctest::Approx(1e-12));
    CHECK(back.low == doctest::Approx(0.5e-12));
    CHECK(back.high == doctest::Approx(3e-12));
    CHECK(back.source == "scaled");
    CHECK(back.note == figure.note);
    CHECK(document.sources().at("scaled").title == "paper");
    CHECK(synapse.figure("latency", dimension::time).source == "maker");
    figure.path = "core.count";
    CHECK_THROWS_AS(with_figures(original, {figure}, {"paper", "doi"}, "x.yaml"), InputError);
  }

  TEST_CASE("what an override may replace") {
    const Document document = Document::parse(chip, "chip.yaml");
    CHECK(find_override_target(document, "core.count").text == "128");
    CHECK(!find_override_target(document, "core.count").figure);
    CHECK(find_override_target(document, "clock").text == "500 MHz");
    CHECK(find_override_target(document, "clock").figure);
    CHECK(find_override_target(document, "core.synapse.latency").figure);
  }

  TEST_CASE("errors name the nearest key, the dimension and the place") {
    CHECK(error_of({{"core.synaps.energy", "1 pJ"}}) ==
          "chip.yaml: core.synaps: unknown key, did you mean 'synapse'?");
    CHECK(error_of({{"core.synapse", "1 pJ"}}) ==
          "chip.yaml: core.synapse: is not a single value, so it cannot be varied");
    CHECK(error_of({{"core.synapse.energy", "1 ns"}}) ==
          "chip.yaml: core.synapse.energy: expected an energy (for example 23.6 pJ), found '1 ns'");
    CHECK(error_of({{"core.synapse.energy", "1 quux"}}).find("chip.yaml: core.synapse.energy: ") == 0);
    CHECK(error_of({{"core.count", "many"}}) == "chip.yaml: core.count: expected a number, found 'many'");
    CHECK(error_of({{"levels[2].size", "1 MB"}}) == "chip.yaml: levels: has no item 2");
    CHECK(error_of({{"levels[x].size", "1 MB"}}).find("is no key path") != std::string::npos);
    CHECK(error_of({{"core..count", "1"}}).find("is no key path") != std::string::npos);
    CHECK(error_of({{"", "1"}}).find("is no key path") != std::string::npos);
    CHECK(error_of({{"core.count.deeper", "1"}}).find("unknown key") != std::string::npos);
  }
}
