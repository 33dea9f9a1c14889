// Every GPU of the catalog loads; bad descriptions say where they are bad.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "description/error.hpp"
#include "hw/gpu/description.hpp"

using namespace moesaic;

static std::string catalog_text(const std::string& name) {
  std::ifstream file(catalog_file("hw/catalog", name, "machine"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

static std::string message_for(const std::string& from, const std::string& to) {
  std::string text = catalog_text("h200");
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  try {
    hw::gpu::read_description(Document::parse(text, "h200.yaml"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST_SUITE("unit") {
  TEST_CASE("the catalog's GPUs load, every constant at every corner in order") {
    int gpus = 0;
    for (const auto& name : catalog_names("hw/catalog")) {
      const Document document = Document::load(catalog_file("hw/catalog", name, "machine"));
      if (document.root().at("kind").text() != "gpu")
        continue;
      ++gpus;
      const auto gpu = hw::gpu::read_description(document);
      CAPTURE(name);
      for (std::size_t engine = 0; engine < gpu.engines.size(); ++engine)
        for (const auto& [info, shared] : gpu.figures[engine]) {
          const moesaic::Figure& figure = *shared;
          CAPTURE(info->name);
          CHECK(figure.low <= figure.value);
          CHECK(figure.value <= figure.high);
          CHECK(document.sources().count(figure.source) == 1);
        }
    }
    CHECK(gpus >= 2);
  }

  TEST_CASE("a slow corner takes long times and low rates") {
    const auto gpu = hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h200", "machine")));
    const auto fast = gpu.constants(0, Corner::fast), slow = gpu.constants(0, Corner::slow);
    CHECK(slow.kernel_time > fast.kernel_time);
    CHECK(slow.memory_efficiency < fast.memory_efficiency);
    CHECK(slow.byte_energy > fast.byte_energy);
    CHECK(slow.power_limit == fast.power_limit);
  }

  TEST_CASE("bad descriptions are refused with place and key") {
    CHECK(message_for("precision: fp8_block", "precision: fp9").find("precision") != std::string::npos);
    CHECK(message_for("700 W", "700 GB").find("power.power_limit") != std::string::npos);
    CHECK(message_for("kernel_time:", "kernel_tim:").find("engines.vllm") != std::string::npos);
    CHECK(message_for("4800 GB/s", "-4800 GB/s").find("memory_bandwidth") != std::string::npos);
    CHECK(message_for("  fp8_rate: {value: 1978 TFLOP/s, source: aiconfigurator_system, confidence: exact}\n",
                      "")
              .find("precision: FP8 needs chip.fp8_rate") != std::string::npos);
    CHECK(message_for("700 W", "40 W").find("idle_power must lie below power_limit") != std::string::npos);
  }

  TEST_CASE("an unknown engine is refused with the nearest") {
    const auto gpu = hw::gpu::read_description(Document::load(catalog_file("hw/catalog", "h200", "machine")));
    CHECK_THROWS_WITH_AS(gpu.engine_index("vlm"), doctest::Contains("vllm"), InputError);
  }
}
