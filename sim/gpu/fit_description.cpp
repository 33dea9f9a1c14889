#include "sim/gpu/fit_description.hpp"

#include <sstream>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "results/run_folder.hpp"
#include "workloads/json_file.hpp"

namespace moesaic::sim {

namespace {

std::string figure_line(const FittedConstant& f, const std::string& indent, const std::string& source) {
  const auto& info = *f.prior.constant;
  const auto text = [&](double value) { return fmt::format("{:.4g} {}", value / info.scale, info.unit); };
  return fmt::format("{}{}: {{value: {}, interval: [{}, {}], source: {}, confidence: {}}}", indent, info.name,
                     text(f.value), text(f.low), text(f.high), source, f.identifiable ? "high" : "medium");
}

/// Where the lines of a section begin: after "power:" or, within engines, after "  vllm:".
std::size_t section_start(const std::vector<std::string>& lines, const std::string& header,
                          std::size_t from) {
  for (std::size_t i = from; i < lines.size(); ++i)
    if (lines[i] == header)
      return i + 1;
  return lines.size();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

} // namespace

std::string with_fit(const std::string& text, const std::string& file, const GpuFit& fit) {
  auto lines = split(text);
  const std::string engine = fit.engine.substr(0, fit.engine.find('-'));
  for (const FittedConstant& f : fit.fitted) {
    const bool power = std::string(f.prior.constant->section) == "power";
    const std::string indent = power ? "  " : "    ";
    const std::string start = indent + f.prior.constant->name + ":";
    std::size_t at = power ? section_start(lines, "power:", 0)
                           : section_start(lines, "  " + engine + ":", section_start(lines, "engines:", 0));
    while (at < lines.size() && lines[at].rfind(start, 0) != 0 && lines[at].rfind(indent, 0) == 0)
      ++at;
    if (at >= lines.size() || lines[at].rfind(start, 0) != 0)
      throw InputError(
          fmt::format("{}: no line '{}' in the section of {}", file, start, power ? "power" : engine));
    lines[at] = figure_line(f, indent, "aiconfigurator_" + engine);
  }
  std::string out;
  for (const auto& line : lines)
    out += line + "\n";
  return out;
}

void write_fit(const GpuFit& fit) {
  const std::string file = catalog_file("hw/catalog", fit.gpu, "machine");
  results::write_file(file, with_fit(workloads::read_text_file(file), file, fit));
}

} // namespace moesaic::sim
