// The experiment that the options of `moesaic noc` ask for.
#include "sim/commands/noc_options.hpp"

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/noc/routing_table.hpp"

namespace moesaic::sim {

using namespace hw::noc;

namespace {

double parse_number(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || !(value >= -1e15 && value <= 1e15))
    throw InputError(option + ": '" + text + "' is not a number");
  return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::pair<int, int> parse_size(const std::string& option, const std::string& text) {
  const auto parts = split(text, 'x');
  if (parts.size() != 2)
    throw InputError(option + ": '" + text + "' is not WIDTHxHEIGHT, for example 8x8");
  const double width = parse_number(option, parts[0]), height = parse_number(option, parts[1]);
  if (width != static_cast<int>(width) || height != static_cast<int>(height) || width < 1 || height < 1)
    throw InputError(option + ": '" + text + "' must be two whole numbers, at least 1");
  return {static_cast<int>(width), static_cast<int>(height)};
}

std::size_t choice(const std::string& option, const std::string& text,
                   const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text)
      return i;
  throw InputError(option + ": unknown '" + text + "'" + suggestion(text, names));
}

/// "4:8:4,4:16:8:20.5": children, cycles on the way, cycles per flit and picojoules of each level's links.
std::vector<SwitchLevel> parse_levels(const std::string& text, std::vector<double>& picojoules) {
  std::vector<SwitchLevel> levels;
  for (const std::string& part : split(text, ',')) {
    const auto fields = split(part, ':');
    if (fields.size() != 3 && fields.size() != 4)
      throw InputError("--levels: '" + part + "' is not RADIX:DELAY:CYCLES[:PICOJOULES], for example 4:8:4");
    int whole[3];
    for (std::size_t i = 0; i < 3; ++i) {
      const double value = parse_number("--levels", fields[i]);
      if (!(value >= 1 && value <= 1e6) || value != static_cast<int>(value))
        throw InputError("--levels: '" + fields[i] + "' in '" + part + "' must be a whole number, 1 to 1000000");
      whole[i] = static_cast<int>(value);
    }
    const double energy = fields.size() == 4 ? parse_number("--levels", fields[3]) : 0;
    if (energy < 0)
      throw InputError("--levels: an energy of " + fields[3] + " pJ: must be at least 0");
    if (fields.size() == 4)
      picojoules.push_back(energy);
    levels.push_back({whole[0], {"level " + std::to_string(levels.size() + 1), whole[1], whole[2]}});
  }
  if (!picojoules.empty() && picojoules.size() != levels.size())
    throw InputError("--levels: give the energy of every level or of none");
  return levels;
}

/// `picojoules`: of a flit on the links of each level, if all are given.
Topology make_topology(const NocOptions& options, std::vector<double>& picojoules) {
  const std::size_t kind = choice("--topology", options.topology, {"mesh", "torus", "cmesh", "chips", "tree"});
  const int concentration = options.concentration > 0 ? options.concentration : kind >= 2 ? 4 : 1;
  if (kind == 4) {
    const auto [chip_width, chip_height] = parse_size("--chip", options.chip);
    return Topology::tree(chip_width, chip_height, concentration, parse_levels(options.levels, picojoules));
  }
  const auto [width, height] = parse_size("--size", options.size);
  if (kind == 1)
    return Topology::torus(width, height, concentration);
  if (kind != 3)
    return Topology::mesh(width, height, concentration);
  const auto [chip_width, chip_height] = parse_size("--chip", options.chip);
  return Topology::chips(
      width, height, concentration,
      {{chip_width, chip_height, {"chip", options.chip_link_delay, options.chip_link_cycles}}});
}

Pipeline make_pipeline(const NocOptions& options) {
  Pipeline pipeline = Pipeline::named(options.pipeline);
  const auto set = [](int& stage, int option) { stage = option >= 0 ? option : stage; };
  set(pipeline.routing, options.routing_delay);
  set(pipeline.vc_allocation, options.vc_allocation_delay);
  set(pipeline.switch_allocation, options.switch_allocation_delay);
  set(pipeline.traversal, options.traversal_delay);
  set(pipeline.credit, options.credit_delay);
  if (options.speculative >= 0)
    pipeline.speculative = options.speculative != 0;
  return pipeline;
}

/// Hops in nanoseconds: the clock becomes the resolution of 0.1 ns, and a hop's latency lies in its link.
void make_asynchronous(const NocOptions& options, NocExperiment& experiment) {
  const auto parts = split(options.hop_ns, ',');
  if (parts.size() != 2)
    throw InputError("--hop-ns: '" + options.hop_ns + "' is not EASTWEST,NORTHSOUTH, for example 4.1,6.5");
  experiment.ticks_per_unit = 10;
  experiment.unit = "ns";
  experiment.config.pipeline = {0, 1, 1, 0, 0, true};
  for (const int direction : {0, 1}) {
    const double ns = parse_number("--hop-ns", parts[static_cast<std::size_t>(direction)]);
    const int ticks = static_cast<int>(ns * 10 + 0.5);
    if (ns > 1000 || ticks < 2)
      throw InputError("--hop-ns: hops must take 0.2 to 1000 ns");
    LinkClass& link = experiment.config.topology.link_class_parameters(east_west_link + direction);
    link.latency = ticks - 1; // the switch takes one tick
    link.cycles_per_flit = ticks;
  }
  const auto classes = static_cast<int>(experiment.config.topology.link_classes().size());
  for (int level = first_level_link; level < classes; ++level) {
    LinkClass& link = experiment.config.topology.link_class_parameters(level);
    link.latency *= 10;
    link.cycles_per_flit *= 10;
  }
}

} // namespace

