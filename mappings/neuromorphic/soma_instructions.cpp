#include "mappings/neuromorphic/soma_instructions.hpp"

namespace moesaic::mappings {

static constexpr std::int32_t division = 20;

std::int32_t choice_instructions(const workloads::RouterRule& rule, int experts) {
  std::int32_t count = rule.bias ? experts : 0;
  int candidates = experts;
  if (rule.groups > 1) {
    count += 4 * experts + 3 * rule.groups * rule.groups;
    candidates = experts / rule.groups * rule.kept_groups;
  }
  count += 2 * candidates * rule.top_k;
  count += rule.top_k * (division + 2);
  if (rule.score == workloads::Score::softmax)
    count += experts * (sigmoid_instructions + 1);
  if (rule.score == workloads::Score::softmax_of_top_k)
    count += rule.top_k * (sigmoid_instructions + 1);
  return count;
}

std::int32_t rank_instructions(const workloads::RouterRule& rule, int experts) {
  std::int32_t count = (rule.bias ? experts : 0) + 2 * experts + 2;
  if (rule.groups > 1)
    count += 4 * experts + 3 * rule.groups * rule.groups;
  if (rule.score != workloads::Score::sigmoid)
    count += sigmoid_instructions + 1;
  return count;
}

std::int32_t gate_instructions(int experts) {
  return experts + division + 2;
}

} // namespace moesaic::mappings
