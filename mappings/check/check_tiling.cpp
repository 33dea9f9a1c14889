#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "mappings/check/check_tiling.hpp"

namespace moesaic::mappings {

const char* projection_name(std::int32_t projection) {
  static const char* const names[] = {"gate", "up", "down"};
  return names[projection];
}

std::int32_t rows_of(const workloads::MoeLayer& layer, std::int32_t projection) {
  return projection == static_cast<std::int32_t>(Projection::down) ? layer.expert_ffn : layer.hidden;
}

std::int32_t columns_of(const workloads::MoeLayer& layer, std::int32_t projection) {
  return projection == static_cast<std::int32_t>(Projection::down) ? layer.hidden : layer.expert_ffn;
}

namespace {

using Matrix = std::tuple<std::int32_t, std::int32_t, std::int32_t>; ///< expert, replica, projection

std::string matrix_name(const Matrix& matrix) {
  return fmt::format("{} of expert {} replica {}", projection_name(std::get<2>(matrix)), std::get<0>(matrix),
                     std::get<1>(matrix));
}

class TilingCheck {
 public:
  TilingCheck(const std::vector<Slice>& slices, const std::vector<std::int32_t>& replicas, const workloads::MoeLayer& layer,
              const CoreName& name, std::vector<Violation>& violations)
      : replicas_(replicas), layer_(layer), name_(name), violations_(violations) {
    for (const Slice& slice : slices)
      blocks_[{slice.expert, slice.replica, slice.projection}].push_back(&slice);
  }

  void run() {
    const auto experts = static_cast<std::int32_t>(replicas_.size());
    if (experts != layer_.routed + layer_.shared)
      report("experts", "the layer", fmt::format("{} experts", layer_.routed + layer_.shared),
             fmt::format("{} experts", experts), "state the replicas of every expert of the layer");
    for (std::int32_t expert = 0; expert < experts; ++expert) {
      const std::int32_t stated = replicas_[static_cast<std::size_t>(expert)];
      if (stated < 1)
        report("replicas", fmt::format("expert {}", expert), "at least 1 replica", "0 replicas",
               "place the expert's slices");
      // Replicas of which there is nothing are counted, not listed: a file may state a million of them.
      std::set<std::int32_t> placed;
      for (auto at = blocks_.lower_bound({expert, 0, 0}); at != blocks_.end() && std::get<0>(at->first) == expert; ++at)
        if (std::get<1>(at->first) < stated)
          placed.insert(std::get<1>(at->first));
      if (const auto absent = stated - static_cast<std::int32_t>(placed.size()); absent > 0)
        report("weights missing", fmt::format("expert {}", expert), fmt::format("slices of {} replicas, as stated", stated),
               fmt::format("no slice of {} of them", absent), "place the missing replicas, or state fewer");
      for (const std::int32_t replica : placed)
        for (std::int32_t projection = 0; projection < 3; ++projection)
          cover({expert, replica, projection});
    }
    for (const auto& [matrix, slices] : blocks_)
      if (!slices.empty())
        report("stale replica", matrix_name(matrix),
               fmt::format("replica 0 to {}",
                           replicas_[static_cast<std::size_t>(std::get<0>(matrix))] - 1),
               fmt::format("{} slices of replica {}", slices.size(), std::get<1>(matrix)),
               "remove its slices or state one replica more");
  }

 private:
  void report(std::string kind, std::string place, std::string limit, std::string value, std::string remedy) {
    violations_.push_back(
        {std::move(kind), std::move(place), std::move(limit), std::move(value), std::move(remedy)});
  }

  /// Blocks must tile the matrix: the areas add up and no two overlap.
  void cover(const Matrix& matrix) {
    auto slices = std::move(blocks_[matrix]);
    blocks_[matrix].clear();
    const std::int64_t rows = rows_of(layer_, std::get<2>(matrix)), columns = columns_of(layer_, std::get<2>(matrix));
    std::int64_t area = 0;
    for (const Slice* slice : slices) {
      area += std::int64_t{slice->rows} * slice->columns;
      if (std::int64_t{slice->first_row} + slice->rows > rows ||
          std::int64_t{slice->first_column} + slice->columns > columns)
        report("slice outside the matrix", matrix_name(matrix), fmt::format("{} x {} weights", rows, columns),
               fmt::format("a block up to row {}, column {}", std::int64_t{slice->first_row} + slice->rows,
                           std::int64_t{slice->first_column} + slice->columns),
               "cut the block at the matrix's end");
    }
    const bool twice = overlap(matrix, slices);
    if (area < rows * columns)
      report("weights missing", matrix_name(matrix), fmt::format("{} weights", rows * columns),
             fmt::format("{} weights, {} missing", area, rows * columns - area), "place the missing slice");
    else if (area > rows * columns && !twice)
      report("weights too many", matrix_name(matrix), fmt::format("{} weights", rows * columns),
             fmt::format("{} weights", area), "remove the surplus slice");
  }

  bool overlap(const Matrix& matrix, std::vector<const Slice*>& slices) {
    std::sort(slices.begin(), slices.end(), [](const Slice* a, const Slice* b) {
      return std::tie(a->first_column, a->first_row) < std::tie(b->first_column, b->first_row);
    });
    for (std::size_t i = 0; i < slices.size(); ++i)
      for (std::size_t j = i + 1;
           j < slices.size() &&
           slices[j]->first_column < std::int64_t{slices[i]->first_column} + slices[i]->columns;
           ++j)
        if (slices[i]->first_row < std::int64_t{slices[j]->first_row} + slices[j]->rows &&
            slices[j]->first_row < std::int64_t{slices[i]->first_row} + slices[i]->rows) {
          report("weights twice", matrix_name(matrix), "each weight once",
                 fmt::format("column {} row {} on {} and on {}", slices[j]->first_column,
                             std::max(slices[i]->first_row, slices[j]->first_row),
                             name_(slices[i]->core), name_(slices[j]->core)),
                 "remove one of the two slices");
          return true;
        }
    return false;
  }

  const std::vector<std::int32_t>& replicas_;
  const workloads::MoeLayer& layer_;
  const CoreName& name_;
  std::vector<Violation>& violations_;
  std::map<Matrix, std::vector<const Slice*>> blocks_;
};

} // namespace

void check_tiling(const std::vector<Slice>& slices, const std::vector<std::int32_t>& replicas, const workloads::MoeLayer& layer,
                  const CoreName& name, std::vector<Violation>& violations) {
  TilingCheck(slices, replicas, layer, name, violations).run();
}

} // namespace moesaic::mappings
