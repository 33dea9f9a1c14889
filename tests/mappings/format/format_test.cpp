#include <csignal>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "description/error.hpp"
#include "tests/mappings/format/random_mapping.hpp"
#include "tests/mappings/format/scratch.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

TEST_SUITE("unit") {
  TEST_CASE("a small mapping is one readable file, a large one has its tables beside it") {
    const Scratch scratch;
    save_mapping(random_mapping(1, 5), scratch.path("small.yaml"));
    CHECK(scratch.files() == 1);
    const std::string text = Scratch::read(scratch.path("small.yaml"));
    CHECK(text.find("columns: [chip, core, population, first_neuron, neurons, fan_in, fan_out, bytes]") !=
          std::string::npos);
    save_mapping(random_mapping(1, 500), scratch.path("large.yaml"));
    CHECK(scratch.files() == 3);
    CHECK(std::filesystem::exists(scratch.path("large.h5")));
  }

  TEST_CASE("a change of one number is a change of one line") {
    const Scratch scratch;
    Mapping mapping = random_mapping(2, 20);
    save_mapping(mapping, scratch.path("a.yaml"));
    mapping.cores[17].chip += 1;
    save_mapping(mapping, scratch.path("b.yaml"));
    std::istringstream a(Scratch::read(scratch.path("a.yaml"))), b(Scratch::read(scratch.path("b.yaml")));
    std::string left, right;
    int changed = 0;
    while (std::getline(a, left) && std::getline(b, right))
      changed += left != right;
    CHECK(changed == 1);
  }

  TEST_CASE("differences are named by table, row and column") {
    const Mapping a = random_mapping(3, 10);
    Mapping b = a;
    CHECK(difference(a, b).empty());
    b.slices[4].rows += 2;
    b.replicas[1] = a.replicas[1] + 1;
    b.machine = "northpole";
    const auto lines = difference(a, b);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "machine: loihi2 | northpole");
    CHECK(lines[1] == fmt::format("replicas of expert 1: {} | {}", a.replicas[1], b.replicas[1]));
    CHECK(lines[2] == fmt::format("slices[4].rows: {} | {}", a.slices[4].rows, b.slices[4].rows));
    CHECK(difference(random_mapping(4, 100), random_mapping(5, 100), 7).size() == 7);
  }

  TEST_CASE("nothing is left behind where a file cannot be written") {
    const Scratch scratch;
    CHECK_THROWS_AS(save_mapping(random_mapping(1, 5), scratch.path("no/where.yaml")), InputError);
    CHECK_THROWS_AS(save_mapping(random_mapping(1, 5), scratch.path("no/where.yaml"), TablePlace::beside),
                    InputError);
    CHECK(scratch.files() == 0);
  }

  TEST_CASE("a disk that fills up is said, and what was there stays") {
    const Scratch scratch;
    save_mapping(random_mapping(1, 5), scratch.path("m.yaml"), TablePlace::beside);
    const std::string before = Scratch::read(scratch.path("m.h5"));
    const Mapping large = random_mapping(2, 20000);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{200000, limit.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN); // the write fails instead, as on a full disk
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_THROWS_WITH_AS(save_mapping(large, scratch.path("m.yaml"), TablePlace::beside),
                         doctest::Contains("m.h5: cannot be written"), InputError);
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(scratch.files() == 2);
    CHECK(Scratch::read(scratch.path("m.h5")) == before);
  }
}

TEST_SUITE("property") {
  TEST_CASE("what is saved is what is loaded, in both places, and saves to the same bytes") {
    const Scratch scratch;
    for (std::uint64_t seed = 1; seed <= 30; ++seed)
      for (const TablePlace place : {TablePlace::inside, TablePlace::beside}) {
        const Mapping mapping = random_mapping(seed, 1 + static_cast<int>(seed * 3));
        save_mapping(mapping, scratch.path("m.yaml"), place);
        const std::string text = Scratch::read(scratch.path("m.yaml"));
        const Mapping loaded = load_mapping(scratch.path("m.yaml"));
        CHECK(difference(mapping, loaded).empty());
        save_mapping(loaded, scratch.path("m.yaml"), place);
        CHECK(Scratch::read(scratch.path("m.yaml")) == text);
      }
  }
}
