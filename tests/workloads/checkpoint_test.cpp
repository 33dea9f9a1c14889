#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include "description/error.hpp"
#include "tests/workloads/safetensors_builder.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/checkpoint.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

std::string error_of(const std::string& header, const std::string& data) {
  const std::string file = safetensors_file(header, data);
  try {
    parse_safetensors_header(reinterpret_cast<const std::uint8_t*>(file.data()), file.size(), file.size(),
                             "m");
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
         "}";
}

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("every dtype of weights is read to the bit") {
    const std::vector<float> values{0, 1, -2, 0.5f, 448, -0.015625f}; // representable in all four
    for (const std::string dtype : {"F32", "BF16", "F16", "F8_E4M3"}) {
      CAPTURE(dtype);
      SafetensorsBuilder builder;
      builder.add("a", "I64", {0}, {});
      builder.add("w", dtype, {2, 3}, values);
      const TemporaryFile file(".safetensors", builder.file());
      const Checkpoint checkpoint(file.path());
      CHECK(checkpoint.names() == std::vector<std::string>{"a", "w"});
      CHECK(checkpoint.read("w") == values);
      CHECK_THROWS_WITH_AS(checkpoint.read("a"),
                           (file.path() + ": tensor a: dtype I64 is not supported for weights").c_str(),
                           InputError);
      CHECK_THROWS_WITH_AS(checkpoint.read("v"), (file.path() + ": tensor v is missing").c_str(), InputError);
    }
  }

  TEST_CASE("FP8 weights are multiplied by the scale of their 128 x 128 block") {
    SafetensorsBuilder builder;
    builder.add("w", "F8_E4M3", {130, 256}, std::vector<float>(130 * 256, 2));
    builder.add("w_scale_inv", "F32", {2, 2}, {1, 10, 100, 1000});
    const TemporaryFile file(".safetensors", builder.file());
    const Matrix w = Checkpoint(file.path()).read_matrix("w", 130, 256);
    CHECK(w.at(127, 127) == 2);
    CHECK(w.at(127, 128) == 20);
    CHECK(w.at(128, 127) == 200);
    CHECK(w.at(129, 255) == 2000);
  }

  TEST_CASE("wrong shapes, NaN and missing scales are refused") {
    SafetensorsBuilder builder;
    builder.add("w", "F8_E4M3", {1, 2}, {1, 2});
    builder.add("n", "F32", {1}, {float_of(0x7fc00000)});
    builder.add("v", "F8_E4M3", {1, 1}, {1});
    builder.add("v_scale_inv", "F8_E4M3", {1, 1}, {1});
    builder.add("v_scale_inv_scale_inv", "F32", {1, 1}, {1});
    const TemporaryFile file(".safetensors", builder.file());
    const Checkpoint checkpoint(file.path());
    CHECK_THROWS_WITH_AS(checkpoint.read_matrix("w", 2, 1),
                         (file.path() + ": tensor w: shape [1, 2], expected [2, 1]").c_str(), InputError);
    CHECK_THROWS_WITH_AS(checkpoint.read_matrix("w", 1, 2),
                         (file.path() + ": tensor w_scale_inv is missing").c_str(), InputError);
    CHECK_THROWS_WITH_AS(
        checkpoint.read_matrix("v", 1, 1),
        (file.path() + ": tensor v_scale_inv: block scales in F8_E4M3 are not supported").c_str(), InputError);
    CHECK_THROWS_WITH_AS(checkpoint.read("n"),
                         (file.path() + ": tensor n: element 0 is not a finite number").c_str(), InputError);
  }

  TEST_CASE("headers that lie are refused") {
    const std::string eight(8, '\0');
    CHECK(error_of("{" + tensor("a", "F32", "[2]", "[0,8]") + "}", eight) == "");
    CHECK(error_of("{\"__metadata__\":{\"format\":\"pt\"}," + tensor("a", "F32", "[]", "[0,4]") + "}",
                   "1234") == "");
    CHECK(error_of("{" + tensor("a", "F32", "[2]", "[0,9]") + "}", eight) ==
          "m: tensor \"a\": data_offsets [0, 9] are out of range, the file holds 8 bytes of data");
    CHECK(error_of("{" + tensor("a", "F32", "[2]", "[8,0]") + "}", eight).find("out of range") !=
          std::string::npos);
    CHECK(error_of("{" + tensor("a", "F32", "[3]", "[0,8]") + "}", eight) ==
          "m: tensor \"a\": 8 bytes for a shape and dtype of 12");
    CHECK(error_of("{" + tensor("a", "F32", "[4294967296,4294967296]", "[0,0]") + "}", "") ==
          "m: tensor \"a\": its size overflows");
    CHECK(error_of("{" + tensor("a", "F32", "[18446744073709551615]", "[0,0]") + "}", "") ==
          "m: tensor \"a\": its size overflows");
    CHECK(error_of("{" + tensor("a", "F32", "[-1]", "[0,8]") + "}", eight) ==
          "m: tensor \"a\": shape holds -1, expected a whole number from 0");
    CHECK(error_of("{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("b", "F32", "[1]", "[2,6]") + "}",
                   eight) == "m: tensor \"b\": overlaps \"a\"");
    CHECK(error_of("{" + tensor("a", "F32", "[1]", "[4,8]") + "}", eight) ==
          "m: tensor \"a\": 4 bytes before it belong to no tensor");
    CHECK(error_of("{" + tensor("a", "F32", "[1]", "[0,4]") + "}", eight) ==
          "m: 4 bytes at the end belong to no tensor");
    CHECK(error_of("{" + tensor("a", "F31", "[2]", "[0,8]") + "}", eight) ==
          "m: tensor \"a\": unknown dtype \"F31\"");
    CHECK(error_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", eight) ==
          "m: tensor \"a\": data_offsets is missing");
    CHECK(error_of("{\"a\":3}", eight) == "m: tensor \"a\": expected dtype, shape and data_offsets");
    CHECK(error_of("[]", eight) == "m: the header is no JSON object");
    const std::string deep = std::string(500000, '[') + std::string(500000, ']');
    CHECK(error_of("{" + tensor("a", "F32", deep, "[0,8]") + "}", eight) == "m: nested deeper than 64 levels");
    CHECK(error_of("{", eight).find("m:1: not valid JSON") == 0);
    CHECK(error_of("{" + tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("a", "F32", "[2]", "[0,8]") + "}",
                   eight) == "m: \"a\": stands twice");
  }

  TEST_CASE("a header longer than the file, or than anybody needs, is refused before it is read") {
    std::string file = safetensors_file("{}", "");
    const auto error = [&] {
      try {
        parse_safetensors_header(reinterpret_cast<const std::uint8_t*>(file.data()), file.size(), file.size(),
                                 "m");
      } catch (const InputError& e) {
        return std::string(e.what());
      }
      return std::string();
    };
    CHECK(error() == "");
    file[0] = 3;
    CHECK(error() == "m: a header of 3 bytes in a file of 10");
    file[7] = '\x7f';
    CHECK(error().find("at most 100000000 are allowed") != std::string::npos);
    file.resize(7);
    CHECK(error() == "m: too short for a safetensors file");
  }

  TEST_CASE("a sharded checkpoint opens the shards it is asked for, and names what is wrong with them") {
    const TemporaryFile place("");
    const std::filesystem::path folder = place.path() + ".d";
    std::filesystem::create_directory(folder);
    SafetensorsBuilder builder;
    builder.add("a", "BF16", {2}, {1, 2});
    std::ofstream(folder / "one.safetensors", std::ios::binary) << builder.file();
    std::ofstream(folder / "model.safetensors.index.json")
        << R"({"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}})";
    const Checkpoint checkpoint(folder.string());
    const std::string index = (folder / "model.safetensors.index.json").string();
    CHECK(checkpoint.names() == std::vector<std::string>{"a", "b", "c"});
    CHECK(checkpoint.read_vector("a", 2) == std::vector<float>{1, 2});
    CHECK_THROWS_WITH_AS(checkpoint.read("b"), (index + ": tensor b is missing in one.safetensors").c_str(),
                         InputError);
    CHECK_THROWS_WITH_AS(checkpoint.read("c"),
                         ((folder / "two.safetensors").string() + ": cannot be read").c_str(), InputError);
    CHECK_THROWS_WITH_AS(checkpoint.read("d"), (index + ": tensor d is missing").c_str(), InputError);
    std::ofstream(index) << R"({"weight_map": {"a": "../../etc/passwd"}})";
    CHECK_THROWS_AS(Checkpoint(folder.string()), InputError);
    std::ofstream(index) << "{}";
    CHECK_THROWS_WITH_AS(Checkpoint(folder.string()), (index + ": weight_map: is missing").c_str(),
                         InputError);
    std::filesystem::remove_all(folder);
    CHECK_THROWS_AS(Checkpoint("/nowhere"), InputError);
    CHECK_THROWS_AS(Checkpoint("/"), InputError);
  }
}

