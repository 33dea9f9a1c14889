// What the validations of the neuromorphic chips share: published figures, and small programs to measure
// with.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/neuromorphic/system.hpp"
#include "results/validation.hpp"

namespace moesaic::sim {

hw::Chip chip_named(const std::string& name);

/// One file of results/published.
class Published {
 public:
  explicit Published(const std::string& chip);
  Figure figure(const char* key, const Dimension& dimension) const { return figures_.figure(key, dimension); }
  double value(const char* key, const Dimension& dimension) const { return figure(key, dimension).value; }
  /// A row with both sides divided by `scale`, the size of `unit`.
  results::ValidationRow row(const char* group, const std::string& what, const char* unit, double scale,
                             double simulated, const char* key, const Dimension& dimension,
                             bool fitted) const;

 private:
  Document document_;
  Node figures_;
};

struct Cost {
  double seconds = 0; ///< of the first step's work
  double joules = 0;  ///< active, of everything but the neurons
  double operations = 0;
};

Cost cost_of(const hw::Chip& chip, const hw::Program& program);

/// All energy of a run, static power included.
double joules_of(const hw::Chip& chip, const hw::Program& program, const hw::SystemRun& run);

/// `sources` neurons, all of which feed all of `sinks` neurons, on as few cores as hold them.
hw::Program fan(const hw::Chip& chip, int sources, int sinks,
                hw::SynapseFormat format = hw::SynapseFormat::dense);

/// Time and energy of one more synaptic operation.
Cost per_operation(const hw::Chip& chip, hw::SynapseFormat format);

struct FrameCost {
  double seconds = 0, joules = 0; ///< joules: active
  double operations = 0;          ///< MAC, by the shapes
};

/// One image of 224 x 224 through ResNet-50 on one chip, weights and activations of `bits`.
FrameCost resnet50_frame(hw::Chip chip, int bits);

void validate_loihi(std::vector<results::ValidationRow>& rows);
void validate_loihi2(std::vector<results::ValidationRow>& rows);
void validate_truenorth(std::vector<results::ValidationRow>& rows);
void validate_spinnaker2(std::vector<results::ValidationRow>& rows);
void validate_northpole(std::vector<results::ValidationRow>& rows);

} // namespace moesaic::sim
