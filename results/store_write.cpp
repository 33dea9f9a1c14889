#include <map>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/hdf5_image.hpp"
#include "results/hdf5_table.hpp"
#include "results/json.hpp"
#include "results/run_folder.hpp"
#include "results/store.hpp"
#include "results/store_layout.hpp"
#include "results/verdict.hpp"

namespace moesaic::results {

namespace {

/// The column that `get` takes from each row.
template <class Row, class Get> auto column(const std::vector<Row>& rows, Get get) {
  std::vector<std::decay_t<decltype(get(rows[0]))>> cells;
  for (const auto& row : rows)
    cells.push_back(get(row));
  return cells;
}

void add_energy_columns(Hdf5Table& table, const std::vector<EnergyLine>& lines) {
  table.add("action", column(lines, [](auto& l) { return l.action; }));
  table.add("kind", column(lines, [](auto& l) { return l.kind; }));
  table.add("count", column(lines, [](auto& l) { return l.count; }));
  table.add("energy_pJ", column(lines, [](auto& l) { return l.joules.nominal * store::picojoules; }));
  table.add("low_pJ", column(lines, [](auto& l) { return l.joules.low * store::picojoules; }));
  table.add("high_pJ", column(lines, [](auto& l) { return l.joules.high * store::picojoules; }));
  table.add("figure", column(lines, [](auto& l) { return l.figure; }));
  table.add("source", column(lines, [](auto& l) { return l.source; }));
}

/// The flat table of all machines.
void write_energy(const H5::Group& root, const std::vector<RunRecord>& records) {
  std::vector<std::string> machines, components;
  std::vector<std::uint64_t> batches;
  std::vector<EnergyLine> lines;
  for (const auto& record : records)
    for (const auto& line : record.energy) {
      machines.push_back(record.machine);
      batches.push_back(static_cast<std::uint64_t>(record.tokens));
      components.push_back(line.component);
      lines.push_back(line);
    }
  Hdf5Table table;
  table.add("machine", machines);
  table.add("batch", batches);
  table.add("component", components);
  add_energy_columns(table, lines);
  table.write(root, "energy");
}

/// Groups a.b.c below `machine`, each with the energy of its whole subtree; a component's own lines in
/// `actions`.
void write_components(const H5::Group& machine, const std::vector<EnergyLine>& lines) {
  std::map<std::string, std::vector<EnergyLine>> own;
  std::map<std::string, Interval> total; // of every prefix; sorted, so that parents come before children
  for (const auto& line : lines) {
    own[line.component].push_back(line);
    for (std::size_t end = 0; end != std::string::npos;) {
      end = line.component.find('.', end + 1);
      Interval& sum = total[line.component.substr(0, end)];
      sum = {sum.nominal + line.joules.nominal, sum.low + line.joules.low, sum.high + line.joules.high};
    }
  }
  const H5::Group tree = machine.createGroup("components");
  for (const auto& [component, joules] : total) {
    std::string path = component;
    for (char& c : path)
      c = c == '.' ? '/' : c == '/' ? ':' : c;
    const H5::Group group = tree.createGroup(path);
    store::set(group, "energy_pJ", joules.nominal * store::picojoules);
    store::set(group, "low_pJ", joules.low * store::picojoules);
    store::set(group, "high_pJ", joules.high * store::picojoules);
    if (!own.count(component))
      continue;
    Hdf5Table table;
    add_energy_columns(table, own[component]);
    table.write(group, "actions");
  }
}

void write_tables(const H5::Group& group, const RunRecord& record) {
  Hdf5Table shares, stages, constants, statistics, notes;
  shares.add("resource", column(record.bound_share, [](auto& s) { return s.first; }));
  shares.add("share", column(record.bound_share, [](auto& s) { return s.second; }));
  shares.write(group, "bound_share");
  stages.add("name", column(record.stages, [](auto& s) { return s.name; }));
  stages.add("start_s", column(record.stages, [](auto& s) { return s.start; }));
  stages.add("seconds", column(record.stages, [](auto& s) { return s.seconds; }));
  stages.write(group, "stages");
  const std::pair<const char*, std::string Constant::*> texts[] = {{"path", &Constant::path},
                                                                   {"unit", &Constant::unit},
                                                                   {"source", &Constant::source},
                                                                   {"source_title", &Constant::source_title},
                                                                   {"note", &Constant::note},
                                                                   {"confidence", &Constant::confidence},
                                                                   {"value_text", &Constant::value_text}};
  for (const auto& [name, member] : texts)
    constants.add(name, column(record.constants, [m = member](auto& c) { return c.*m; }));
  constants.add("value", column(record.constants, [](auto& c) { return c.value.nominal; }));
  constants.add("low", column(record.constants, [](auto& c) { return c.value.low; }));
  constants.add("high", column(record.constants, [](auto& c) { return c.value.high; }));
  constants.add("energy_width_J", column(record.constants, [](auto& c) { return c.energy_width; }));
  constants.write(group, "constants");
  statistics.add("name", column(record.statistics, [](auto& s) { return s.name; }));
  statistics.add("unit", column(record.statistics, [](auto& s) { return s.unit; }));
  statistics.add("scope", column(record.statistics, [](auto& s) { return s.scope; }));
  statistics.add("description", column(record.statistics, [](auto& s) { return s.description; }));
  statistics.add("value", column(record.statistics, [](auto& s) { return s.value; }));
  statistics.write(group, "statistics");
  notes.add("note", record.notes);
  notes.write(group, "notes");
}

void write_pictures(const H5::Group& machine, const RunRecord& record) {
  const H5::Group maps = machine.createGroup("heat_maps"), curves = machine.createGroup("curves");
  for (std::size_t i = 0; i < record.heat_maps.size(); ++i) {
    const HeatMap& map = record.heat_maps[i];
    const hsize_t extent[2] = {static_cast<hsize_t>(map.height), static_cast<hsize_t>(map.width)};
    if (map.value.size() != extent[0] * extent[1])
      throw std::logic_error(map.name + ": heat map of another size");
    const auto dataset =
        maps.createDataSet(fmt::format("{:03}", i), H5::PredType::NATIVE_DOUBLE, H5::DataSpace(2, extent));
    dataset.write(map.value.data(), H5::PredType::NATIVE_DOUBLE);
    store::set(dataset, "name", map.name);
    store::set(dataset, "title", map.title);
    store::set(dataset, "unit", map.unit);
  }
  for (std::size_t i = 0; i < record.curves.size(); ++i) {
    const Curve& curve = record.curves[i];
    const std::string name = fmt::format("{:03}", i);
    Hdf5Table table;
    table.add("x", curve.x);
    table.add("y", curve.y);
    table.write(curves, name);
    const auto dataset = curves.openDataSet(name);
    store::set(dataset, "name", curve.name);
    store::set(dataset, "title", curve.title);
    store::set(dataset, "x_unit", curve.x_unit);
    store::set(dataset, "y_unit", curve.y_unit);
  }
}

void write_machine(const H5::Group& group, const RunRecord& record) {
  store::set(group, "machine", record.machine);
  store::set(group, "machine_title", record.machine_title);
  store::set(group, "kind", record.kind);
  store::set(group, "workload", record.workload);
  store::set(group, "bound", record.bound);
  store::set(group, "tokens", static_cast<std::uint64_t>(record.tokens));
  store::set(group, "chips", record.chips);
  store::set(group, "power_limit_W", record.power_limit);
  store::set(group, "energy_lines", static_cast<std::uint64_t>(record.energy.size()));
  store::set_interval(group, "seconds", record.seconds);
  store::set_interval(group, "joules", record.joules);
  write_components(group, record.energy);
  write_tables(group, record);
  write_pictures(group, record);
}

} // namespace

std::vector<std::string> store_group_names(const std::vector<RunRecord>& records) {
  std::vector<std::string> names;
  std::map<std::string, int> machines, taken;
  for (const auto& record : records)
    ++machines[record.machine];
  for (const auto& record : records) {
    std::string name = record.machine;
    if (machines[record.machine] > 1)
      name += query_of(record).empty() ? fmt::format(".batch{}", record.tokens) : "." + query_of(record);
    const int nth = ++taken[name];
    names.push_back(nth == 1 ? name : fmt::format("{}.{}", name, nth));
  }
  return names;
}

namespace {

void write_run(const H5::Group& root, const Run& run) {
  store::set(root, "schema", std::string("moesaic run"));
  store::set(root, "schema_version", static_cast<std::uint64_t>(schema_version));
  store::set(root, "version", run.version);
  store::set(root, "seed", run.seed);
  write_energy(root, run.records);
  const H5::Group machines = root.createGroup("machines");
  const auto names = store_group_names(run.records);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const H5::Group group = machines.createGroup(names[i]);
    store::set(group, "order", static_cast<std::uint64_t>(i));
    write_machine(group, run.records[i]);
  }
}

} // namespace

void write_store(const std::string& file, const Run& run) {
  H5::Exception::dontPrint();
  std::string bytes;
  try {
    const H5::H5File out = hdf5_in_memory(file);
    write_run(out.openGroup("/"), run);
    bytes = hdf5_image(out);
  } catch (const H5::Exception& error) {
    throw InputError(fmt::format("{}: cannot be written: {}", file, error.getDetailMsg()));
  }
  write_file(file, bytes);
}

} // namespace moesaic::results
