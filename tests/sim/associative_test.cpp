#include <doctest/doctest.h>

#include <cmath>

#include "description/document.hpp"
#include "sim/commands.hpp"
#include "sim/run_associative.hpp"

using namespace moesaic;

TEST_SUITE("system") {
  TEST_CASE("applications measured on Gemini-I are met within 4 % on average") {
    double sum = 0;
    int counted = 0;
    for (const auto& row : sim::validate_associative()) {
      if (row.group.find("applications") == std::string::npos || row.fitted)
        continue;
      sum += std::abs(row.error());
      ++counted;
      CHECK_MESSAGE(std::abs(row.error()) < 0.12, row.what);
    }
    CHECK(counted >= 6);
    CHECK(sum / counted < 0.04);
  }

  TEST_CASE("moves between card memory and L1 are met within 5 %, energies of the retrieval within 10 %") {
    for (const auto& row : sim::validate_associative()) {
      if (row.group.find("transfers") != std::string::npos)
        CHECK_MESSAGE(std::abs(row.error()) < 0.05, row.what);
      if (row.unit == "J" || row.unit == "W")
        CHECK_MESSAGE(std::abs(row.error()) < 0.1, row.what);
    }
  }

  TEST_CASE("no program draws more than the card's limit, at either end of its interval") {
    const Document machine = Document::load(catalog_file("hw/catalog", "gemini1", "machine"));
    for (const char* name : {"apu-retrieval-10gb", "apu-binary-matmul-optimised", "apu-word-count"}) {
      const auto program = Document::load(catalog_file("workloads/catalog", name, "program"));
      const auto record = sim::run_associative_program(program, machine);
      CHECK(record.joules.nominal / record.seconds.nominal <= record.power_limit);
      CHECK(record.joules.high / record.seconds.high <= record.power_limit * (1 + 1e-9));
    }
  }
}
