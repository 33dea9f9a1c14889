// A GPU's YAML description: every constant of the kernel model as a figure with source and interval.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "description/document.hpp"
#include "description/override.hpp"
#include "hw/gpu/constants.hpp"

namespace moesaic::hw::gpu {

struct Description {
  std::string name; ///< file name without .yaml
  std::string title;
  bool extrapolated = false;             ///< no measurement of this GPU stands behind its engine constants
  Precision precision = Precision::bf16; ///< that a layer runs in unless told otherwise
  int ranks = 1;             ///< GPUs of an expert-parallel group that share each layer's experts and tokens
  int redundant_experts = 0; ///< replicas beyond one of each expert, over the whole group
  std::vector<std::string> engines; ///< inference engines described; the first is the default
  /// Per engine: all constants. Shared, since sweeps copy a description for every point.
  std::vector<std::vector<std::pair<const ConstantInfo*, std::shared_ptr<const Figure>>>> figures;

  /// The place of `engine` in `engines`. Throws InputError with the nearest.
  std::size_t engine_index(const std::string& engine) const;
  Constants constants(std::size_t engine, Corner corner = Corner::nominal) const;
};

/// Reads a parsed description of kind gpu. Throws InputError.
Description read_description(const Document& document);

/// What reading the description with these overrides would give, but for the figures' notes. Nothing where
/// that would be an error, or an override sets something other than a figure.
std::optional<Description> with_overrides(const Description& description,
                                          const std::vector<Override>& overrides);

/// The value of a figure at a corner: at `slow` every time, traffic and energy takes the end that costs more.
double at_corner(const ConstantInfo& info, const Figure& figure, Corner corner);

} // namespace moesaic::hw::gpu
