#include "results/json.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "results/verdict.hpp"

namespace moesaic::results {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Interval, nominal, low, high)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EnergyLine, component, action, kind, count, joules, figure, source)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Stage, name, start, seconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Constant, path, unit, source, source_title, confidence, note, value,
                                   value_text, energy_width)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HeatMap, name, title, unit, width, height, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Curve, name, title, x_unit, y_unit, x, y)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Statistic, name, unit, scope, description, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunRecord, machine, machine_title, kind, workload, tokens, chips, seconds,
                                   joules, power_limit, bound, bound_share, energy, stages, constants,
                                   heat_maps, curves, statistics, notes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(InputText, name, text, sha256)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Run, title, command, version, started, seed, wall_seconds, inputs, records,
                                   left_out)

namespace {

constexpr const char* schema_name = "moesaic run";

/// JSON has no NaN: the library would write null and lose it without a word.
void reject_not_finite(const nlohmann::json& node, const std::string& path) {
  if (node.is_number_float() && !std::isfinite(node.get<double>()))
    throw std::logic_error(path + ": a result is not a finite number");
  if (node.is_structured())
    for (const auto& [key, value] : node.items())
      reject_not_finite(value, path + "/" + key);
}

std::string text_of(const Run& run, int indentation) {
  nlohmann::json document = run;
  document["schema"] = schema_name;
  document["schema_version"] = schema_version;
  document["verdict"] = verdict(run.records);
  reject_not_finite(document, "run");
  return document.dump(indentation, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

std::string to_json(const Run& run) {
  return text_of(run, 1);
}

std::string to_compact_json(const Run& run) {
  return text_of(run, -1);
}

Run run_from_json(const std::string& text, const std::string& name) {
  try {
    const auto document = nlohmann::json::parse(text);
    if (!document.is_object() || document.value("schema", "") != schema_name)
      throw InputError(
          fmt::format("{}: this is no run of moesaic: \"schema\" is not \"{}\"", name, schema_name));
    const int version = document.value("schema_version", 0);
    if (version != schema_version)
      throw InputError(fmt::format("{}: schema version {} is not supported; this program reads version {}",
                                   name, version, schema_version));
    return document.get<Run>();
  } catch (const nlohmann::json::exception& error) {
    throw InputError(fmt::format("{}: {}", name, error.what()));
  }
}

Run load_run(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path file = fs::is_directory(path) ? fs::path(path) / "stats.json" : fs::path(path);
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw InputError(fmt::format("{}: no such file; a run folder holds a stats.json", file.string()));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return run_from_json(text, file.string());
}

} // namespace moesaic::results
