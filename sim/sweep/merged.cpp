#include "sim/sweep/merged.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <ostream>
#include <unistd.h>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "results/json_text.hpp"
#include "results/store_layout.hpp"
#include "sim/sweep/hdf5_columns.hpp"

namespace moesaic::sim::sweep {

namespace {

void write_table(const H5::Group& group, const std::string& name, const Columns& columns) {
  if (row_count(columns) > 0)
    write_dataset(group, name, columns);
}

/// The group at `path`, whose steps are parted by dots or slashes; made where it is not there yet.
H5::Group make_group(const H5::Group& parent, const std::string& path) {
  const std::size_t end = std::min(path.find_first_of("./"), path.size());
  const std::string name = path.substr(0, end);
  const H5::Group child = parent.nameExists(name) ? parent.openGroup(name) : parent.createGroup(name);
  return end == path.size() ? child : make_group(child, path.substr(end + 1));
}

/// /components/MACHINE/chip/core/synapse/actions: the energy lines of one component over all points.
void write_components(const H5::H5File& file, const Columns& energy) {
  const auto &machines = std::get<Words>(energy[1].cells), &components = std::get<Words>(energy[2].cells);
  const std::size_t parts = components.words().size();
  std::vector<std::vector<std::uint32_t>> rows(machines.words().size() * parts);
  for (std::size_t i = 0; i < machines.size(); ++i)
    rows[machines.number(i) * parts + components.number(i)].push_back(static_cast<std::uint32_t>(i));
  std::map<std::string, std::size_t> paths; // in the order of their names, whatever comes first in the rows
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!rows[i].empty())
      paths[machines.words()[i / parts] + "/" + components.words()[i % parts]] = i;
  for (const auto& [path, i] : paths) {
    Columns columns;
    for (const Column& column : energy)
      if (column.name != "machine" && column.name != "component")
        columns.push_back(rows_of(column, rows[i]));
    write_table(make_group(file.openGroup("components"), path), "actions", columns);
  }
}

void write_hdf5(const std::string& name, const Plan& plan, const std::string& version, const Columns& points,
                const Columns& energy, const Columns& statistics, const FurtherTables& further) {
  const std::string partial = fmt::format("{}.partial-{}", name, getpid());
  try {
    H5::Exception::dontPrint();
    {
      H5::H5File file(partial, H5F_ACC_TRUNC);
      results::store::set(file, "schema", std::string("moesaic sweep"));
      results::store::set(file, "schema_version", std::uint64_t{sweep_schema_version});
      results::store::set(file, "version", version);
      results::store::set(file, "title", plan.spec.title);
      write_table(file.openGroup("/"), "points", points);
      write_table(file.openGroup("/"), "energy", energy);
      write_table(file.openGroup("/"), "statistics", statistics);
      for (const auto& [table, columns] : further)
        write_table(file.openGroup("/"), table, columns);
      file.createGroup("components");
      write_components(file, energy);
    }
    errno = 0;
    if (std::rename(partial.c_str(), name.c_str()) == 0)
      return;
  } catch (const H5::Exception& error) {
    std::remove(partial.c_str());
    throw InputError(
        fmt::format("{}: cannot be written: {} ({})", name, error.getDetailMsg(), std::strerror(errno)));
  }
  const int error = errno;
  std::remove(partial.c_str());
  throw InputError(fmt::format("{}: cannot be written: {}", name, std::strerror(error)));
}

void write_json(std::ostream& out, const Plan& plan, const std::string& version, const Columns& points,
                const FurtherTables& further) {
  out << "{\"schema\":\"moesaic sweep\",\"schema_version\":" << sweep_schema_version
      << ",\"version\":" << results::json_text(version) << ",\"title\":" << results::json_text(plan.spec.title)
      << ",\"kind\":" << results::json_text(to_string(plan.spec.kind)) << ",\"sweep\":" << results::json_text(plan.spec.text)
      << ",\"objectives\":[";
  for (std::size_t i = 0; i < plan.spec.objectives.size(); ++i)
    out << (i ? "," : "") << "{\"name\":" << results::json_text(plan.spec.objectives[i].name)
        << ",\"maximise\":" << (plan.spec.objectives[i].maximise ? "true" : "false") << '}';
  out << "],\n\"points\":";
  write_json_rows(out, points);
  write_json_tables(out, further);
  out << "}\n";
}

} // namespace

void write_merged(const std::string& folder, const Plan& plan, const std::vector<CollectedPoint>& points,
                  const std::string& version, const FurtherTables& further) {
  // One file after the other: each is made by all cores.
  const Columns table = points_table(plan, points), energy = energy_table(plan, points);
  replace_file(folder + "/sweep.yaml", plan.spec.text);
  replace_with_csv(folder + "/points.csv", table);
  replace_with_csv(folder + "/energy.csv", energy);
  for (const auto& [name, columns] : further)
    replace_with_csv(fmt::format("{}/{}.csv", folder, name), columns);
  replace_file(folder + "/sweep.json",
               [&](std::ostream& out) { write_json(out, plan, version, table, further); });
  write_hdf5(folder + "/sweep.h5", plan, version, table, energy, statistics_table(points), further);
}

} // namespace moesaic::sim::sweep
