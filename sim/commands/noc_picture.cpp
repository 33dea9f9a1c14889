#include "sim/commands/noc_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace moesaic::sim {

namespace {

constexpr double left = 70, top = 50, width = 560, height = 320;

/// A round step that makes four to ten of `range`.
double tick_step(double range) {
  const double power = std::pow(10.0, std::floor(std::log10(range / 4)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (range / (factor * power) <= 10)
      return factor * power;
  return 10 * power;
}

std::string escape(const std::string& text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  return escaped;
}

} // namespace

std::string draw_latency_curve(const std::string& title, const std::string& unit,
                               const std::vector<CurvePoint>& points) {
  double most_rate = 0, most_latency = 0, least_latency = 1e300;
  for (const CurvePoint& point : points) {
    most_rate = std::max(most_rate, point.rate);
    least_latency = std::min(least_latency, point.latency);
    if (!point.saturated)
      most_latency = std::max(most_latency, point.latency);
  }
  // Close to saturation latency has no bound: the curve leaves through the top.
  most_latency = std::max(1.2 * least_latency, std::min(1.1 * most_latency, 5 * least_latency));
  const auto x = [&](double rate) { return left + width * rate / (1.05 * most_rate); };
  const auto y = [&](double latency) { return top + height * (1 - std::min(1.0, latency / most_latency)); };

  std::string svg =
      fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
                  "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" "
                  "fill=\"white\"/>\n<text x=\"{}\" y=\"28\" font-size=\"16\">{}</text>\n",
                  left + width + 30, top + height + 60, left, escape(title));
  const auto line = [&](double x1, double y1, double x2, double y2, const char* style) {
    svg += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2,
                       style);
  };
  const double rate_step = tick_step(1.05 * most_rate), latency_step = tick_step(most_latency);
  for (int k = 0; k * rate_step <= 1.05 * most_rate; ++k) {
    line(x(k * rate_step), top, x(k * rate_step), top + height, "stroke=\"#ddd\"");
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.6g}</text>\n", x(k * rate_step),
                       top + height + 18, k * rate_step);
  }
  for (int k = 0; k * latency_step <= most_latency; ++k) {
    line(left, y(k * latency_step), left + width, y(k * latency_step), "stroke=\"#ddd\"");
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.6g}</text>\n", left - 8,
                       y(k * latency_step) + 4, k * latency_step);
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const CurvePoint& point = points[i];
    if (i > 0)
      line(x(points[i - 1].rate), y(points[i - 1].latency), x(point.rate), y(point.latency),
           point.saturated ? "stroke=\"#c33\" stroke-width=\"2\" stroke-dasharray=\"5 4\""
                           : "stroke=\"#247\" stroke-width=\"2\"");
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n", x(point.rate),
                       y(point.latency), point.saturated ? "#c33" : "#247");
  }
  svg +=
      fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">injection rate (flits / node / {})</text>\n"
                  "<text x=\"20\" y=\"{}\" text-anchor=\"middle\" transform=\"rotate(-90 20 {})\">"
                  "mean packet latency ({}s)</text>\n",
                  left + width / 2, top + height + 42, unit, top + height / 2, top + height / 2,
                  unit == "ns" ? "n" : unit);
  return svg + "</svg>\n";
}

} // namespace moesaic::sim
