#include "mappings/associative/hyperon/binding_table.hpp"

#include <algorithm>

namespace moesaic::mappings::associative {

std::vector<Cut> cut(const BindingTable& table, std::size_t tail) {
  std::vector<Cut> cuts;
  const std::size_t prefix = table.width - tail;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Symbol* row = table.row(i);
    if (cuts.empty() || !std::equal(row, row + prefix, cuts.back().prefix.begin()))
      cuts.push_back({{row, row + prefix}, {}});
    cuts.back().rest.insert(cuts.back().rest.end(), row + prefix, row + table.width);
  }
  return cuts;
}

} // namespace moesaic::mappings::associative
