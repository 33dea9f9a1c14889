// The latency curve as an SVG picture.
#pragma once

#include <string>
#include <vector>

namespace moesaic::sim {

struct CurvePoint {
  double rate = 0, latency = 0;
  bool saturated = false;
};

/// Latency against rate, saturated points as a broken line to the top. `title` and axes' names as text.
std::string draw_latency_curve(const std::string& title, const std::string& unit,
                               const std::vector<CurvePoint>& points);

} // namespace moesaic::sim
