// The program of a neuromorphic system: who holds which neurons and weights, and who sends to whom. Plain
// data that a mapping makes, that can be printed and checked without being run, and that a core array
// executes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace moesaic::hw {

struct Chip;

/// How a core stores the weights behind one axon port, and how many synaptic operations a message costs
/// there. dense: a row of `columns` weights per axon. sparse: a CSR row per axon. convolution: as sparse, but
/// the weights are shared between rows. one_to_one: row r feeds column r - first_row with weight 1.
enum class SynapseFormat { dense, sparse, convolution, one_to_one };

const char* to_string(SynapseFormat format);

/// What a core's neurons compute once per time step.
/// source: emits the input of its token. relay: emits what it stored. sigmoid: router scores. top_k: chooses
/// experts. swiglu: silu(gate) * up. weighted: product with a stored router weight. integrator: sums. lif,
/// cuba_lif: spiking neurons (leaky integrate and fire, current based).
enum class Soma { source, relay, sigmoid, top_k, swiglu, weighted, integrator, lif, cuba_lif };

const char* to_string(Soma soma);

/// Real weights of one table: int8, rows x columns row by row (dense), or one per entry of its rows (sparse, convolution).
struct Weights {
  std::vector<std::int8_t> value;
};

/// Rows for the sparse and convolution formats. CSR: row r owns entries begin[r] .. begin[r + 1] - 1. Rows that share
/// entries (convolution): row r has begin[r] .. end[r] - 1, whose columns count from base[r].
struct SparseRows {
  std::vector<std::uint32_t> begin, end;
  std::vector<std::uint16_t> column, base;
  std::int64_t operations(std::size_t row) const { return std::int64_t{end.empty() ? begin[row + 1] : end[row]} - begin[row]; }
};

/// The synapses behind one axon port of one core.
struct SynapseTable {
  SynapseFormat format = SynapseFormat::dense;
  std::int32_t rows = 0; ///< fan-in: rows first_row .. first_row + rows - 1 may arrive
  std::int32_t first_row = 0;
  std::int32_t columns = 0; ///< accumulators fed
  std::int32_t delay = 1;   ///< time steps from arrival to the soma that sees it
  std::int32_t weight_bits = 8;
  bool streamed = false; ///< dense only: rows lie in the chip's outer memory and are fetched as their messages come
  std::int32_t kernel_weights = 0; ///< convolution: weights that its rows share, each held once
  std::shared_ptr<const Weights> weights; ///< none: only activity moves
  std::shared_ptr<const SparseRows> sparse;
};

/// The neurons of one core, all of one population.
struct Core {
  std::int32_t chip = 0, slot = 0; ///< chip of the system, core of the chip
  std::int32_t population = 0;
  std::int32_t first_neuron = 0; ///< within its population
  std::int32_t neurons = 0;
  std::int32_t first_table = 0, tables = 0; ///< its ports, in Program::tables
  std::int32_t first_axon = 0, axons = 0;   ///< its axon ranges, in Program::axons
};

/// Neurons first .. first + count - 1 of a core each send one message per spike to `group`, at whose members
/// it arrives on `port` as row first_row + (neuron - first).
struct AxonRange {
  std::int32_t first = 0, count = 0;
  std::int32_t group = 0;
  std::int32_t port = 0;
  std::int32_t first_row = 0;
};

/// Cores that a message reaches together.
struct Group {
  std::vector<std::int32_t> members; ///< indices of Program::cores
};

/// Links that a core's messages to a group take instead of a dimension-order tree: straight to all members, from chip to
/// chip too, where no gateway takes them in. Routers are numbered row by row over the whole grid of chips; parents come
/// first.
struct OwnRoute {
  std::int32_t core = 0, group = 0;
  std::vector<std::pair<int, int>> links;
};

struct Population {
  std::string name;
  Soma soma = Soma::relay;
  std::int32_t first_core = 0, cores = 0;
  std::int32_t neurons = 0;
  std::int32_t stage = 0;              ///< token t is worked on here in time step t + stage
  std::int32_t columns_per_neuron = 1; ///< accumulators of port 0 behind each neuron
  std::int32_t trigger = 0;      ///< port whose input makes the soma run; always_runs: it runs in every step
  std::int32_t instructions = 0; ///< of the soma program, per neuron and run, beyond the plain update
  std::int32_t run_instructions = 0; ///< of the soma program, once per core and run, before the first neuron
};

constexpr std::int32_t always_runs = -1;
constexpr std::int32_t never_triggered = -2; ///< sources: they fire by the clock

struct Program {
  std::string name;
  std::int32_t chips = 0;
  std::int32_t grid_width = 0, grid_height = 0; ///< chips stand in a grid, row by row
  std::vector<Population> populations;
  std::vector<Core> cores;
  std::vector<SynapseTable> tables;
  std::vector<AxonRange> axons;
  std::vector<Group> groups;
  std::vector<OwnRoute> routes;
};

/// Bytes one core needs, by what they hold.
struct MemoryUse {
  std::int64_t synapses = 0, neurons = 0, axons_in = 0, axons_out = 0, microcode = 0;
  std::int64_t total() const { return synapses + neurons + axons_in + axons_out + microcode; }
};

/// Whether any table is streamed, so that outer memories are powered.
bool streams(const Program& program);

/// Bursts of the outer memory that a row of a streamed table takes; rows begin at a burst.
std::int64_t row_bursts(const Chip& chip, const SynapseTable& table);

/// Bytes of streamed tables that each chip's outer memory holds, by chip of the program; empty: none is streamed.
std::vector<double> outer_memory_use(const Chip& chip, const Program& program);

MemoryUse memory_use(const Chip& chip, const Program& program, const Core& core);

/// Axons that reach the core, which chips limit (Loihi: 4,096 fan-in axons): one for each row of its tables, whatever
/// their format; a convolution is one, whose messages carry the neuron's place (recalled of Loihi's, not checked).
std::int64_t fan_in(const Program& program, const Core& core);

/// Every limit of the chip that the program breaks, one sentence each with the amount; empty: it fits.
std::vector<std::string> violations(const Chip& chip, const Program& program);

/// Throws InputError with the first violations.
void check(const Chip& chip, const Program& program);

/// The program as text, one line per population, with cores, neurons, memory and groups.
std::string describe(const Chip& chip, const Program& program);

} // namespace moesaic::hw
