#include "sim/sweep/merged.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <map>
#include <sstream>
#include <unistd.h>

#include <H5Cpp.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
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
  const auto& machines = std::get<std::vector<std::string>>(energy[1].cells);
  const auto& components = std::get<std::vector<std::string>>(energy[2].cells);
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < machines.size(); ++i)
    rows[machines[i] + "/" + components[i]].push_back(i);
  for (const auto& [path, chosen] : rows) {
    Columns columns;
    for (const Column& column : energy) {
      if (column.name == "machine" || column.name == "component")
        continue;
      columns.push_back({column.name, {}});
      std::visit(
          [&, &chosen = chosen](const auto& cells) {
            std::decay_t<decltype(cells)> some;
            for (const std::size_t row : chosen)
              some.push_back(cells[row]);
            columns.back().cells = std::move(some);
          },
          column.cells);
    }
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

std::string merged_json(const Plan& plan, const std::string& version, const Columns& points,
                        const FurtherTables& further) {
  std::ostringstream out;
  out << "{\"schema\":\"moesaic sweep\",\"schema_version\":" << sweep_schema_version
      << ",\"version\":" << json_text(version) << ",\"title\":" << json_text(plan.spec.title)
      << ",\"kind\":" << json_text(to_string(plan.spec.kind)) << ",\"sweep\":" << json_text(plan.spec.text)
      << ",\"objectives\":[";
  for (std::size_t i = 0; i < plan.spec.objectives.size(); ++i)
    out << (i ? "," : "") << "{\"name\":" << json_text(plan.spec.objectives[i].name)
        << ",\"maximise\":" << (plan.spec.objectives[i].maximise ? "true" : "false") << '}';
  out << "],\n\"points\":";
  write_json_rows(out, points);
  write_json_tables(out, further);
  out << "}\n";
  return out.str();
}

} // namespace

void write_merged(const std::string& folder, const Plan& plan, const std::vector<CollectedPoint>& points,
                  const std::string& version, const FurtherTables& further) {
  const Columns table = points_table(plan, points), energy = energy_table(plan, points);
  auto texts = std::async(std::launch::async, [&] {
    replace_file(folder + "/sweep.yaml", plan.spec.text);
    replace_with_csv(folder + "/points.csv", table);
    replace_with_csv(folder + "/energy.csv", energy);
    for (const auto& [name, columns] : further)
      replace_with_csv(fmt::format("{}/{}.csv", folder, name), columns);
    replace_file(folder + "/sweep.json", merged_json(plan, version, table, further));
  });
  write_hdf5(folder + "/sweep.h5", plan, version, table, energy, statistics_table(points), further);
  texts.get();
}

} // namespace moesaic::sim::sweep
