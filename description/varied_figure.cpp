#include "description/varied_figure.hpp"

#include "description/error.hpp"

namespace moesaic {

std::optional<Figure> varied(Figure figure, const std::string& text) {
  Quantity quantity;
  try {
    quantity = parse_quantity(text);
  } catch (const InputError&) {
    return std::nullopt;
  }
  if (quantity.dimension != figure.dimension)
    return std::nullopt;
  figure.value = figure.low = figure.high = quantity.value;
  figure.unit = quantity.unit;
  figure.source = "varied";
  figure.confidence = Confidence::exact;
  return figure;
}

} // namespace moesaic
