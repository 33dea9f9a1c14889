#include "results/interval.hpp"

#include <cmath>

#include <fmt/format.h>

#include "description/unit.hpp"

namespace moesaic::results {

Interval divided(const Interval& interval, double by) {
  return {interval.nominal / by, interval.low / by, interval.high / by};
}

Interval ratio(const Interval& a, const Interval& b) {
  const auto over = [](double x, double y) { return y == 0 ? 0 : x / y; };
  return {over(a.nominal, b.nominal), over(a.low, b.high), over(a.high, b.low)};
}

namespace {

/// `value` with as many digits after the point as show `significant` ones.
std::string rounded(double value, int significant) {
  if (value == 0 || !std::isfinite(value))
    return fmt::format("{}", value);
  const int whole = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-12)) + 1;
  return fmt::format("{:.{}f}", value, std::min(12, std::max(0, significant - whole)));
}

} // namespace

std::string format_interval(const Interval& interval, const std::string& unit) {
  const std::string nominal = format_quantity(interval.nominal, unit);
  if (interval.low == interval.high || interval.nominal == 0)
    return nominal;
  // The prefix that format_quantity chose, as a power of 1000.
  const double thousands = std::round(std::log10(std::abs(interval.nominal / std::stod(nominal))) / 3);
  const double scale = std::pow(1000, thousands);
  std::string low = rounded(interval.low / scale, 2), high = rounded(interval.high / scale, 2);
  for (int digits = 3; low == high && digits < 9; ++digits) {
    low = rounded(interval.low / scale, digits);
    high = rounded(interval.high / scale, digits);
  }
  return fmt::format("{} ({} to {})", nominal, low, high);
}

std::string format_factor(double factor) {
  return rounded(factor, 2);
}

Interval joules_per_token(const RunRecord& record) {
  return divided(record.joules, record.tokens);
}

Interval tokens_per_second(const RunRecord& record) {
  const double tokens = record.tokens;
  return ratio({tokens, tokens, tokens}, record.seconds);
}

Interval watts(const RunRecord& record) {
  return record.seconds.nominal > 0 ? divided(record.joules, record.seconds.nominal) : Interval{};
}

} // namespace moesaic::results
