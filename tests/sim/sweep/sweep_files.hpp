// Small descriptions and a folder of their own for the sweep tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "description/error.hpp"
#include "sim/sweep/plan.hpp"

namespace moesaic::sim::sweep::test {

/// A fresh folder, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "moesaic-sweep-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    write("chip.yaml", R"(kind: gpu
sources:
  maker: {title: a chip made up for tests, where: tests}
clock: {value: 500 MHz, source: maker, confidence: high}
core:
  count: 128
  precision: int8
  synapse: {energy: 10 pJ, latency: 4 ns, source: maker, confidence: medium}
)");
    write("other.yaml", R"(kind: gpu
sources:
  maker: {title: another one, where: tests}
clock: {value: 1 GHz, source: maker, confidence: low}
)");
    write("layer.yaml", "kind: moe\nhidden: 64\n");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }

  /// A sweep of chip and other over layer, with `rest` in its file.
  std::string head() const {
    return "workload: " + file("layer.yaml") + "\nmachines: [" + file("chip.yaml") + ", " +
           file("other.yaml") + "]\n";
  }
  Plan plan(const std::string& rest, double allowed = points_without_asking) const {
    Spec spec = parse_spec(head() + rest, "sweep.yaml");
    Inputs inputs = load_inputs(spec);
    return make_plan(std::move(spec), std::move(inputs), "1.0", allowed);
  }
  /// What it says against such a sweep, or "".
  std::string error(const std::string& rest) const {
    try {
      plan(rest);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

 private:
  std::string path_;
};

} // namespace moesaic::sim::sweep::test
