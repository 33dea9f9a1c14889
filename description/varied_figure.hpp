// Figures of something that has been read, changed as overrides change them in the description.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "description/figure.hpp"
#include "description/override.hpp"

namespace moesaic {

/// The figure with the value that is written in `text` ("3 ns"), exact and with the source `varied`, as reading a
/// description with such an override gives it. Nothing for what does not measure the same thing.
std::optional<Figure> varied(Figure figure, const std::string& text);

/// Varies the figures that stand at the changes' paths. `visit_figures` hands every figure that may be changed to the
/// function that it is given. False where a path is none of these, or its value not above 0.
template <class Visit> bool vary_figures(const std::vector<Override>& changes, Visit visit_figures) {
  for (const Override& change : changes) {
    bool done = false;
    visit_figures([&](Figure& figure) {
      if (figure.path != change.path)
        return;
      auto other = varied(figure, change.value);
      done = other && other->value > 0;
      if (done)
        figure = std::move(*other);
    });
    if (!done)
      return false;
  }
  return true;
}

} // namespace moesaic
