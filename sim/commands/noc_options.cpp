#include "sim/commands/noc_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim {

void NocOptions::declare(CLI::App& command) {
  command
      .add_option("--topology", topology,
                  "mesh, torus, cmesh (4 endpoints a router), chips (a grid of chips) or tree (chips below\n"
                  "switches)")
      ->capture_default_str();
  command.add_option("--size", size, "routers across x down; for chips: chips across x down")
      ->capture_default_str();
  command.add_option("--chip", chip, "chips, tree: routers of one chip, across x down")->capture_default_str();
  command
      .add_option("--levels", levels,
                  "tree: the levels of switches from the chips up, each RADIX:DELAY:CYCLES[:PICOJOULES], that is its\n"
                  "children, and for the link to each child the cycles (ns with --hop-ns) on the way and for which\n"
                  "a flit occupies it, and the energy of a flit")
      ->capture_default_str();
  command.add_option("--concentration", concentration, "endpoints per router")->check(CLI::Range(1, 12));
  command
      .add_option("--chip-link-delay", chip_link_delay,
                  "chips: cycles (ns with --hop-ns) on a chip-to-chip link")
      ->capture_default_str();
  command
      .add_option("--chip-link-cycles", chip_link_cycles,
                  "chips: cycles (ns with --hop-ns) that a flit occupies it")
      ->capture_default_str();
  command.add_option("--routing", routing, "dimension-order, west-first or table")->capture_default_str();
  command.add_option("--table", table, "routing table: lines 'router destination direction'");
  command.add_option("--vcs", vcs, "virtual channels per port")->capture_default_str();
  command.add_option("--depth", depth, "flits of buffer per virtual channel")->capture_default_str();
  command
      .add_option("--threads", threads,
                  "cores that step stripes of rows, the bits being the same; pays from about 64 x 64 on, "
                  "with cores to itself")
      ->capture_default_str();
  command.add_option("--pipeline", pipeline, "rc0-spec, rc0 or default")->capture_default_str();
  command.add_option("--routing-delay", routing_delay, "cycles; overrides the pipeline's")
      ->check(CLI::Range(0, 1000));
  command.add_option("--vc-alloc-delay", vc_allocation_delay, "likewise")->check(CLI::Range(1, 1000));
  command.add_option("--switch-alloc-delay", switch_allocation_delay, "likewise")->check(CLI::Range(1, 1000));
  command.add_option("--traversal-delay", traversal_delay, "likewise")->check(CLI::Range(0, 1000));
  command.add_option("--credit-delay", credit_delay, "likewise")->check(CLI::Range(0, 1000));
  command.add_option("--link-delay", link_delay, "cycles on a link between routers")
      ->check(CLI::Range(1, 100000));
  command.add_option("--speculative", speculative, "1 or 0; overrides the pipeline's")
      ->check(CLI::Range(0, 1));
  command.add_option("--hop-ns", hop_ns,
                     "asynchronous hops, east-west and north-south, for example 4.1,6.5; rates and\n"
                     "latencies are then in ns instead of cycles");
  command.add_option("--packet", packet, "flits per packet")->capture_default_str();
  command
      .add_option("--pattern", pattern,
                  "uniform, transpose, bit-complement, neighbour, hotspot, tornado or trace")
      ->capture_default_str();
  command.add_option("--trace", trace, "pattern trace: lines 'cycle source destination [flits]'");
  command.add_option("--hotspot", hotspots, "pattern hotspot: endpoints (default: the middle)")
      ->delimiter(',');
  command.add_option("--hotspot-share", hotspot_share, "pattern hotspot: share of packets to them")
      ->capture_default_str();
  command
      .add_option("--rate", rate,
                  "flits per node and cycle: a number, a list 0.1,0.2 or a range 0.02:0.3:0.02")
      ->capture_default_str();
  command.add_option("--seed", seed, "of the traffic")->capture_default_str();
  command.add_option("--warm-up", warm_up, "cycles before packets count")->capture_default_str();
  command.add_option("--cycles", cycles, "cycles in which packets count")->capture_default_str();
  command.add_flag("--json", json, "print rows as JSON");
  command.add_option("--csv", csv, "also write the rows to this file");
  command.add_option("--svg", svg, "also draw latency against rate to this file");
}

std::string NocOptions::shape() const {
  return topology == "tree" ? fmt::format("tree of {} chips, levels {}", chip, levels) : topology + " " + size;
}

void NocOptions::check_used(const CLI::App& command) const {
  const auto only = [&](const char* option, bool used, const char* with) {
    if (command.count(option) > 0 && !used)
      throw InputError(fmt::format("{} is for {}", option, with));
  };
  only("--chip", topology == "chips" || topology == "tree", "--topology chips or tree");
  for (const char* option : {"--chip-link-delay", "--chip-link-cycles"})
    only(option, topology == "chips", "--topology chips");
  only("--levels", topology == "tree", "--topology tree");
  only("--size", topology != "tree", "the other topologies: the levels say how many chips a tree has");
  for (const char* option : {"--hotspot", "--hotspot-share"})
    only(option, pattern == "hotspot", "--pattern hotspot");
  only("--rate", pattern != "trace", "synthetic patterns: a trace has its own times");
  if (pattern == "trace" && trace.empty())
    throw InputError("--pattern trace needs --trace FILE");
  if (routing == "table" && table.empty())
    throw InputError("--routing table needs --table FILE");
  if (chip_link_delay < 1 || chip_link_cycles < 1)
    throw InputError("--chip-link-delay, --chip-link-cycles: must be at least 1");
}

} // namespace moesaic::sim
