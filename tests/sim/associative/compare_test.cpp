#include <doctest/doctest.h>

#include <cmath>

#include "description/document.hpp"
#include "description/error.hpp"
#include "sim/associative/run.hpp"
#include "sim/machine/machine.hpp"
#include "sim/validation/validate.hpp"
#include "workloads/moe_layer.hpp"

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

  TEST_CASE("a batch that L1 has no accumulators for costs no more than its halves, one after the other") {
    const auto layer = workloads::load_moe_layer("reduced-moe");
    const auto machine = sim::make_machine("gemini1");
    const auto whole = workloads::make_trace(layer, 22, 1); // eleven fill L1
    const auto run = [&](const workloads::Routing& routing) { return machine->run({layer, routing}); };
    const auto all = run(whole), first = run(whole.part(0, 11)), second = run(whole.part(11, 11));
    CHECK(all.seconds.nominal <= 1.001 * (first.seconds.nominal + second.seconds.nominal));
    CHECK(all.joules.nominal <= 1.001 * (first.joules.nominal + second.joules.nominal));
    const auto twelve = run(whole.part(0, 12));
    CHECK(twelve.seconds.nominal < 1.3 * first.seconds.nominal); // it was 2.5 times
  }

  TEST_CASE("bit-serial operations take the published cycles within 5 % on average, nothing of them fitted") {
    for (const char* machine : {"CAPE", "Neural Cache"}) {
      double sum = 0;
      int counted = 0;
      for (const auto& row : sim::validate_associative())
        if (row.group.find(machine) == 0) {
          CHECK(!row.fitted);
          sum += std::abs(row.error());
          ++counted;
        }
      CAPTURE(machine);
      CHECK(counted >= 4);
      CHECK(sum / counted < 0.05);
    }
  }

  TEST_CASE("a program on CAPE and on Neural Cache takes the steps of its operations, and their energy") {
    const auto program = Document::load(catalog_file("workloads/catalog", "cape-multiply-add", "program"));
    const Document cape = Document::load(catalog_file("hw/catalog", "cape", "machine"));
    const auto record = sim::run_associative_program(program, cape);
    // 64 times vmul, vadd and vxor on 32 bits, then one sum over all lanes.
    const double steps = 64 * (4 * 32 * 32 - 3 * 32 + 2 + 8 * 32 + 1 + 4) + 32;
    CHECK(record.seconds.nominal == doctest::Approx(steps / 2.7e9));
    CHECK(record.joules.nominal == doctest::Approx(32768 * (64 * (99.9e-12 + 8.4e-12 + 0.5e-12) + 0.4e-12)));
    CHECK_THROWS_WITH_AS(sim::run_associative_program(program, Document::load(catalog_file("hw/catalog", "gemini1", "machine"))),
                         doctest::Contains("inputs are not supported"), InputError);
  }

  TEST_CASE("what a bit-serial machine cannot do is refused before anything runs, with file, line and column") {
    const Document cape = Document::load(catalog_file("hw/catalog", "cape", "machine"));
    const auto message = [&](const std::string& steps) -> std::string {
      const std::string text = "kind: associative_program\nname: t\nbits: 32\ninputs: [1, 2]\nprogram:\n" + steps;
      try {
        sim::run_associative_program(Document::parse(text, "t.yaml"), cape);
      } catch (const InputError& error) {
        return error.what();
      }
      return "no error";
    };
    CHECK(message("  - {op: vmul, vectors: [3, 1, 2]}\n") == "no error");
    const std::pair<const char*, const char*> cases[] = {
        {"  - {op: vmull, vectors: [3, 1, 2]}\n", "did you mean 'vmul'"},
        {"  - {op: vmul, vectors: [3, 1, 4]}\n", "vector 4 is read before it is written"},
        {"  - {op: vmul, vectors: [32, 1, 2]}\n", "there is no vector 32"},
        {"  - {op: vmul, vectors: [1, 1, 2]}\n", "written and read"},
        {"  - {op: vmul, vectors: [3, 1]}\n", "takes 3 vectors"},
        {"  - {op: vmseq_vx, vectors: [3, 1], immediates: [4294967296]}\n", "more than 32 bits"},
        {"  - {transfer: l4_l2, bytes: 64 KiB}\n", "not supported"},
        {"  - {loop: 1000000000000, body: [{loop: 1000000, body: [{op: vadd, vectors: [1, 2]}]}]}\n", "no end in sight"}};
    for (const auto& [steps, what] : cases) {
      CAPTURE(message(steps));
      CHECK(message(steps).find("t.yaml:6:") == 0);
      CHECK(message(steps).find(what) != std::string::npos);
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
