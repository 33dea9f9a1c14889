#include "description/figure.hpp"

#include <utility>

namespace moesaic {

const char* to_string(Confidence confidence) {
  switch (confidence) {
  case Confidence::exact:
    return "exact";
  case Confidence::high:
    return "high";
  case Confidence::medium:
    return "medium";
  case Confidence::low:
    return "low";
  }
  return "?";
}

double Figure::at(Corner corner) const {
  if (corner == Corner::nominal || dimension.exponent[Dimension::joule] != 0)
    return value;
  const int duration = dimension.exponent[Dimension::second] + dimension.exponent[Dimension::cycle];
  if (duration == 0)
    return value;
  return (duration > 0) == (corner == Corner::fast) ? low : high;
}

Figure Figure::derived(double value, double low, double high, Dimension dimension, std::string path,
                       std::string source, Confidence confidence) {
  Figure f;
  f.value = value;
  f.low = low;
  f.high = high;
  f.dimension = dimension;
  f.path = std::move(path);
  f.source = std::move(source);
  f.confidence = confidence;
  return f;
}

} // namespace moesaic
