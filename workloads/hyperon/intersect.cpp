#include "workloads/hyperon/intersect.hpp"

#include <utility>

namespace moesaic::workloads::hyperon {

std::uint64_t count_common(const Symbol* a, Rows x, const Symbol* b, Rows y) {
  if (x.size() > y.size())
    std::swap(a, b), std::swap(x, y);
  std::uint64_t count = 0;
  if (y.size() > 16 * x.size()) {
    for (std::size_t i = x.begin, j = y.begin; i < x.end && j < y.end; ++i) {
      j = gallop(b, j, y.end, a[i]);
      count += j < y.end && b[j] == a[i];
    }
    return count;
  }
  for (std::size_t i = x.begin, j = y.begin; i < x.end && j < y.end;) {
    const Symbol left = a[i], right = b[j];
    count += left == right;
    i += left <= right;
    j += right <= left;
  }
  return count;
}

} // namespace moesaic::workloads::hyperon
