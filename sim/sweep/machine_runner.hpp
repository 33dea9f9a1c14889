// Machines, layers and tasks of a sweep's points, kept between points that share them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/machine/machine.hpp"
#include "sim/sweep/plan.hpp"

namespace moesaic::sim::sweep {

/// The latest things made, by key. Neighbouring points share all but one of their inputs, so few are enough.
template <class Thing> class Latest {
 public:
  explicit Latest(std::size_t most = 16) : most_(most) {}
  template <class Make> const Thing& get(const std::string& key, Make make) {
    auto found = things_.find(key);
    if (found == things_.end()) {
      if (things_.size() >= most_)
        things_.clear();
      found = things_.emplace(key, make()).first;
    }
    return found->second;
  }

 private:
  std::size_t most_;
  std::map<std::string, Thing> things_;
};

/// One per worker.
class MachineRunner {
 public:
  /// Simulates the point, or estimates it. Throws InputError.
  results::RunRecord run(const Plan& plan, const Point& point, bool estimated = false);

  /// Throws InputError where the point's machine, layer or mapping cannot be. Gives why the layer does not fit the machine,
  /// where that is asked, or "".
  std::string make_inputs(const Plan& plan, const Point& point, bool whether_fits);

 private:
  const Machine& machine_of(const Plan& plan, const Point& point);
  std::unique_ptr<Machine> make(const Plan& plan, const Point& point, const std::vector<Override>& changes);
  std::unique_ptr<Machine> from_read(const Plan& plan, const Point& point, const Machine& base, const std::vector<Override>& changes);
  const workloads::MoeLayer& layer_of(const Plan& plan, const Point& point, const std::vector<Override>& changes,
                                      const std::string& key);
  std::shared_ptr<const mappings::Mapping> mapping_of(const Plan& plan, const Point& point);
  const MoeTask& task(const Plan& plan, const Point& point);

  Latest<std::unique_ptr<Machine>> machines_, bases_, read_{256};
  Latest<workloads::MoeLayer> layers_;
  Latest<MoeTask> tasks_;
  Latest<std::shared_ptr<const mappings::Mapping>> mappings_;
};

} // namespace moesaic::sim::sweep
