// A machine: takes a workload, maps it to its own kind of program, runs it, and gives back a run record.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "results/record.hpp"
#include "results/trace.hpp"
#include "results/unit_spans.hpp"
#include "workloads/moe_weights.hpp"
#include "workloads/routing.hpp"

namespace moesaic {
struct Override;
}

namespace moesaic::workloads::hyperon {
struct Workload;
struct Space;
} // namespace moesaic::workloads::hyperon

namespace moesaic::mappings {
struct Mapping;
struct DeviceMapping;
struct Violation;
} // namespace moesaic::mappings

namespace moesaic::sim {

/// The real numbers that a machine computes with.
struct LayerNumbers {
  workloads::MoeWeights weights;
  workloads::Matrix hidden;      ///< tokens x hidden
  workloads::Matrix calibration; ///< hidden states that static scales are set from; empty: `hidden` itself
};

/// One batch through one MoE layer.
struct MoeTask {
  workloads::MoeLayer layer;
  workloads::Routing routing;
  std::uint64_t seed = 1;
  /// Where cores stand, for the neuromorphic machine whose name it has; none: where the lowering puts them.
  std::shared_ptr<const mappings::Mapping> mapping = nullptr;
  std::shared_ptr<const LayerNumbers> numbers = nullptr; ///< of a checkpoint; null: drawn from the seed
  /// The record may leave out what the tables of a sweep do not hold: constants, stages, notes, maps.
  bool brief = false;
  /// Which experts lie where, for the associative machine or the GPUs whose name it has; none: as they lie by themselves.
  std::shared_ptr<const mappings::DeviceMapping> devices = nullptr;
};

/// What a mapping of cards or GPUs is made of.
struct DeviceRequest {
  std::string strategy = "even"; ///< one of Machine::device_strategies()
  int chips = 0;                 ///< cards; 0: what the machine takes by itself
  bool resident = false;         ///< weights in the cores' own memories, where the machine has such
  int redundant = -1;            ///< replicas beyond one of each routed expert; below 0: an eighth of them
  std::vector<int> load = {};    ///< tokens per routed expert that replicas are placed for
};

/// What checking such a mapping found.
struct DeviceCheck {
  std::vector<mappings::Violation> violations;
  std::string report; ///< what is held and how busy it is; "" where the mapping is not valid
};

/// The task's numbers, drawn where it has none. Throws InputError for a layer too large to hold.
std::shared_ptr<const LayerNumbers> numbers_of(const MoeTask& task);

/// What a mapped layer gave.
struct MachineValues {
  std::vector<std::vector<std::int32_t>> choices; ///< per token, best first
  std::vector<std::vector<double>> output;        ///< tokens x hidden
};

/// What `--values` found: the mapped program's outputs beside the Eigen reference.
struct ValueCheck {
  std::string machine;
  bool router_identical = false;
  /// Of the output element that comes nearest to its bound: absolute error, and the bound from the quantisation.
  double worst_error = 0, error_bound = 0;
  bool within_bound = false;
  int tokens = 0, outputs = 0;
};

/// One query of a workload of OpenCog Hyperon over its atoms.
struct QueryTask {
  std::shared_ptr<const workloads::hyperon::Workload> workload;
  std::shared_ptr<const workloads::hyperon::Space> space;
  std::size_t query = 0;
};

/// What `--values` found: the answers of a query's mapped program beside the indexed join's.
struct AnswerCheck {
  std::string machine, workload;
  std::uint64_t found = 0, expected = 0; ///< answers
  std::uint64_t tuples = 0;              ///< read out on the way
  bool equal = false;                    ///< answers and tuples
};

/// Runs a query's mapped program with values; hears of the share that is done, 0 to 1.
using AnswerRun = std::function<AnswerCheck(const std::function<void(double)>& progress)>;

class Machine {
 public:
  virtual ~Machine() = default;
  virtual const std::string& name() const = 0;
  /// "neuromorphic", "associative", "gpu" or "cpu".
  virtual const char* kind() const = 0;
  /// The same machine with other values at these key paths of its description, for brief tasks: quicker than reading
  /// the changed description, and with the same results to the bit. Null: it has to be read.
  virtual std::unique_ptr<Machine> varied(const std::vector<Override>&) const { return nullptr; }
  /// Runs one MoE layer. Throws InputError, with the missing amount, when the layer does not fit.
  virtual results::RunRecord run(const MoeTask& task) const = 0;
  /// What run() would throw of a layer that cannot be mapped, told without running it. Throws InputError.
  virtual void check_fits(const workloads::MoeLayer&) const {}
  /// A brief record of the same run by closed forms over the mapped program, without simulating it; its intervals have no
  /// width. Throws InputError where not supported, and as run() does.
  virtual results::RunRecord estimate(const MoeTask& task) const;
  /// When each unit was at work in the same run, at the nominal value of every figure: spans that touch the window, at most
  /// its number. No units: the machine tells none apart.
  virtual results::UnitSpans units(const MoeTask&, const results::TraceWindow&) const { return {}; }
  virtual results::UnitSpans units(const QueryTask&, const results::TraceWindow&) const { return {}; }
  /// Runs the same mapped program with the task's real numbers. Throws InputError where not supported.
  virtual ValueCheck check_values(const MoeTask& task) const = 0;
  /// What the mapped program makes of `numbers`. Throws InputError where not supported.
  virtual MachineValues layer_values(const workloads::MoeLayer& layer, const LayerNumbers& numbers) const = 0;
  /// Answers one query. Throws InputError where not supported, as most machines do.
  virtual results::RunRecord answer(const QueryTask& task) const;
  /// The same mapped program, ready to run on its atoms. Throws InputError where not supported, before it runs.
  virtual AnswerRun prepare_answers(const QueryTask& task) const;
  /// Strategies that place experts on its cards or GPUs, the one that it runs without a mapping first; none: mapping files of
  /// this form are not supported.
  virtual std::vector<std::string> device_strategies() const { return {}; }
  /// Throws InputError where the layer cannot be placed so.
  virtual mappings::DeviceMapping map_devices(const workloads::MoeLayer& layer, const DeviceRequest& request) const;
  /// `trace`: tokens that bandwidths are counted for, which have to carry `tokens_per_second` (0: none wanted).
  virtual DeviceCheck check_devices(const mappings::DeviceMapping& mapping, const workloads::MoeLayer& layer,
                                    const workloads::Routing& trace, double tokens_per_second) const;
  /// Times what it does on this host, and so must run alone.
  virtual bool measures_host() const { return false; }
};

/// The file that describes a machine: of a catalog name, or a .yaml file itself; "8xh100" and "h100@7nm" are described by
/// h100's. Throws InputError.
std::string machine_file(const std::string& name_or_file);

/// The description of a catalog name or a .yaml file, nothing of it read yet. "8xh100" is a group of eight in expert
/// parallelism (its description's `ranks`); "loihi2@4nm" is loihi2 scaled to that process node, as its description's
/// `technology` allows. Throws InputError.
Document machine_description(const std::string& name_or_file);

/// What a reader must know of a machine named "loihi2@4nm"; "" for one as built. Throws InputError.
std::string node_note(const std::string& name_or_file);

/// The machine that a catalog name or a .yaml file describes; its `kind` key says of which kind. Throws InputError.
std::unique_ptr<Machine> make_machine(const std::string& name_or_file);
std::unique_ptr<Machine> make_machine(const Document& description);

/// Loads a mapping of cards or GPUs and proves it valid for its own machine and workload. Its machine becomes the machine's
/// name and its workload the layer's. Throws InputError with the first violation.
std::shared_ptr<const mappings::DeviceMapping> load_valid_devices(const std::string& file);

/// The task's mapping where it is one for this machine; else null.
const mappings::DeviceMapping* devices_of(const MoeTask& task, const std::string& machine);

// One per kind, each in its own file (neuromorphic_machine.cpp, ...).
std::unique_ptr<Machine> make_neuromorphic_machine(const Document& description);
std::unique_ptr<Machine> make_associative_machine(const Document& description);
std::unique_ptr<Machine> make_bit_serial_machine(const Document& description);
std::unique_ptr<Machine> make_gpu_machine(const Document& description);
std::unique_ptr<Machine> make_cpu_machine(const Document& description);

} // namespace moesaic::sim
