#include <fmt/format.h>

#include "description/error.hpp"
#include "results/hdf5_table.hpp"
#include "results/json.hpp"
#include "results/store.hpp"
#include "results/store_layout.hpp"

namespace moesaic::results {

namespace {

/// A table's columns by name.
struct Reader {
  Hdf5Table table;
  std::size_t rows() const { return table.rows(); }
  const std::string& text(const char* name, std::size_t row) const {
    return table.column<std::string>(name)[row];
  }
  double number(const char* name, std::size_t row) const { return table.column<double>(name)[row]; }
  std::uint64_t count(const char* name, std::size_t row) const {
    return table.column<std::uint64_t>(name)[row];
  }
};

EnergyLine energy_line(const Reader& table, std::size_t row) {
  const auto joules = [&](const char* name) { return table.number(name, row) / store::picojoules; };
  return {table.text("component", row),
          table.text("action", row),
          table.text("kind", row),
          table.count("count", row),
          {joules("energy_pJ"), joules("low_pJ"), joules("high_pJ")},
          table.text("figure", row),
          table.text("source", row)};
}

Constant constant(const Reader& table, std::size_t row) {
  const auto text = [&](const char* name) { return table.text(name, row); };
  const auto number = [&](const char* name) { return table.number(name, row); };
  return {text("path"),
          text("unit"),
          text("source"),
          text("source_title"),
          text("confidence"),
          text("note"),
          {number("value"), number("low"), number("high")},
          text("value_text"),
          number("energy_width_J")};
}

void read_tables(const H5::Group& group, RunRecord& record) {
  const Reader shares{Hdf5Table::read(group, "bound_share")}, stages{Hdf5Table::read(group, "stages")},
      constants{Hdf5Table::read(group, "constants")}, statistics{Hdf5Table::read(group, "statistics")};
  for (std::size_t i = 0; i < shares.rows(); ++i)
    record.bound_share.emplace_back(shares.text("resource", i), shares.number("share", i));
  for (std::size_t i = 0; i < stages.rows(); ++i)
    record.stages.push_back(
        {stages.text("name", i), stages.number("start_s", i), stages.number("seconds", i)});
  for (std::size_t i = 0; i < constants.rows(); ++i)
    record.constants.push_back(constant(constants, i));
  for (std::size_t i = 0; i < statistics.rows(); ++i)
    record.statistics.push_back({statistics.text("name", i), statistics.text("unit", i),
                                 statistics.text("scope", i), statistics.text("description", i),
                                 statistics.number("value", i)});
  record.notes = Hdf5Table::read(group, "notes").column<std::string>("note");
}

void read_pictures(const H5::Group& machine, RunRecord& record) {
  const H5::Group maps = machine.openGroup("heat_maps"), curves = machine.openGroup("curves");
  for (hsize_t i = 0; i < maps.getNumObjs(); ++i) {
    const auto dataset = maps.openDataSet(maps.getObjnameByIdx(i));
    hsize_t extent[2] = {0, 0};
    if (dataset.getSpace().getSimpleExtentNdims() != 2)
      throw InputError("a heat map has not two dimensions");
    dataset.getSpace().getSimpleExtentDims(extent);
    HeatMap map{store::text(dataset, "name"), store::text(dataset, "title"), store::text(dataset, "unit"),
                static_cast<int>(extent[1]),  static_cast<int>(extent[0]),   {}};
    map.value.resize(extent[0] * extent[1]);
    dataset.read(map.value.data(), H5::PredType::NATIVE_DOUBLE);
    record.heat_maps.push_back(std::move(map));
  }
  for (hsize_t i = 0; i < curves.getNumObjs(); ++i) {
    const std::string name = curves.getObjnameByIdx(i);
    const auto dataset = curves.openDataSet(name);
    const Hdf5Table table = Hdf5Table::read(curves, name);
    record.curves.push_back({store::text(dataset, "name"), store::text(dataset, "title"),
                             store::text(dataset, "x_unit"), store::text(dataset, "y_unit"),
                             table.column<double>("x"), table.column<double>("y")});
  }
}

RunRecord read_machine(const H5::Group& group) {
  RunRecord record;
  record.machine = store::text(group, "machine");
  record.machine_title = store::text(group, "machine_title");
  record.kind = store::text(group, "kind");
  record.workload = store::text(group, "workload");
  record.bound = store::text(group, "bound");
  record.tokens = static_cast<int>(store::count(group, "tokens"));
  record.chips = store::count(group, "chips");
  record.power_limit = store::number(group, "power_limit_W");
  record.seconds = store::interval(group, "seconds");
  record.joules = store::interval(group, "joules");
  read_tables(group, record);
  read_pictures(group, record);
  return record;
}

std::vector<RunRecord> read_records(const H5::H5File& in) {
  const H5::Group root = in.openGroup("/"), machines = root.openGroup("machines");
  if (store::text(root, "schema") != "moesaic run" || store::count(root, "schema_version") != schema_version)
    throw InputError("another schema, or another version of it, than this program reads");
  std::vector<RunRecord> records(machines.getNumObjs());
  std::vector<std::uint64_t> lines(records.size());
  for (hsize_t i = 0; i < machines.getNumObjs(); ++i) {
    const H5::Group group = machines.openGroup(machines.getObjnameByIdx(i));
    const std::uint64_t order = store::count(group, "order");
    records.at(order) = read_machine(group);
    lines.at(order) = store::count(group, "energy_lines");
  }
  const Reader table{Hdf5Table::read(root, "energy")};
  std::size_t row = 0;
  for (std::size_t i = 0; i < records.size(); ++i)
    for (std::uint64_t left = lines[i]; left > 0; --left) {
      if (row >= table.rows())
        throw InputError("the table 'energy' is too short");
      records[i].energy.push_back(energy_line(table, row++));
    }
  return records;
}

} // namespace

std::vector<RunRecord> read_store(const std::string& file) {
  H5::Exception::dontPrint();
  try {
    return read_records(H5::H5File(file, H5F_ACC_RDONLY));
  } catch (const H5::Exception& error) {
    throw InputError(fmt::format("{}: cannot be read: {}", file, error.getDetailMsg()));
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", file, error.what()));
  } catch (const std::out_of_range&) {
    throw InputError(fmt::format("{}: the order of the machines is broken", file));
  }
}

} // namespace moesaic::results