std::vector<double> parse_rates(const std::string& text) {
  std::vector<double> rates;
  for (const std::string& part : split(text, ',')) {
    const auto range = split(part, ':');
    if (range.size() == 1) {
      rates.push_back(parse_number("--rate", part));
      continue;
    }
    if (range.size() != 3)
      throw InputError("--rate: '" + part + "' is neither a number nor FIRST:LAST:STEP");
    const double first = parse_number("--rate", range[0]), last = parse_number("--rate", range[1]),
                 step = parse_number("--rate", range[2]);
    if (!(step > 0) || last < first || (last - first) / step > 10000)
      throw InputError("--rate: in '" + part + "' the step must be over 0 and make at most 10000 rates");
    for (int k = 0; first + k * step <= last + step * 1e-6; ++k)
      rates.push_back(std::stod(fmt::format("{:.12g}", first + k * step)));
  }
  return rates;
}

NocExperiment make_noc_experiment(const NocOptions& options) {
  std::vector<double> picojoules;
  const Topology topology = make_topology(options, picojoules);
  NocExperiment experiment{NetworkConfig{topology}, {}, {}, {}, 1, "cycle", std::move(picojoules)};
  NetworkConfig& config = experiment.config;
  config.pipeline = make_pipeline(options);
  config.virtual_channels = options.vcs;
  config.depth = options.depth;
  config.multicast = false;
  config.threads = options.threads;
  config.routing =
      static_cast<Routing>(choice("--routing", options.routing, {"dimension-order", "west-first", "table"}));
  if (!options.hop_ns.empty())
    make_asynchronous(options, experiment);
  if (options.link_delay > 0)
    for (const int link : {east_west_link, north_south_link})
      config.topology.link_class_parameters(link).latency = options.link_delay;
  if (config.routing == Routing::table)
    config.table = std::make_shared<RoutingTable>(options.table.empty()
                                                      ? RoutingTable(config.topology)
                                                      : RoutingTable::load(options.table, config.topology));
  else if (!options.table.empty())
    throw InputError("--table is for --routing table");
  check(config);

  auto patterns = Pattern::names();
  patterns.push_back("trace");
  if (choice("--pattern", options.pattern, patterns) + 1 == patterns.size())
    experiment.trace = load_trace(options.trace, config.topology);
  else if (!options.trace.empty())
    throw InputError("--trace is for --pattern trace");
  else
    experiment.rates = parse_rates(options.rate);
  experiment.plan.warm_up =
      static_cast<std::uint64_t>(static_cast<double>(options.warm_up) * experiment.ticks_per_unit);
  experiment.plan.measure =
      static_cast<std::uint64_t>(static_cast<double>(options.cycles) * experiment.ticks_per_unit);
  experiment.plan.drain = experiment.plan.measure;
  experiment.plan.latency_limit *= experiment.ticks_per_unit;
  if (options.cycles < 1 || options.cycles > 1000000000000ull || options.warm_up > 1000000000000ull)
    throw InputError("--cycles: must be 1 to 1e12, and --warm-up at most 1e12");
  return experiment;
}

} // namespace moesaic::sim
