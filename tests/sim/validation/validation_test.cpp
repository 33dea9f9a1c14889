// What `moesaic validate neuromorphic` shows.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "sim/validation/chips.hpp"
#include "sim/validation/pilotnet.hpp"
#include "sim/validation/validate.hpp"
#include "tests/sim/program.hpp"

using namespace moesaic;

TEST_SUITE("system") {
  TEST_CASE("every chip has rows, and fitted ones are met") {
    std::set<std::string> chips, counting;
    for (const auto& row : sim::validate_neuromorphic()) {
      CAPTURE(row.group);
      CAPTURE(row.what);
      chips.insert((row.group + row.what).substr(0, 5));
      CHECK(std::isfinite(row.simulated));
      CHECK(row.published > 0);
      CHECK(!row.source.empty());
      if (row.fitted)
        CHECK(std::abs(row.error()) < 0.25);
      if (row.counts())
        counting.insert(row.group.substr(0, 7));
    }
    CHECK(chips == std::set<std::string>{"Loihi", "TrueN", "SpiNN", "North"});
    CHECK(counting == std::set<std::string>{"Loihi, ", "Loihi 2", "TrueNor", "SpiNNak", "NorthPo"});
  }

  TEST_CASE("PilotNet's cores take the operations that its published benchmark counted") {
    // 1.310, 1.507, 0.526 and 0.512 times 10^9 over 10,000 time steps, as drawn.
    const auto cost = sim::pilotnet_cost(sim::chip_named("loihi2"));
    REQUIRE(cost.layer_operations.size() == 9);
    const double published[] = {131.0e3, 150.7e3, 52.6e3, 51.2e3}, within[] = {0.01, 0.01, 0.03, 0.08};
    for (std::size_t l = 0; l < 4; ++l)
      CHECK(std::abs(cost.layer_operations[l + 1] / published[l] - 1) < within[l]);
    CHECK(cost.layer_operations[0] == 0); // the input is silent
  }

  TEST_CASE("ResNet-50's layers are its 4.09 G multiplications, and half the bits take less than the time") {
    const hw::Chip chip = sim::chip_named("northpole");
    const auto eight = sim::resnet50_frame(chip, 8), four = sim::resnet50_frame(chip, 4);
    CHECK(four.operations == 4'089'184'256.0);
    const double least = four.operations * chip.synapse_convolution.latency.value / chip.cores;
    CHECK(eight.seconds > least);
    CHECK(four.seconds > least / 2);
    CHECK(four.seconds < eight.seconds - 0.4 * least);
  }

  TEST_CASE("a subject ends with the mean and the largest error of all rows that count") {
    const TemporaryFolder folder;
    const Answer json = run_moesaic(folder, "validate noc --json"), text = run_moesaic(folder, "validate noc");
    REQUIRE(json.code == 0);
    double sum = 0, largest = 0;
    int counted = 0;
    for (const auto& row : nlohmann::json::parse(json.out))
      if (row.at("counts").get<bool>()) {
        const double error = std::abs(row.at("simulated").get<double>() / row.at("published").get<double>() - 1);
        sum += error, largest = std::max(largest, error), ++counted;
      }
    REQUIRE(counted > 0);
    CHECK(text.out.find(fmt::format("noc, all that counts: mean error {:.1f} %, largest {:.1f} %, over {} figures, 0 of them more than 25 % off",
                                    100 * sum / counted, 100 * largest, counted)) != std::string::npos);
  }

  TEST_CASE("each set-up's figures of a Gemini-I are met with that set-up's constants, and not with the other's") {
    std::map<std::string, double> simulated, published;
    for (const auto& row : sim::validate_associative()) {
      CAPTURE(row.what);
      CHECK(row.published > 0);
      if (row.fitted && row.group.find("card") == std::string::npos)
        CHECK(std::abs(row.error()) < 0.15);
      const std::string way = row.group.find("back to back") != std::string::npos ? "mean " : row.group.find("whole numbers") != std::string::npos ? "whole " : "";
      const std::string key = way + row.what.substr(0, row.what.find(' '));
      simulated[key] = row.simulated, published[key] = row.published;
    }
    for (const char* name : {"not_16", "cpy_imm_16", "mul_u16"}) {
      CAPTURE(name);
      const std::string mean = std::string("mean ") + name, whole = std::string("whole ") + name;
      CHECK(std::abs(simulated[mean] / published[mean] - 1) < 0.03);
      CHECK(std::abs(simulated[whole] / published[whole] - 1) < 0.03);
      CHECK(std::abs(published[whole] / published[mean] - 1) > 0.03); // one figure cannot be both
    }
  }
}
