#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "mappings/check/check_mapping.hpp"

namespace moesaic::mappings {

namespace {

const char* const projections[] = {"gate", "up", "down"};

using Matrix = std::tuple<std::int32_t, std::int32_t, std::int32_t>; ///< expert, replica, projection

std::string matrix_name(const Matrix& matrix) {
  return fmt::format("{} of expert {} replica {}", projections[std::get<2>(matrix)], std::get<0>(matrix),
                     std::get<1>(matrix));
}

class WeightCheck {
 public:
  WeightCheck(const CheckInput& input, std::vector<Violation>& violations)
      : input_(input), mapping_(input.mapping), violations_(violations) {}

  void run() {
    for (std::size_t s = 0; s < mapping_.slices.size(); ++s) {
      const Slice& slice = mapping_.slices[s];
      check_host(slice);
      blocks_[{slice.expert, slice.replica, slice.projection}].push_back(&slice);
    }
    const auto experts = static_cast<std::int32_t>(mapping_.replicas.size());
    if (experts != input_.layer.routed + input_.layer.shared)
      report("experts", "the layer", fmt::format("{} experts", input_.layer.routed + input_.layer.shared),
             fmt::format("{} experts", experts), "state the replicas of every expert of the layer");
    for (std::int32_t expert = 0; expert < experts; ++expert) {
      const std::int32_t stated = mapping_.replicas[static_cast<std::size_t>(expert)];
      if (stated < 1)
        report("replicas", fmt::format("expert {}", expert), "at least 1 replica", "0 replicas",
               "place the expert's slices");
      for (std::int32_t replica = 0; replica < stated; ++replica)
        for (std::int32_t projection = 0; projection < 3; ++projection)
          cover({expert, replica, projection});
    }
    for (const auto& [matrix, slices] : blocks_)
      if (!slices.empty())
        report("stale replica", matrix_name(matrix),
               fmt::format("replica 0 to {}",
                           mapping_.replicas[static_cast<std::size_t>(std::get<0>(matrix))] - 1),
               fmt::format("{} slices of replica {}", slices.size(), std::get<1>(matrix)),
               "remove its slices or state one replica more");
  }

 private:
  void report(std::string kind, std::string place, std::string limit, std::string value, std::string remedy) {
    violations_.push_back(
        {std::move(kind), std::move(place), std::move(limit), std::move(value), std::move(remedy)});
  }

  std::int32_t rows_of(std::int32_t projection) const {
    return projection == static_cast<std::int32_t>(Projection::down) ? input_.layer.expert_ffn
                                                                     : input_.layer.hidden;
  }
  std::int32_t columns_of(std::int32_t projection) const {
    return projection == static_cast<std::int32_t>(Projection::down) ? input_.layer.hidden
                                                                     : input_.layer.expert_ffn;
  }

  /// A slice stands on the core whose neurons sum its columns.
  void check_host(const Slice& slice) {
    const MappedCore& core = mapping_.cores[static_cast<std::size_t>(slice.core)];
    const MappedPopulation& host = input_.population(slice.core);
    if (host.expert != slice.expert || host.replica != slice.replica)
      return report("slice on a wrong core", input_.name(slice.core),
                    fmt::format("slices of expert {} replica {}", host.expert, host.replica),
                    fmt::format("{} columns {} to {} of expert {} replica {}", projections[slice.projection],
                                slice.first_column, std::int64_t{slice.first_column} + slice.columns - 1, slice.expert,
                                slice.replica),
                    fmt::format("move the slice to a core of expert {} replica {}", slice.expert, slice.replica));
    const std::int64_t first = core.first_neuron - input_.number(slice.core) * columns_of(slice.projection);
    if (slice.first_column != first || slice.columns != core.neurons)
      report("slice on a wrong core", input_.name(slice.core),
             fmt::format("columns {} to {}, which its neurons sum", first, first + core.neurons - 1),
             fmt::format("{} columns {} to {}", projections[slice.projection], slice.first_column,
                         std::int64_t{slice.first_column} + slice.columns - 1),
             "swap it with the slice that belongs there");
  }

  /// Blocks must tile the matrix: the areas add up and no two overlap.
  void cover(const Matrix& matrix) {
    auto slices = std::move(blocks_[matrix]);
    blocks_[matrix].clear();
    const std::int64_t rows = rows_of(std::get<2>(matrix)), columns = columns_of(std::get<2>(matrix));
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
                             input_.name(slices[i]->core), input_.name(slices[j]->core)),
                 "remove one of the two slices");
          return true;
        }
    return false;
  }

  const CheckInput& input_;
  const Mapping& mapping_;
  std::vector<Violation>& violations_;
  std::map<Matrix, std::vector<const Slice*>> blocks_;
};

} // namespace

void check_weights(const CheckInput& input, std::vector<Violation>& violations) {
  WeightCheck(input, violations).run();
}

} // namespace moesaic::mappings
