// A mapping as data: who holds which part of which matrix on which core, who sends to whom, and along which
// links. It can be saved, edited, compared, checked and lowered again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/neuromorphic/replicas.hpp"

namespace moesaic::mappings {

enum class Projection : std::int32_t { gate = 0, up = 1, down = 2 };

/// Cores that do the same: one projection of one expert, the router, the sum ...
struct MappedPopulation {
  std::string name;
  std::int32_t cluster = 0; ///< populations of one cluster are kept together by placement
  std::int32_t expert = -1; ///< index: routed ones first, then shared ones; -1: none
  std::int32_t replica = 0; ///< of the expert
  friend bool operator==(const MappedPopulation& a, const MappedPopulation& b) {
    return a.name == b.name && a.cluster == b.cluster && a.expert == b.expert && a.replica == b.replica;
  }
};

/// A core in use.
struct MappedCore {
  std::int32_t chip = 0, core = 0; ///< where: chip of the grid (row by row), core of the chip
  std::int32_t population = 0;
  std::int32_t first_neuron = 0, neurons = 0; ///< of its population
  std::int32_t fan_in = 0, fan_out = 0;       ///< entries of its axon tables
  std::int32_t bytes = 0;                     ///< of its memory, everything included
};

/// A block of one weight matrix (inputs x outputs) in one core's memory.
struct Slice {
  std::int32_t expert = 0, replica = 0;
  std::int32_t projection = 0; ///< a Projection
  std::int32_t first_row = 0, rows = 0, first_column = 0, columns = 0;
  std::int32_t bits = 8;
  std::int32_t core = 0; ///< index of Mapping::cores
};

/// `core` hears what is sent to `group`.
struct Member {
  std::int32_t group = 0, core = 0;
};

/// `core` sends `messages` to `group` per token, in `phase`; phases follow each other.
struct Send {
  std::int32_t core = 0, group = 0, phase = 0, messages = 0;
  std::int32_t when = 0; ///< 0: for every token; n + 1: for those that replica number n (see Replicas) serves
};

/// A link of the multicast tree that send number `send` takes, between neighbouring routers of the whole
/// grid. A send without hops goes along the row, then along the column (dimension order).
struct Hop {
  std::int32_t send = 0, from = 0, to = 0;
};

/// What mappings of all machine kinds begin with.
struct MappingHead {
  std::string machine, workload; ///< catalog names or files
  std::string strategy = "naive", objective = "energy-delay";
  std::uint64_t seed = 1;
  std::vector<std::int32_t> replicas; ///< of each expert, stated; routed ones first
  ReplicaRule replica_rule = ReplicaRule::round_robin; ///< only matters where an expert has several
};

/// Of a neuromorphic machine.
struct Mapping : MappingHead {
  std::int32_t chips_across = 0, chips_down = 0;
  bool resident = true; ///< weights stay in the cores; false: fetched from the chip's outer memory for each use
  std::vector<MappedPopulation> populations;
  std::vector<MappedCore> cores;
  std::vector<Slice> slices;
  std::vector<Member> members; ///< ascending in group
  std::vector<Send> sends;
  std::vector<Hop> hops; ///< ascending in send; parents before children
};

bool operator==(const Mapping& a, const Mapping& b);
inline bool operator!=(const Mapping& a, const Mapping& b) {
  return !(a == b);
}

/// Groups are numbered from 0; the number of them.
std::int32_t group_count(const Mapping& mapping);

/// Reads a mapping file. InputError with file and place for anything that is no mapping: malformed,
/// truncated, anchors and aliases, numbers out of range, tables that refer to what does not exist, a table
/// file that is another's.
Mapping load_mapping(const std::string& file);

/// Where `save_mapping` puts tables: inside the YAML file, or in an HDF5 file beside it (as `file` with .h5).
enum class TablePlace { automatic, inside, beside };

/// Writes the file, and the tables beside it when they have more than 4096 rows; each file appears whole or
/// not at all. Throws InputError when it cannot be written.
void save_mapping(const Mapping& mapping, const std::string& file, TablePlace place = TablePlace::automatic);

/// The file's text with all tables inside: it stands by itself.
std::string mapping_text(const Mapping& mapping);

/// What differs, one line each, at most `most` lines; empty when equal.
std::vector<std::string> difference(const Mapping& a, const Mapping& b, std::size_t most = 50);

} // namespace moesaic::mappings
