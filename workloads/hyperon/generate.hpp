// Relations from their definitions: seeded draws, and tables of functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/hyperon/space.hpp"

namespace moesaic::workloads::hyperon {

enum class Generator {
  ascending_pairs, ///< `facts` different pairs i < j, all equally likely
  random_pairs,    ///< `facts` draws of two symbols, equal draws one fact
  skewed_pairs,    ///< `facts` different pairs of different symbols, symbol i with a weight of about (i + 1)^-skew
  random_tuples,   ///< `facts` draws of `arity` symbols, equal draws one fact
  sample,          ///< `facts` different symbols, weighted like those of skewed_pairs
  table            ///< (x z) or (x y z) for all x and y, z a function of them
};
const std::vector<std::string>& generator_names();

/// The functions that a table may hold; modulo and saturation are at the number of symbols. division has no fact for y = 0.
enum class Function { add, subtract, multiply, divide, maximum, minimum, add_saturating, multiply_saturating, square, square_root };
const std::vector<std::string>& function_names();
bool unary(Function function);

struct RelationPlan {
  std::string name;
  Generator generator = Generator::random_pairs;
  std::uint64_t facts = 0;
  int arity = 2;                 ///< random_tuples
  double skew = 0;               ///< skewed_pairs and sample, 0 (all alike) to below 1
  Function function = Function::add; ///< table
};

/// Most facts that the plan can give; a table's own number.
double most_facts(const RelationPlan& plan, Symbol symbols);

/// The same bits for the same arguments, everywhere.
Relation generate(const RelationPlan& plan, Symbol symbols, std::uint64_t seed);

} // namespace moesaic::workloads::hyperon
