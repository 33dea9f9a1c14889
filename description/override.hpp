// Replacing single values of a description by dotted key path: what sweeps vary.
#pragma once

#include <string>
#include <vector>

#include "description/document.hpp"

namespace moesaic {

/// The value that stands at `path` ("core.synapse.energy", "levels[2].size") becomes `value`.
struct Override {
  std::string path;
  std::string value;
};

/// What an override may replace: the value's own text, and the figure's unit where it is one.
struct OverrideTarget {
  std::string text;    ///< as written in the description
  bool figure = false; ///< a constant with source and confidence
};

/// The value at `path`. Throws InputError: no such key (with the nearest), or not a single value.
OverrideTarget find_override_target(const Document& document, const std::string& path);

/// A fresh copy of `document`, nothing of it read yet, with every override applied. A figure takes its new
/// value as exact and cites the source `varied` (added to the copy's sources, with `by` as its title); its
/// note keeps what stood there. Throws InputError as above, and where a quantity's unit does not measure the
/// same thing or a number becomes a text.
Document with_overrides(const Document& document, const std::vector<Override>& overrides,
                        const std::string& by);

/// A fresh copy of `document`, named `file`, with the figures at the paths of `figures` replaced by them:
/// value, interval, confidence and note. They cite the source `scaled`, which is added as `by`. What stands at
/// the paths of `others` is replaced whole by the YAML of their values. Throws InputError where no figure stands.
Document with_figures(const Document& document, const std::vector<Figure>& figures, const Source& by,
                      const std::string& file, const std::vector<Override>& others = {});

/// The document as YAML with all overrides in it, in the file's order.
std::string to_yaml(const Document& document);

} // namespace moesaic
