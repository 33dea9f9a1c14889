// One point of a sweep: everything its result depends on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "description/override.hpp"
#include "sim/sweep/inputs.hpp"

namespace moesaic::sim::sweep {

struct Setting {
  std::size_t variable = 0; ///< index in the spec's variables
  Value value;
};

struct Point {
  std::size_t machine = 0, workload = 0; ///< indices in the inputs
  int tokens = 1;
  std::uint64_t seed = 1;
  std::vector<Setting> settings; ///< of the variables that bear on it, in the spec's order
  std::string hash;              ///< names it: SHA-256 over all of the above and the program's version
};

/// The mapping file that places the point's cores; "": none.
std::string mapping_file(const Spec& spec, const Point& point);

/// What the point changes in its machine's description, and in its workload's; sorted by path.
std::vector<Override> machine_overrides(const Spec& spec, const Inputs& inputs, const Point& point);
std::vector<Override> workload_overrides(const Spec& spec, const Point& point);

/// The content hash: version, the machine's and the workload's name, text and overrides, batch and seed.
std::string point_hash(const Spec& spec, const Inputs& inputs, const Point& point, const std::string& version);

/// The same for many points: what those of a spec share is written down once.
class PointNamer {
 public:
  PointNamer(const Spec& spec, const Inputs& inputs, const std::string& version);

  /// The point's `hash`. For several threads at once.
  std::string name(const Point& point) const;

 private:
  /// An input as it begins, and what its variables write: by number of the variable, in the order of their paths.
  struct Part {
    std::string text;
    std::vector<std::pair<std::size_t, std::string>> settings;
  };
  static Part part_of(const char* role, const Input& input, const Spec& spec, const std::string& owner);
  void append(std::string& text, const Part& part, const Point& point) const;
  const std::string& written(const std::string& value) const;

  std::string head_;
  std::map<std::string, std::string> mappings_; ///< digests by file
  std::vector<Part> machines_, workloads_;
};

} // namespace moesaic::sim::sweep
