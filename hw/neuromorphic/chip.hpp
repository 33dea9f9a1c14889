// A neuromorphic chip as its description in hw/catalog states it: capacities, times and energies, each a
// sourced figure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/neuromorphic/program.hpp"

namespace moesaic::hw {

/// One action of a component: what it takes and what it costs.
struct Operation {
  Figure latency; ///< time the unit is busy with it
  Figure energy;  ///< joules each
};

/// What a core can hold. Times and energies do not depend on these; a program that exceeds them is refused.
struct CoreMemory {
  Figure size;           ///< bytes for synapses, and for everything else where `shared`
  bool shared = false;   ///< neuron state, axon tables and microcode live in the same memory
  bool convolution = false; ///< rows of a convolution may share their weights
  bool crossbar = false; ///< sparse tables are stored as a full matrix of bits, rows x columns
  Figure neurons;        ///< at most, per core
  Figure fan_in;         ///< axons that reach a core, at most: see fan_in() in program.hpp
  Figure fan_out;        ///< axon-out entries at most, per core
  Figure neuron_state;   ///< bytes per neuron
  Figure axon_entry;     ///< bytes per axon-table entry, in or out
  Figure program;        ///< bytes of microcode per soma program
};

/// A memory outside the cores, one for each chip, from which all its cores fetch weights that are streamed.
struct OuterMemory {
  Figure size;         ///< bytes
  Figure bandwidth;    ///< bytes per second, of all cores together
  Figure latency;      ///< from a request that nothing holds up to its first burst
  Figure burst;        ///< bytes: a request takes whole ones
  Figure energy;       ///< joules per burst, of memory, interface and controller
  Figure static_power; ///< watts, of systems that stream
};

/// A point of the barrier's cost against the number of tiles (routers) it spans on a chip.
struct BarrierPoint {
  double tiles = 0;
  Figure time;
};

/// Links between chips: one per side of a chip and direction; in a tree one up and one down from each chip and switch.
struct ChipLink {
  Figure latency;
  Figure bandwidth;
  Figure message; ///< bytes one spike message takes on the link
  Figure energy;  ///< joules per message
};

/// One level of the switches above the chips.
struct SwitchLevel {
  int radix = 2;       ///< children at most: chips, or switches of the level below
  ChipLink link;       ///< between a switch and each child; the latency includes the way through the one that it leaves
  int buffer = 1;      ///< messages at either end of such a link
  Figure static_power; ///< watts per switch, always on
};

struct Chip {
  std::string name;  ///< catalog name
  std::string title; ///< for people
  int cores = 0;     ///< usable cores per chip
  int mesh_width = 0, mesh_height = 0, cores_per_router = 1;
  Figure static_power;               ///< watts per chip, always on
  std::optional<Figure> power_limit; ///< watts per chip at most, where published
  int system_chips = 0;              ///< most chips a system may have, 0: no limit stated
  CoreMemory memory;
  std::optional<OuterMemory> outer_memory;
  int weight_bits = 8, payload_bits = 1;
  int accumulator_bits = 32;
  bool microcode = false; ///< the soma runs programs (SwiGLU, top-k); else fixed neuron models only
  /// Cores run one schedule, the same for every token: arithmetic of any kind, but nothing is sent or left out because of
  /// data, so that nothing can choose experts.
  bool static_schedule = false;

  Operation axon_in, axon_out;
  Operation synapse_dense, synapse_sparse, synapse_convolution;
  /// Bytes per second at which a core reads weights that are used once (dense and sparse rows). None: as fast as
  /// its synaptic operations.
  std::optional<Figure> weight_bandwidth;
  Operation dendrite; ///< accumulation of one synaptic operation
  Operation neuron_access, neuron_update, idle_update, spike, instruction;
  int axon_in_queue = 0, axon_out_queue = 0; ///< messages that wait before the fabric is held up

  Figure network_cycle;             ///< time a router's link takes per message
  std::optional<Figure> network_resolution; ///< asynchronous routers: hops are whole numbers of it; else of network_cycle
  Operation east_west, north_south; ///< a hop
  int router_buffer = 0;            ///< messages per router input
  ChipLink link; ///< of chips in a grid
  std::vector<SwitchLevel> tree; ///< that joins the chips, the lowest level first; empty: they stand in a grid
  std::vector<BarrierPoint> barrier; ///< ascending in tiles; empty: steps are not synchronised by a barrier
  Figure barrier_border; ///< what a barrier takes longer for each border of chips, or link of a tree, that it crosses
  std::optional<Figure> tick;        ///< fixed time step of chips that run in real time

  int tiles() const { return mesh_width * mesh_height; }
  const Operation& synapse(SynapseFormat format) const;
  /// Seconds of one cycle of the network's clock.
  double network_tick(Corner corner) const {
    return network_resolution ? network_resolution->value : network_cycle.at(corner);
  }
};

/// Reads a description whose `kind` is neuromorphic. Throws InputError.
Chip load_chip(const Document& description);

/// What a barrier spans: chips, in the grid in which they are numbered, and at most `tiles` routers of one chip.
struct BarrierSpan {
  double tiles = 1;
  int chips_across = 1, chips_down = 1;
};

/// The barrier's time. On a chip: linear between the description's points, and on along the last two. Between chips: one
/// border after the other along both sides of the grid, since the wave goes from corner to corner; in a tree up to the
/// root and down again.
double barrier_seconds(const Chip& chip, const BarrierSpan& span, Corner corner);

} // namespace moesaic::hw
