#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "description/error.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/trace_file.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

/// Four experts in two groups of which one is kept, top 2.
MoeLayer small_layer() {
  MoeLayer layer;
  layer.routed = 4;
  layer.router.top_k = 2;
  layer.router.groups = 2;
  layer.router.kept_groups = 1;
  layer.router.group_score = GroupScore::maximum;
  layer.router.scale = 2.5;
  return layer;
}

std::string error_of(const std::string& csv) {
  std::istringstream in(csv);
  try {
    read_trace_csv(in, "t.csv", small_layer());
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

const std::string head = "token,expert,weight\n";

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a trace of several layers survives both formats to the bit") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    const Trace trace = generate_trace(layer, {{{300, 1}}, 3, 0, 0}, 1);
    for (const std::string extension : {".h5", ".csv"}) {
      CAPTURE(extension);
      const TemporaryFile file(extension);
      write_trace(file.path(), trace);
      const Trace back = read_trace(file.path(), layer);
      REQUIRE(back.layers.size() == 3);
      for (std::size_t l = 0; l < 3; ++l) {
        CHECK(back.layers[l].tokens == 300);
        CHECK(back.layers[l].expert == trace.layers[l].expert);
        CHECK(back.layers[l].weight == trace.layers[l].weight);
      }
      CHECK_FALSE(std::filesystem::exists(file.path() + ".part"));
    }
  }

  TEST_CASE("a long trace is written and read in pieces") {
    const MoeLayer layer = load_moe_layer("mixtral-8x7b");
    const TemporaryFile file(".h5");
    TraceWriter writer(file.path(), 1, layer.routed, layer.router.top_k);
    for (std::uint64_t piece = 0; piece < 5; ++piece)
      writer.append(0, make_trace(layer, 1000, piece));
    writer.finish();
    std::int64_t next = 0;
    stream_trace(file.path(), layer, 999, [&](int l, std::int64_t first, const Routing& batch) {
      CHECK(l == 0);
      CHECK(first == next);
      CHECK(batch.tokens <= 999);
      if (first == 0)
        CHECK(batch.expert_of(998, 1) == make_trace(layer, 1000, 0).expert_of(998, 1));
      next += batch.tokens;
    });
    CHECK(next == 5000);
  }

  TEST_CASE("a CSV trace written in pieces is the one written whole") {
    const MoeLayer layer = load_moe_layer("mixtral-8x7b");
    const Trace trace = generate_trace(layer, {{{50, 1}}, 2, 0, 0}, 1);
    const TemporaryFile file(".csv");
    TraceWriter writer(file.path(), 2, layer.routed, layer.router.top_k);
    const auto copy = [](const Routing& r, int first, int last) {
      const auto at = [&](int token) { return static_cast<std::ptrdiff_t>(token) * r.top_k; };
      return Routing{last - first, r.top_k, r.experts, {r.expert.begin() + at(first), r.expert.begin() + at(last)},
                     {r.weight.begin() + at(first), r.weight.begin() + at(last)}};
    };
    for (int l = 0; l < 2; ++l) {
      writer.append(l, copy(trace.layers[std::size_t(l)], 0, 20));
      writer.append(l, copy(trace.layers[std::size_t(l)], 20, 50));
    }
    writer.finish();
    const Trace back = read_trace(file.path(), layer);
    REQUIRE(back.layers.size() == 2);
    for (std::size_t l = 0; l < 2; ++l)
      CHECK(back.layers[l].expert == trace.layers[l].expert);
  }

  TEST_CASE("one layer's first tokens are read, the rest is checked") {
    const MoeLayer layer = load_moe_layer("mixtral-8x7b");
    Trace trace = generate_trace(layer, {{{300, 1}}, 3, 0, 0}, 1);
    for (const std::string extension : {".h5", ".csv"}) {
      const TemporaryFile file(extension);
      write_trace(file.path(), trace);
      const Routing start = read_trace_layer(file.path(), layer, 1, 100);
      CHECK(start.tokens == 100);
      CHECK(start.expert == std::vector<std::int32_t>(trace.layers[1].expert.begin(), trace.layers[1].expert.begin() + 200));
      CHECK(start.weight.size() == 200);
      CHECK(read_trace_layer(file.path(), layer, 2, 1000).tokens == 300);
      for (const int index : {-1, 3})
        CHECK_THROWS_AS(read_trace_layer(file.path(), layer, index, 1), InputError);
      Trace broken = trace;
      broken.layers[2].expert.back() = 8;
      write_trace(file.path(), broken);
      CHECK_THROWS_AS(read_trace_layer(file.path(), layer, 0, 1), InputError);
    }
  }

  TEST_CASE("a recorded trace without weights and layers is imported, columns in any order") {
    std::istringstream in("# recorded elsewhere\r\nexpert, token\r\n1,0\r\n0,0\r\n\r\n2,1\r\n3,1\r\n");
    const Trace trace = read_trace_csv(in, "t.csv", small_layer());
    REQUIRE(trace.layers.size() == 1);
    CHECK(trace.layers[0].expert == std::vector<std::int32_t>{1, 0, 2, 3});
    CHECK(trace.layers[0].weight == std::vector<float>(4, 1.25f)); // scale / top_k
  }

  TEST_CASE("defects are named with their line") {
    CHECK(error_of("") == "t.csv: the file is empty");
    CHECK(error_of(head) == "t.csv: the trace has no choices");
    CHECK(error_of("token,exprt\n") == "t.csv:1: unknown column 'exprt', did you mean 'expert'?");
    CHECK(error_of("token,token,expert\n") == "t.csv:1: column 'token' stands twice");
    CHECK(error_of("token,weight\n") == "t.csv:1: the columns 'token' and 'expert' are needed");
    CHECK(error_of(head + "0,4,1\n") == "t.csv:2: expert 4 is out of range, expected 0 to 3");
    CHECK(error_of(head + "0,-1,1\n") == "t.csv:2: expert -1 is out of range, expected 0 to 3");
    CHECK(error_of(head + "0,99999999999999,1\n") ==
          "t.csv:2: expert 99999999999999 is out of range, expected 0 to 3");
    CHECK(error_of(head + "0,1x,1\n") == "t.csv:2: expert: expected a whole number, found '1x'");
    CHECK(error_of(head + "0,1\n") == "t.csv:2: 2 fields, expected 3");
    CHECK(error_of(head + "0,1,heavy\n") == "t.csv:2: weight: expected a number, found 'heavy'");
    CHECK(error_of(head + "0,1,1\n0,1,1\n") == "t.csv:3: token 0: expert 1 is chosen twice");
    CHECK(error_of(head + "0,1,1\n0,2,1\n") ==
          "t.csv:3: token 0: the choices lie in 2 groups, at most 1 are kept");
    CHECK(error_of(head + "0,1,1\n0,0,-1\n") == "t.csv:3: token 0: the weight of expert 0 is not 0 or more");
    CHECK(error_of(head + "0,1,1\n0,0,nan\n") == "t.csv:3: token 0: the weight of expert 0 is not 0 or more");
    CHECK(error_of(head + "0,1,1\n") == "t.csv:2: token 0 has 1 choices, expected 2");
    CHECK(error_of(head + "0,1,1\n0,0,1\n0,2,1\n") == "t.csv:4: token 0 has more than 2 choices");
    CHECK(error_of(head + "1,1,1\n") == "t.csv:2: layer 0, token 1 is out of order");
    CHECK(error_of("layer," + head + "0,0,0,1\n0,0,1,1\n2,0,0,1\n") ==
          "t.csv:4: layer 2, token 0 is out of order");
    CHECK(error_of("layer," + head + "0,0,0,1\n0,0,1,1\n0,1,0,1\n0,1,1,1\n1,0,2,1\n1,0,3,1\n") ==
          "t.csv:7: layer 1 has 1 tokens, layer 0 has 2");
  }

  TEST_CASE("an HDF5 file that is none, or for another layer, or out of range, is refused") {
    const MoeLayer layer = small_layer();
    const TemporaryFile text(".h5", "not HDF5");
    CHECK_THROWS_AS(read_trace(text.path(), layer), InputError);
    CHECK_THROWS_WITH_AS(read_trace("/nowhere/t.h5", layer), "/nowhere/t.h5: no such file", InputError);
    CHECK_THROWS_WITH_AS(read_trace("t.npz", layer), "t.npz: a trace is an .h5, .hdf5 or .csv file",
                         InputError);
    const TemporaryFile file(".h5");
    write_trace(file.path(), {{{1, 2, 4, {0, 7}, {1, 1}}}});
    CHECK_THROWS_WITH_AS(
        read_trace(file.path(), layer),
        (file.path() + ": layer_0: token 0: expert 7 is out of range, expected 0 to 3").c_str(), InputError);
    CHECK_THROWS_WITH_AS(read_trace(file.path(), load_moe_layer("mixtral-8x7b")),
                         (file.path() + ": recorded for 4 experts, the layer has 8").c_str(), InputError);
  }

  TEST_CASE("an unfinished trace leaves no file") {
    const TemporaryFile place(".h5");
    std::filesystem::remove(place.path());
    { TraceWriter writer(place.path(), 1, 4, 2); }
    CHECK_FALSE(std::filesystem::exists(place.path()));
    CHECK_FALSE(std::filesystem::exists(place.path() + ".part"));
    CHECK_THROWS_AS(TraceWriter("/nowhere/t.h5", 1, 4, 2), InputError);
  }
}
