#include <filesystem>

#include <doctest/doctest.h>

#include "description/error.hpp"
#include "folder.hpp"
#include "results/hdf5_table.hpp"
#include "results/json.hpp"
#include "results/store.hpp"
#include "sample.hpp"

using namespace moesaic;
using namespace moesaic::results;

TEST_SUITE_BEGIN("unit");

TEST_CASE("records come back from HDF5: energies to one part in 10^15, all else to the bit") {
  const TemporaryFolder folder;
  Run run = sample::batches({1, 8});
  write_store(folder / "run.h5", run);
  auto back = read_store(folder / "run.h5");
  REQUIRE(back.size() == run.records.size());
  for (std::size_t i = 0; i < back.size(); ++i) {
    REQUIRE(back[i].energy.size() == run.records[i].energy.size());
    for (std::size_t k = 0; k < back[i].energy.size(); ++k) {
      const auto& joules = run.records[i].energy[k].joules;
      CHECK(back[i].energy[k].joules.nominal == doctest::Approx(joules.nominal).epsilon(1e-15));
      CHECK(back[i].energy[k].joules.high == doctest::Approx(joules.high).epsilon(1e-15));
      back[i].energy[k].joules = joules;
    }
  }
  Run other = run;
  other.records = back;
  CHECK(to_json(other) == to_json(run));
}

TEST_CASE("the groups follow the component tree and sum to the machine's energy") {
  const TemporaryFolder folder;
  const Run run = sample::run();
  write_store(folder / "run.h5", run);
  const H5::H5File file(folder / "run.h5", H5F_ACC_RDONLY);
  double total = 0, core = 0, synapse = 0;
  const auto read = [&](const char* group, double& value) {
    file.openGroup(group).openAttribute("energy_pJ").read(H5::PredType::NATIVE_DOUBLE, &value);
  };
  read("machines/loihi2/components/system", total);
  read("machines/loihi2/components/system/chip/core", core);
  read("machines/loihi2/components/system/chip/core/synapse", synapse);
  CHECK(total == doctest::Approx(run.records[0].joules.nominal * 1e12));
  CHECK(synapse == doctest::Approx(0.0141e12));
  CHECK(core == doctest::Approx((0.0141 + 4.3e-6 + 0.21) * 1e12));
}

TEST_CASE("empty records, empty tables and long tables are stored") {
  const TemporaryFolder folder;
  Run run;
  write_store(folder / "none.h5", run);
  CHECK(read_store(folder / "none.h5").empty());
  run.records.resize(1);
  run.records[0].machine = "m";
  write_store(folder / "bare.h5", run);
  CHECK(read_store(folder / "bare.h5")[0].energy.empty());
  run.records[0].energy.assign(5000, {"a.b", "c", "active", 3, {1, 1, 1}, "", ""});
  write_store(folder / "long.h5", run);
  CHECK(read_store(folder / "long.h5")[0].energy[4999].count == 3);
}

TEST_CASE("several records of one machine have groups of their own") {
  auto records = sample::three_machines(1);
  records.push_back(records[0]);
  records.push_back(records[0]);
  records.back().tokens = 8;
  CHECK(store_group_names(records) ==
        std::vector<std::string>{"loihi2.batch1", "gemini1", "h100", "loihi2.batch1.2", "loihi2.batch8"});
}

TEST_CASE("files that are none of ours are refused by name") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(read_store(folder / "absent.h5"), doctest::Contains("absent.h5: cannot be read"),
                       InputError);
  H5::H5File(folder / "other.h5", H5F_ACC_TRUNC).close();
  CHECK_THROWS_WITH_AS(read_store(folder / "other.h5"), doctest::Contains("other.h5: cannot be read"),
                       InputError);
  CHECK_THROWS_WITH_AS(write_store(folder / "no/such/run.h5", {}), doctest::Contains("cannot be written"),
                       InputError);
}

TEST_SUITE_END();
