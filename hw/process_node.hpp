// A machine's own process node in its description, and the machine at another one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "description/document.hpp"
#include "hw/technology.hpp"

namespace moesaic::hw {

/// What a description says of its process: `technology: {node: 5 nm, interval: [4 nm, 7 nm], source: ...,
/// confidence: low, note: ..., scales: [core, chip.static_power]}`, and where figures in cycles are times of what lies off
/// the die `steady: {clock: chip.clock, cycles: [transfers]}`; nothing where it has no such key. Throws
/// InputError. Whoever reads descriptions calls it, so that the key is known.
std::optional<Process> read_process(const Document& description);

/// A name in two: "loihi2@4nm" is loihi2 at 4 nm; without such an end, no node: as built.
struct NameAtNode {
  std::string name;
  std::optional<double> node; ///< metres
};
NameAtNode split_node(const std::string& name);
/// "loihi2@4nm".
std::string name_at(const std::string& name, double node);

/// The description at `node`, under the name `name` (file `name`.yaml): of `figures` (what the machine reads)
/// those below the process' `scales` are scaled by the published factors and cite them, those that are steady become
/// times, all others are kept.
/// Throws InputError: nodes that nobody published, `scales` with no figure below them.
Document at_node(const Document& built, const std::string& name, const Process& process, double node,
                 const std::vector<Figure>& figures, const Technology& technology);

/// What a reader must know of such a machine: from where, to where, which figures, which not.
std::string note_of(const Process& process, double node);

} // namespace moesaic::hw
