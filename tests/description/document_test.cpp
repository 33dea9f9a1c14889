#include <doctest/doctest.h>

#include <string>

#include "description/document.hpp"
#include "description/error.hpp"

using namespace moesaic;

namespace {

const std::string header = "sources:\n  davies2018: {title: Loihi, where: doi}\n";

std::string error_of(const std::string& text, void (*read)(const Document&)) {
  try {
    const Document document = Document::parse(text, "chip.yaml");
    read(document);
    document.reject_unread_keys();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

void read_clock(const Document& d) {
  d.root().figure("clock", dimension::frequency);
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a figure carries value, interval, source and path in both forms") {
    const Document d =
        Document::parse(header + "core:\n"
                                 "  clock: {value: 500 MHz, source: davies2018, confidence: medium}\n"
                                 "  synapse: {energy: 35.5 pJ, latency: 3.8 ns, source: davies2018, "
                                 "confidence: high, note: fitted}\n",
                        "chip.yaml");
    const Node core = d.root().at("core");
    const Figure clock = core.figure("clock", dimension::frequency);
    CHECK(clock.value == 500e6);
    CHECK(clock.low == doctest::Approx(350e6));
    CHECK(clock.high == doctest::Approx(650e6));
    const Figure energy = core.at("synapse").figure("energy", dimension::energy);
    CHECK(energy.path == "core.synapse.energy");
    CHECK(energy.source == "davies2018");
    CHECK(energy.note == "fitted");
    CHECK(core.at("synapse").figure("latency", dimension::time).value == doctest::Approx(3.8e-9));
    CHECK(d.figures().size() == 3);
    d.reject_unread_keys();
  }

  TEST_CASE("errors name file, line, column, key path and the nearest name") {
    struct Case {
      std::string text, message;
    };
    const Case cases[] = {
        {header + "clock: {value: 500, source: davies2018, confidence: high}\n",
         "chip.yaml:3:16: clock.value: '500' has no unit"},
        {header + "clock: {value: 500 MHz, confidence: high}\n",
         "chip.yaml:3:16: clock.value: has no source (a figure needs `source` and `confidence`)"},
        {header + "clock: {value: 500 MHz, source: davis2018, confidence: high}\n",
         "chip.yaml:3:33: clock.source: 'davis2018' is not among `sources`, did you mean 'davies2018'?"},
        {header + "clock: {value: 500 pJ, source: davies2018, confidence: high}\n",
         "chip.yaml:3:16: clock.value: expected a frequency (for example 500 MHz), found '500 pJ'"},
        {header + "clock: {value: 500 MHz, source: davies2018, confidence: hihg}\n",
         "chip.yaml:3:57: clock.confidence: unknown 'hihg', did you mean 'high'?"},
        {header + "clok: {value: 500 MHz, source: davies2018, confidence: high}\n",
         "chip.yaml:1:1: key 'clock' is missing ('clok' stands there: a misspelling?)"},
        {header + "clock: {value: 500 MHz, source: davies2018, confidence: high}\nclocks: 3\n",
         "chip.yaml:4:1: clocks: unknown key, did you mean 'clock'?"},
        {header +
             "clock: {value: 500 MHz, source: davies2018, confidence: high, interval: [600 MHz, 700 MHz]}\n",
         "chip.yaml:3:73: clock.interval: does not hold the value"},
        {"", "chip.yaml: the file is empty"},
        {"a: 1\na: 2\n", "chip.yaml:2:1: a: stands twice"},
        {"a: &x 1\nb: *x\n", "chip.yaml:1:4: YAML anchors and aliases are not supported"},
    };
    for (const auto& c : cases)
      CHECK(error_of(c.text, read_clock) == c.message);
  }

  TEST_CASE("the nearest catalog name is suggested") {
    CHECK(nearest_name("deepsek-v3", {"mixtral-8x7b", "deepseek-v3"}) == "deepseek-v3");
    CHECK(nearest_name("--sede", {"--node", "--seed"}) == "--seed"); // two letters that changed places are one slip
    CHECK(nearest_name("zzz", {"mixtral-8x7b", "deepseek-v3"}) == "");
  }
}
