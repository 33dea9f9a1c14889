// One figure of something that has been read, changed as an override changes it in the description.
#pragma once

#include <string>

#include "description/figure.hpp"

namespace moesaic {

/// Gives the figure the value that is written in `text` ("3 ns"), exact and with the source `varied`, as reading a
/// description with such an override does. False, and nothing changed, for what does not measure the same thing and for
/// values that are not above 0.
bool vary(Figure& figure, const std::string& text);

} // namespace moesaic