TEST_SUITE("system") {
  TEST_CASE("654 GB of DeepSeek-V3 experts in one sparse file: opened in seconds and megabytes, read at its "
            "far end") {
    const std::int64_t expert = 7168 * 2048;
    std::string header = "{";
    std::int64_t offset = 0;
    for (int layer = 3; layer < 61; ++layer)
      for (int e = 0; e < 256; ++e)
        for (const char* name : {"gate_proj", "up_proj", "down_proj"}) {
          const std::string full = "model.layers." + std::to_string(layer) + ".mlp.experts." +
                                   std::to_string(e) + "." + name + ".weight";
          header += (offset ? "," : "") +
                    tensor(full, "F8_E4M3", "[2048,7168]",
                           "[" + std::to_string(offset) + "," + std::to_string(offset + expert) + "]");
          offset += expert;
        }
    header +=
        "," +
        tensor("last", "F32", "[1]", "[" + std::to_string(offset) + "," + std::to_string(offset + 4) + "]") +
        "}";
    const TemporaryFile file(".safetensors", safetensors_file(header, ""));
    const auto bytes = static_cast<off_t>(8 + header.size()) + offset + 4;
    REQUIRE(bytes > 600e9);
    header = {};
    if (truncate(file.path().c_str(), bytes) != 0) {
      MESSAGE("this file system holds no sparse file of 654 GB");
      return;
    }
    const auto start = std::chrono::steady_clock::now();
    const Checkpoint checkpoint(file.path());
    CHECK(checkpoint.read_vector("last", 1) == std::vector<float>{0});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    MESSAGE("opened in " << seconds << " s, peak " << usage.ru_maxrss / 1024 << " MiB");
    CHECK(usage.ru_maxrss / 1024 < 190); // MiB, all of this process: 200 MB
  }
}
