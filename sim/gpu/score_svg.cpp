#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/gpu/score.hpp"

namespace moesaic::sim {

namespace {

constexpr double side = 560, margin = 60, low = 5e-6, high = 0.1; // seconds on both axes
const char* const colours[] = {"#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377"};

double place(double seconds) {
  const double share = std::log(std::clamp(seconds, low, high) / low) / std::log(high / low);
  return margin + share * (side - 2 * margin);
}

std::string axes() {
  std::string svg;
  for (const auto& [seconds, label] :
       {std::pair{1e-5, "10 us"}, {1e-4, "100 us"}, {1e-3, "1 ms"}, {1e-2, "10 ms"}}) {
    const double at = place(seconds);
    svg += fmt::format("<path d=\"M{0:.1f} {1} V{2} M{1} {3:.1f} H{2}\" stroke=\"#ddd\"/>\n", at, margin,
                       side - margin, side - at);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", at,
                       side - margin + 18, label);
    svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", margin - 6,
                       side - at + 4, label);
  }
  svg += fmt::format("<path d=\"M{0} {1} L{1} {0}\" stroke=\"#666\"/>\n", margin, side - margin);
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">measured</text>\n", side / 2, side - 14);
  svg += fmt::format(
      "<text x=\"16\" y=\"{0}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {0})\">predicted</text>\n",
      side / 2);
  return svg;
}

} // namespace

std::string score_svg(const std::vector<GpuCase>& cases, const std::vector<GpuPrediction>& predictions) {
  std::string svg =
      fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" "
                  "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{0}\" height=\"{0}\" "
                  "fill=\"white\"/>\n",
                  side);
  svg += axes();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string name = cases[i].row.dense() ? "dense products" : cases[i].row.model;
    auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end())
      at = names.insert(at, name);
    const auto colour = static_cast<std::size_t>(at - names.begin()) % std::size(colours);
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"{}\" fill-opacity=\"0.5\"/>\n",
                       place(cases[i].row.seconds), side - place(predictions[i].seconds), colours[colour]);
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    svg += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n", margin + 10, margin + 16 + 16 * i,
                       colours[i % std::size(colours)], names[i]);
  return svg + "</svg>\n";
}

} // namespace moesaic::sim
