#include "hw/gpu/description.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/varied_figure.hpp"
#include "hw/process_node.hpp"

namespace moesaic::hw::gpu {

static bool in_range(const ConstantInfo& info, const Figure& figure) {
  return !(figure.low < 0 || figure.value < 0 || (figure.low == 0 && info.effect == Effect::faster));
}

static void check_range(const Node& section, const ConstantInfo& info, const Figure& figure) {
  if (!in_range(info, figure))
    section.at(info.name).fail(fmt::format("{} must be above zero", info.meaning));
}

static void read_section(const Node& section, const char* name,
                         std::vector<std::pair<const ConstantInfo*, std::shared_ptr<const Figure>>>& into) {
  for (const ConstantInfo& info : constant_infos()) {
    if (std::string(info.section) != name)
      continue;
    auto figure = info.optional ? section.find_figure(info.name, *info.dimension)
                                : section.figure(info.name, *info.dimension);
    if (!figure)
      continue;
    check_range(section, info, *figure);
    into.emplace_back(&info, std::make_shared<const Figure>(*figure));
  }
}

static void read_group(const Node& root, Description& d) {
  constexpr int most = 4096;
  d.ranks = static_cast<int>(root.has("ranks") ? root.at("ranks").integer_in(1, most) : 1);
  if (!root.has("redundant_experts"))
    return;
  d.redundant_experts = static_cast<int>(root.at("redundant_experts").integer_in(0, most));
  if (d.redundant_experts > 0 && d.ranks == 1)
    root.at("redundant_experts").fail("replicas need a group: ranks is 1");
}

namespace {

/// Where constants contradict each other.
struct Conflict {
  std::vector<const char*> path;
  const char* message;
};

std::optional<Conflict> conflict_in(const Description& d) {
  const Constants c = d.constants(0);
  const bool fp8 = d.precision == Precision::fp8 || d.precision == Precision::fp8_block;
  if (fp8 && (c.fp8_rate == 0 || c.fp8_energy == 0 || c.fp8_block_energy == 0))
    return Conflict{{"precision"}, "FP8 needs chip.fp8_rate, power.fp8_energy and power.fp8_block_energy"};
  if (c.idle_power >= c.power_limit)
    return Conflict{{"power"}, "idle_power must lie below power_limit"};
  if (!(c.clock_floor > 0 && c.clock_floor <= 1))
    return Conflict{{"power", "clock_floor"}, "must lie in (0, 1]"};
  return std::nullopt;
}

} // namespace

Description read_description(const Document& document) {
  const Node root = document.root();
  Description d;
  root.at("kind").choice({"gpu"});
  d.name = std::filesystem::path(document.file()).stem().string();
  d.title = root.at("title").text();
  d.extrapolated = root.boolean_or("extrapolated", false);
  d.precision = static_cast<Precision>(root.at("precision").choice(precision_names()));
  read_group(root, d);
  hw::read_process(document);
  std::vector<std::pair<const ConstantInfo*, std::shared_ptr<const Figure>>> common;
  for (const char* section : {"chip", "power"})
    read_section(root.at(section), section, common);
  if (auto link = root.find("link"))
    read_section(*link, "link", common);
  const Node engines = root.at("engines");
  d.engines = engines.keys();
  if (d.engines.empty())
    engines.fail("at least one engine is needed");
  for (const std::string& engine : d.engines) {
    d.figures.push_back(common);
    read_section(engines.at(engine), "engine", d.figures.back());
  }
  if (const auto conflict = conflict_in(d)) {
    Node node = root;
    for (const char* key : conflict->path)
      node = node.at(key);
    node.fail(conflict->message);
  }
  document.reject_unread_keys();
  return d;
}

std::optional<Description> with_overrides(const Description& description,
                                          const std::vector<Override>& overrides) {
  Description changed = description;
  for (const Override& change : overrides) {
    bool found = false;
    for (auto& engine : changed.figures)
      for (auto& [info, figure] : engine) {
        if (figure->path != change.path)
          continue;
        auto other = varied(*figure, change.value);
        if (!other || !in_range(*info, *other))
          return std::nullopt;
        figure = std::make_shared<const Figure>(std::move(*other));
        found = true;
      }
    if (!found)
      return std::nullopt;
  }
  if (conflict_in(changed))
    return std::nullopt;
  return changed;
}

std::size_t Description::engine_index(const std::string& engine) const {
  const auto it = std::find(engines.begin(), engines.end(), engine);
  if (it == engines.end())
    throw InputError(fmt::format("{} has no engine '{}'{}", name, engine, suggestion(engine, engines)));
  return static_cast<std::size_t>(it - engines.begin());
}

double at_corner(const ConstantInfo& info, const Figure& figure, Corner corner) {
  if (corner == Corner::nominal || info.effect == Effect::none)
    return figure.value;
  const bool costs_more_when_high = info.effect != Effect::faster;
  return costs_more_when_high == (corner == Corner::slow) ? figure.high : figure.low;
}

Constants Description::constants(std::size_t engine, Corner corner) const {
  Constants c;
  for (const auto& [info, figure] : figures[engine])
    c.*(info->field) = at_corner(*info, *figure, corner);
  return c;
}

} // namespace moesaic::hw::gpu
