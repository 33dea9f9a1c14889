// Files that are no mappings: each a clear error, never a crash, a hang or a silent guess.
#include <doctest/doctest.h>

#include <algorithm>

#include <H5Cpp.h>

#include "description/error.hpp"
#include "mappings/format/table_file.hpp"
#include "tests/mappings/format/random_mapping.hpp"
#include "tests/mappings/format/scratch.hpp"

using namespace moesaic;
using namespace moesaic::mappings;

namespace {

std::string error_of(const std::string& file) {
  try {
    load_mapping(file);
  } catch (const InputError& e) {
    return e.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

/// A good file in which the first `from` is replaced by `to`.
std::string broken(const Scratch& scratch, const std::string& from, const std::string& to) {
  save_mapping(random_mapping(1, 5), scratch.path("good.yaml"), TablePlace::inside);
  std::string text = Scratch::read(scratch.path("good.yaml"));
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return error_of(scratch.write("bad.yaml", text.replace(at, from.size(), to)));
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("numbers beyond every range name their place") {
    const Scratch scratch;
    contains(broken(scratch, "replicas: [", "replicas: [9223372036854775808, "),
             "replicas[0]: expected a whole number");
    contains(broken(scratch, "replicas: [", "replicas: [-1, "), "-1 is out of range");
    contains(broken(scratch, "chips_across: ", "chips_across: 9999"), "chips_across: ");
    contains(broken(scratch, "replicas: [", "replicas: [1048576, 1048576, 1048577, "), "replicas[2]: 1048577 is out of range");
    contains(broken(scratch, "populations:", "replica_rule: near\npopulations:"), "replica_rule: ");
    contains(broken(scratch, "replicas: [", "replicas: [2, "), "key 'replica_rule' is missing");
    contains(broken(scratch, "    - [", "    - [9223372036854775808, "), "numbers, expected 8");
    contains(broken(scratch, "version: 1", "version: 2"), "version: 2 is out of range, expected 1 to 1");
    contains(broken(scratch, "seed: ", "seed: -"), "is out of range");
  }

  TEST_CASE("unknown and missing keys, wrong kinds and wrong columns") {
    const Scratch scratch;
    contains(broken(scratch, "machine:", "machin:"), "key 'machine' is missing");
    contains(broken(scratch, "kind: mapping", "kind: neuromorphic"), "unknown 'neuromorphic'");
    contains(broken(scratch, "weights: ", "weights: un"), "did you mean");
    contains(broken(scratch, "version: 1", "version: 1\nspeed: 3"), "speed: unknown key");
    contains(broken(scratch, "columns: [chip, core", "columns: [core, chip"), "expected [chip, core");
    contains(broken(scratch, "cores:", "cores: 7\nother:"), "cores");
  }

  TEST_CASE("references to what does not exist") {
    const Scratch scratch;
    Mapping m = random_mapping(1, 5);
    const auto reject = [&](Mapping bad, const char* what) {
      for (const TablePlace place : {TablePlace::inside, TablePlace::beside}) {
        save_mapping(bad, scratch.path("bad.yaml"), place);
        contains(error_of(scratch.path("bad.yaml")), what);
      }
    };
    Mapping bad = m;
    bad.cores[2].population = 5;
    reject(bad, "cores: row 2: population 5, there are 5");
    (bad = m).slices[3].core = 15;
    reject(bad, "slices: row 3: core 15, there are 15");
    (bad = m).slices[3].projection = 3;
    reject(bad, "slices: row 3: projection 3, there are 3");
    (bad = m).members[1].group = 4;
    reject(bad, "members: row 2: 0 after 4: rows must ascend");
    (bad = m).sends[0].group = 5;
    reject(bad, "sends: row 0: group 5, there are 5");
    (bad = m).hops[14].send = 15;
    reject(bad, "hops: row 14: send 15, there are 15");
    (bad = m).sends[0].phase = 64;
    reject(bad, "phase 64");
    (bad = m).populations[0].expert = 5;
    reject(bad, "expert 5, there are 5");
  }

  TEST_CASE("a billion laughs are not told") {
    const Scratch scratch;
    std::string bomb = "kind: mapping\na0: &a0 [lol, lol]\n";
    for (int i = 1; i < 60; ++i)
      bomb += fmt::format("a{}: &a{} [*a{}, *a{}]\n", i, i, i - 1, i - 1);
    contains(error_of(scratch.write("bomb.yaml", bomb)),
             "bomb.yaml:2:5: '&': anchors, aliases and tags are not supported");
    contains(error_of(scratch.write("bomb.yaml", "a: [&x [1], *x, *x]\n")), "bomb.yaml:1:5");
    contains(error_of(scratch.write("bomb.yaml", "a: !!binary x\n")), "bomb.yaml:1:4");
    contains(error_of(scratch.write("deep.yaml", "a: " + std::string(100000, '['))), "deep.yaml");
  }

  TEST_CASE("no file, an empty one, a folder, binary, a table file that is absent, foreign or truncated") {
    const Scratch scratch;
    contains(error_of(scratch.path("none.yaml")), "none.yaml: cannot be read");
    contains(error_of(scratch.write("empty.yaml", "")), "empty.yaml: the file is empty");
    contains(error_of(scratch.write("binary.yaml", std::string("kind\0x", 6))), "is not text");
    contains(error_of(scratch.path("")), "");
    save_mapping(random_mapping(1, 300), scratch.path("m.yaml"), TablePlace::beside);
    const std::string good = Scratch::read(scratch.path("m.h5"));
    for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99}) {
      scratch.write("m.h5", good.substr(0, static_cast<std::size_t>(share * good.size())));
      contains(error_of(scratch.path("m.yaml")), "m.h5");
    }
    save_mapping(random_mapping(2, 300), scratch.path("other.yaml"), TablePlace::beside);
    scratch.write("m.h5", Scratch::read(scratch.path("other.h5")));
    contains(error_of(scratch.path("m.yaml")), "belongs to another mapping, or was changed");
    std::filesystem::remove(scratch.path("m.h5"));
    contains(error_of(scratch.path("m.yaml")), "m.h5: cannot be read");
    const std::string text = Scratch::read(scratch.path("other.yaml"));
    scratch.write("other.yaml", std::string(text).replace(text.find("'other.h5'"), 10, "'../other.h5'"));
    contains(error_of(scratch.path("other.yaml")), "same folder");
  }

  TEST_CASE("table files that are no tables of ours, with the right digest") {
    const Scratch scratch;
    const auto with_file = [&](auto change) {
      save_mapping(random_mapping(1, 300), scratch.path("m.yaml"), TablePlace::beside);
      std::string text = Scratch::read(scratch.path("m.yaml"));
      const std::string before = file_digest(scratch.path("m.h5"));
      change();
      text.replace(text.find(before), before.size(), file_digest(scratch.path("m.h5")));
      return error_of(scratch.write("m.yaml", text));
    };
    const auto replace_cores = [&](H5::PredType type, hsize_t rows, hsize_t columns) {
      H5::H5File file(scratch.path("m.h5"), H5F_ACC_RDWR);
      file.unlink("cores");
      const hsize_t dims[] = {rows, columns}, chunk[] = {std::min<hsize_t>(rows, 16384), columns};
      H5::DSetCreatPropList properties;
      properties.setChunk(2, chunk);
      file.createDataSet("cores", type, H5::DataSpace(2, dims), properties);
    };
    contains(with_file([&] { replace_cores(H5::PredType::STD_I32LE, hsize_t{1} << 26, 8); }),
             "claims 67108864 rows");
    contains(with_file([&] { replace_cores(H5::PredType::STD_I32LE, hsize_t{1} << 30, 8); }),
             "at most 134217728");
    contains(with_file([&] { replace_cores(H5::PredType::STD_I32LE, 9, 7); }), "7 columns, expected 8");
    contains(with_file([&] { replace_cores(H5::PredType::IEEE_F64LE, 9, 8); }),
             "expected a table of integers");
    contains(with_file([&] { H5::H5File(scratch.path("m.h5"), H5F_ACC_RDWR).unlink("hops"); }),
             "the table is missing");
    contains(with_file([&] { scratch.write("m.h5", "no HDF5 at all"); }), "cannot be read as HDF5");
    const auto huge = [&] {
      replace_cores(H5::PredType::STD_U64LE, 1, 8);
      const std::uint64_t row[8] = {std::uint64_t{1} << 63, 0, 0, 0, 0, 0, 0, 0};
      H5::H5File(scratch.path("m.h5"), H5F_ACC_RDWR)
          .openDataSet("cores")
          .write(row, H5::PredType::NATIVE_UINT64);
    };
    contains(with_file(huge), "row 0: 9223372036854775807 is out of range");
  }
}

TEST_SUITE("property") {
  TEST_CASE("a file cut at any byte, or with any byte changed, loads as another mapping or not at all") {
    const Scratch scratch;
    save_mapping(random_mapping(7, 3), scratch.path("good.yaml"), TablePlace::inside);
    const std::string good = Scratch::read(scratch.path("good.yaml"));
    std::mt19937_64 random(1);
    for (int i = 0; i < 300; ++i) {
      std::string text = good.substr(0, random() % good.size());
      if (i % 2) {
        text = good;
        text[random() % text.size()] = static_cast<char>(random() % 256);
      }
      const std::string error = error_of(scratch.write("bad.yaml", text));
      CHECK((error == "no error" || error.find("bad.yaml") != std::string::npos));
    }
  }

  TEST_CASE("a table file with any byte changed is an error") {
    const Scratch scratch;
    const Mapping mapping = random_mapping(7, 3);
    save_mapping(mapping, scratch.path("m.yaml"), TablePlace::beside);
    const std::string good = Scratch::read(scratch.path("m.h5"));
    std::mt19937_64 random(1);
    for (int i = 0; i < 200; ++i) {
      std::string bytes = good;
      bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
      scratch.write("m.h5", bytes);
      contains(error_of(scratch.path("m.yaml")), "has the digest");
    }
  }
}
