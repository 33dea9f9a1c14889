#include "mappings/format/table.hpp"

#include "mappings/format/table_columns.hpp"

namespace moesaic::mappings {

namespace {

constexpr Column<MappedCore> core_columns[] = {{"chip", &MappedCore::chip},
                                               {"core", &MappedCore::core},
                                               {"population", &MappedCore::population},
                                               {"first_neuron", &MappedCore::first_neuron},
                                               {"neurons", &MappedCore::neurons},
                                               {"fan_in", &MappedCore::fan_in},
                                               {"fan_out", &MappedCore::fan_out},
                                               {"bytes", &MappedCore::bytes}};
constexpr Column<Slice> slice_columns[] = {
    {"expert", &Slice::expert},       {"replica", &Slice::replica}, {"projection", &Slice::projection},
    {"first_row", &Slice::first_row}, {"rows", &Slice::rows},       {"first_column", &Slice::first_column},
    {"columns", &Slice::columns},     {"bits", &Slice::bits},       {"on", &Slice::core}};
constexpr Column<Member> member_columns[] = {{"group", &Member::group}, {"member", &Member::core}};
constexpr Column<Send> send_columns[] = {{"sender", &Send::core},
                                         {"group", &Send::group},
                                         {"phase", &Send::phase},
                                         {"messages", &Send::messages},
                                         {"when", &Send::when}};
constexpr Column<Hop> hop_columns[] = {{"send", &Hop::send}, {"from", &Hop::from}, {"to", &Hop::to}};

template <class Row> void ascend(const char* table, const std::vector<Row>& rows, std::int32_t Row::*cell) {
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].*cell < rows[i - 1].*cell)
      throw InputError(fmt::format("{}: row {}: {} after {}: rows must ascend", table, i, rows[i].*cell,
                                   rows[i - 1].*cell));
}

} // namespace

std::vector<Table> to_tables(const Mapping& mapping) {
  return {to_table("cores", mapping.cores, core_columns), to_table("slices", mapping.slices, slice_columns),
          to_table("members", mapping.members, member_columns),
          to_table("sends", mapping.sends, send_columns), to_table("hops", mapping.hops, hop_columns)};
}

const std::vector<Table>& table_layouts() {
  static const std::vector<Table> layouts = to_tables({});
  return layouts;
}

void from_tables(const std::vector<Table>& tables, Mapping& mapping) {
  from_table(tables[0], mapping.cores, core_columns);
  from_table(tables[1], mapping.slices, slice_columns);
  from_table(tables[2], mapping.members, member_columns);
  from_table(tables[3], mapping.sends, send_columns);
  from_table(tables[4], mapping.hops, hop_columns);
  refer("cores", mapping.cores, &MappedCore::population, mapping.populations.size(), "population");
  refer("slices", mapping.slices, &Slice::expert, mapping.replicas.size(), "expert");
  refer("slices", mapping.slices, &Slice::projection, 3, "projection");
  refer("slices", mapping.slices, &Slice::core, mapping.cores.size(), "core");
  refer("members", mapping.members, &Member::core, mapping.cores.size(), "core");
  refer("members", mapping.members, &Member::group, mapping.members.size() + mapping.sends.size(), "group");
  refer("sends", mapping.sends, &Send::core, mapping.cores.size(), "core");
  refer("sends", mapping.sends, &Send::group, group_count(mapping), "group");
  refer("sends", mapping.sends, &Send::phase, 64, "phase");
  refer("sends", mapping.sends, &Send::when, Replicas(mapping.replicas).numbers() + 1, "replica number");
  refer("hops", mapping.hops, &Hop::send, mapping.sends.size(), "send");
  ascend("members", mapping.members, &Member::group);
  ascend("hops", mapping.hops, &Hop::send);
}

} // namespace moesaic::mappings
