#include "mappings/format/device_mapping.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/format/mapping_file.hpp"
#include "mappings/format/table_columns.hpp"

namespace moesaic::mappings {

namespace {

constexpr Column<DeviceCore> core_columns[] = {{"chip", &DeviceCore::chip}, {"core", &DeviceCore::core}};

using S = DeviceSlice;
constexpr Column<S> gpu_slices[] = {{"expert", &S::expert},       {"replica", &S::replica}, {"projection", &S::projection},
                                    {"first_row", &S::first_row}, {"rows", &S::rows},       {"first_column", &S::first_column},
                                    {"columns", &S::columns},     {"bits", &S::bits},       {"on", &S::on}};
constexpr Column<S> card_slices[] = {{"expert", &S::expert},       {"replica", &S::replica}, {"projection", &S::projection},
                                     {"first_row", &S::first_row}, {"rows", &S::rows},       {"first_column", &S::first_column},
                                     {"columns", &S::columns},     {"bits", &S::bits},       {"on", &S::on},
                                     {"level", &S::level}};

const std::vector<std::string> kinds = {"associative", "gpu"};

std::vector<Table> device_tables(const DeviceMapping& mapping) {
  if (mapping.kind == DeviceKind::gpu)
    return {to_table("slices", mapping.slices, gpu_slices)};
  return {to_table("cores", mapping.cores, core_columns), to_table("slices", mapping.slices, card_slices)};
}

std::string head(const DeviceMapping& mapping) {
  std::string text = head_text(mapping);
  text += fmt::format("machine_kind: {}\nchips: {}\n", kinds[static_cast<std::size_t>(mapping.kind)], mapping.chips);
  if (mapping.kind == DeviceKind::associative)
    text += fmt::format("batches: {}\n", batch_order_names()[static_cast<std::size_t>(mapping.batches)]);
  return text + replicas_text(mapping);
}

/// Keys that mappings of other machine kinds have, and why this kind has them not.
void refuse_foreign(const Node& root, DeviceKind kind) {
  const auto refuse = [&](const char* key, const char* why) {
    if (const auto node = root.find(key))
      node->fail(fmt::format("has no meaning for a machine of kind {}: {}", kinds[static_cast<std::size_t>(kind)], why));
  };
  for (const char* key : {"chips_across", "chips_down"})
    refuse(key, "its chips stand in no grid; `chips` is their number");
  for (const char* key : {"populations", "members", "sends", "hops"})
    refuse(key, "no messages go from core to core, so there are no populations, groups and routes");
  if (kind == DeviceKind::associative) {
    refuse("weights", "the column `level` of each slice says it (1: resident in L1, 4: streamed)");
    return;
  }
  refuse("weights", "all weights stay in the GPUs' own memories");
  refuse("cores", "a grouped kernel runs on all multiprocessors; `on` is the number of a GPU");
  refuse("batches", "a kernel takes all tokens of a batch at once");
}

void read_head(const Node& root, DeviceMapping& mapping) {
  mapping.kind = static_cast<DeviceKind>(root.at("machine_kind").choice(kinds));
  read_mapping_head(root, mapping);
  refuse_foreign(root, mapping.kind);
  mapping.chips = static_cast<std::int32_t>(root.at("chips").integer_in(1, 1 << 16));
  if (mapping.kind == DeviceKind::associative)
    mapping.batches = static_cast<BatchOrder>(root.at("batches").choice(batch_order_names()));
}

void take_tables(const std::vector<Table>& tables, DeviceMapping& mapping) {
  if (mapping.kind == DeviceKind::gpu) {
    from_table(tables[0], mapping.slices, gpu_slices);
  } else {
    from_table(tables[0], mapping.cores, core_columns);
    from_table(tables[1], mapping.slices, card_slices);
    refer("slices", mapping.slices, &S::on, mapping.cores.size(), "core");
    refer("slices", mapping.slices, &S::level, 5, "level");
  }
  refer("slices", mapping.slices, &S::expert, mapping.replicas.size(), "expert");
  refer("slices", mapping.slices, &S::projection, 3, "projection");
}

} // namespace

const std::vector<std::string>& batch_order_names() {
  static const std::vector<std::string> names = {"faster", "whole", "passes"};
  return names;
}

bool is_device_mapping(const std::string& file) {
  return parse_mapping_file(file).root().has("machine_kind");
}

DeviceMapping load_device_mapping(const std::string& file) {
  const Document document = parse_mapping_file(file);
  const Node root = document.root();
  DeviceMapping mapping;
  read_head(root, mapping);
  const std::vector<Table> tables = read_tables(root, device_tables(mapping), file);
  try {
    take_tables(tables, mapping);
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {}", file, e.what()));
  }
  document.reject_unread_keys();
  return mapping;
}

std::string device_mapping_text(const DeviceMapping& mapping) {
  std::string text = head(mapping);
  for (const Table& table : device_tables(mapping))
    text += table_text(table);
  return text;
}

void save_device_mapping(const DeviceMapping& mapping, const std::string& file, TablePlace place) {
  write_mapping_file(head(mapping), device_tables(mapping), file, place);
}

std::vector<std::string> difference(const DeviceMapping& a, const DeviceMapping& b, std::size_t most) {
  std::vector<std::string> lines;
  if (a.seed != b.seed || head(a) != head(b)) {
    std::string left = head(a), right = head(b);
    while (!left.empty() && !right.empty() && lines.size() < most) {
      const std::string one = left.substr(0, left.find('\n')), other = right.substr(0, right.find('\n'));
      if (one != other)
        lines.push_back(fmt::format("{} | {}", one, other));
      left.erase(0, one.size() + 1), right.erase(0, other.size() + 1);
    }
  }
  const auto left = device_tables(a), right = device_tables(b);
  for (std::size_t t = 0; t < std::min(left.size(), right.size()); ++t) {
    const std::size_t n = left[t].columns.size();
    if (left[t].rows() != right[t].rows() && lines.size() < most)
      lines.push_back(fmt::format("{} rows: {} | {}", left[t].name, left[t].rows(), right[t].rows()));
    for (std::size_t i = 0; i < std::min(left[t].cells.size(), right[t].cells.size()) && lines.size() < most; ++i)
      if (left[t].cells[i] != right[t].cells[i])
        lines.push_back(fmt::format("{}[{}].{}: {} | {}", left[t].name, i / n, left[t].columns[i % n], left[t].cells[i],
                                    right[t].cells[i]));
  }
  return lines;
}

bool operator==(const DeviceMapping& a, const DeviceMapping& b) {
  return difference(a, b, 1).empty();
}

} // namespace moesaic::mappings
