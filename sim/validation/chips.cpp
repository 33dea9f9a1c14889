#include "sim/validation/chips.hpp"

#include <map>

#include "mappings/neuromorphic/stage_graph.hpp"
#include "sim/validation/validate.hpp"

namespace moesaic::sim {

using mappings::StageInput;
using results::ValidationRow;

hw::Chip chip_named(const std::string& name) {
  return hw::load_chip(Document::load(catalog_file("hw/catalog", name, "machine")));
}

Published::Published(const std::string& chip)
    : document_(Document::load(catalog_file("results/published", chip, "published figures"))),
      figures_(document_.root().at("figures")) {}

ValidationRow Published::row(const char* group, const std::string& what, const char* unit, double scale,
                             double simulated, const char* key, const Dimension& dimension,
                             bool fitted) const {
  const Figure published = figure(key, dimension);
  return {group, what, unit, simulated / scale, published.value / scale, published.source, fitted};
}

Cost cost_of(const hw::Chip& chip, const hw::Program& program) {
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1);
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
  Cost cost{static_cast<double>(run.steps[0].work) * 1e-12, 0, static_cast<double>(run.counts.operations())};
  for (const auto& line : ledger.lines())
    if (line.kind == hw::EnergyKind::active && line.component != "core.soma")
      cost.joules += line.joules;
  return cost;
}

double joules_of(const hw::Chip& chip, const hw::Program& program, const hw::SystemRun& run) {
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, program, run, run.seconds, run.seconds, run.seconds);
  double joules = 0;
  for (const auto& line : ledger.lines())
    joules += line.joules;
  return joules;
}

hw::Program fan(const hw::Chip& chip, int sources, int sinks, hw::SynapseFormat format) {
  hw::Program program = mappings::make_stage_program(
      chip, "fan", 1,
      {{"sources", sources, 1, 0, {}, 0}, {"sinks", sinks, 1, 0, {{StageInput::dense, 0}}, 0}});
  const bool listed = format == hw::SynapseFormat::sparse || format == hw::SynapseFormat::convolution;
  std::map<std::int32_t, std::shared_ptr<hw::SparseRows>> full; // by columns
  for (auto& table : program.tables) {
    table.format = format;
    if (!listed)
      continue;
    auto& rows = full[table.columns];
    if (!rows) {
      rows = std::make_shared<hw::SparseRows>();
      for (int r = 0; r <= table.rows; ++r)
        rows->begin.push_back(static_cast<std::uint32_t>(r * table.columns));
      for (int i = 0; i < table.rows * table.columns; ++i)
        rows->column.push_back(static_cast<std::uint16_t>(i % table.columns));
    }
    table.sparse = rows;
  }
  return program;
}

Cost per_operation(const hw::Chip& chip, hw::SynapseFormat format) {
  const Cost few = cost_of(chip, fan(chip, 100, 100, format)),
             many = cost_of(chip, fan(chip, 100, 200, format));
  const double more = many.operations - few.operations;
  return {(many.seconds - few.seconds) / more, (many.joules - few.joules) / more, more};
}

} // namespace moesaic::sim
