#include "description/varied_figure.hpp"

#include "description/error.hpp"

namespace moesaic {

bool vary(Figure& figure, const std::string& text) {
  Quantity quantity;
  try {
    quantity = parse_quantity(text);
  } catch (const InputError&) {
    return false;
  }
  if (quantity.dimension != figure.dimension || !(quantity.value > 0))
    return false;
  figure.value = figure.low = figure.high = quantity.value;
  figure.unit = quantity.unit;
  figure.source = "varied";
  figure.confidence = Confidence::exact;
  return true;
}

} // namespace moesaic
