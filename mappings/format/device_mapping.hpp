// A mapping for machines whose chips each run one program over their part of a layer: cards of associative processors,
// and GPUs. Same head, same slices, same kinds of violation as a neuromorphic mapping's; no routes, since nothing of a
// layer is routed from core to core there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/format/mapping.hpp"

namespace moesaic::mappings {

enum class DeviceKind { associative, gpu };

/// How an associative machine takes a batch: all tokens at once, in passes that L1 has accumulators for, or whichever
/// of the two takes less time.
enum class BatchOrder { faster, whole, passes };
const std::vector<std::string>& batch_order_names();

/// A core in use of an associative card.
struct DeviceCore {
  std::int32_t chip = 0, core = 0;
};

/// A block of one weight matrix (inputs x outputs). On associative machines their order is the order of work.
struct DeviceSlice {
  std::int32_t expert = 0, replica = 0;
  std::int32_t projection = 0; ///< a Projection
  std::int32_t first_row = 0, rows = 0, first_column = 0, columns = 0;
  std::int32_t bits = 8;
  std::int32_t on = 0;    ///< associative: index of DeviceMapping::cores; gpu: the GPU
  std::int32_t level = 4; ///< associative: level of memory, 1: in the core's L1 before the layer begins, 4: streamed from the card's
};

struct DeviceMapping : MappingHead {
  DeviceKind kind = DeviceKind::associative;
  std::int32_t chips = 1; ///< cards, or GPUs
  BatchOrder batches = BatchOrder::faster; ///< associative
  std::vector<DeviceCore> cores;           ///< associative
  std::vector<DeviceSlice> slices;
};

bool operator==(const DeviceMapping& a, const DeviceMapping& b);
inline bool operator!=(const DeviceMapping& a, const DeviceMapping& b) {
  return !(a == b);
}

/// Whether the file says that it is one of these. InputError where it cannot be read.
bool is_device_mapping(const std::string& file);

/// Reads a mapping file as load_mapping() does. Keys of other machine kinds are refused, saying why.
DeviceMapping load_device_mapping(const std::string& file);

/// Writes it as save_mapping() does.
void save_device_mapping(const DeviceMapping& mapping, const std::string& file, TablePlace place = TablePlace::automatic);

/// The file's text with all tables inside.
std::string device_mapping_text(const DeviceMapping& mapping);

/// What differs, one line each, at most `most` lines.
std::vector<std::string> difference(const DeviceMapping& a, const DeviceMapping& b, std::size_t most = 50);

} // namespace moesaic::mappings
