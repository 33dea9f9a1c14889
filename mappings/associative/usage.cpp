#include "mappings/associative/usage.hpp"

#include <algorithm>
#include <set>

namespace moesaic::mappings::associative {

namespace {

constexpr std::size_t users_vectors = 15; // below the flags
constexpr std::int64_t most_values = 4096;

class Walker {
 public:
  explicit Walker(const hw::associative::OperationSet& operations) : operations_(operations) {}

  void walk(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      const std::size_t position = position_++;
      if (step.kind == Step::Kind::operation)
        operation(step, position);
      else if (step.kind == Step::Kind::transfer)
        transfer(step);
      else if (step.kind == Step::Kind::loop && step.count > 0)
        loop(step, position);
    }
  }

  std::map<std::int64_t, LifeTime> vectors;
  std::set<std::int64_t> slots;
  double largest_transfer = 0;

 private:
  /// What lives before the loop and is used in it lives to its end: the next turn may use it again.
  void loop(const Step& step, std::size_t begin) {
    counts_.push_back(step.count);
    walk(step.body);
    counts_.pop_back();
    for (auto& [number, life] : vectors)
      if (step.count > 1 && life.first < begin && life.last >= begin)
        life.last = std::max(life.last, position_ - 1);
  }

  std::vector<std::int64_t> values(const Index& index) const {
    const auto [low, high] = index.range(counts_);
    std::vector<std::int64_t> all;
    if (index.terms.empty())
      return {index.base};
    std::int64_t stride = 0;
    for (const auto& term : index.terms)
      stride = index.terms.size() == 1 ? std::max<std::int64_t>(1, std::abs(term.second)) : 1;
    for (std::int64_t v = low; v <= high && static_cast<std::int64_t>(all.size()) < most_values; v += stride)
      all.push_back(v);
    return all;
  }

  void operation(const Step& step, std::size_t position) {
    const auto* signature = operations_.find(step.name);
    if (!signature)
      return;
    for (std::size_t i = 0; i < step.vectors.size(); ++i)
      for (const std::int64_t v : values(step.vectors[i]))
        use(v, position, step.name, i < static_cast<std::size_t>(signature->writes));
    if (signature->l1_slot && !step.immediates.empty())
      for (const std::int64_t slot : values(step.immediates.back()))
        slots.insert(slot);
  }

  void use(std::int64_t v, std::size_t position, const std::string& name, bool write) {
    LifeTime& life = vectors.emplace(v, LifeTime{v, position, position, 0, 0, name, name}).first->second;
    life.last = position;
    life.last_name = name;
    ++(write ? life.writes : life.reads);
  }

  void transfer(const Step& step) {
    const bool l1 = step.route == Route::l4_l1 || step.route == Route::l1_l4 || step.route == Route::l2_l1 ||
                    step.route == Route::l1_l2;
    const bool l3 = step.route == Route::l4_l3 || step.route == Route::l4_l3_both || step.route == Route::l3_l4;
    if (l1)
      for (const std::int64_t slot : values(step.slot))
        slots.insert(slot);
    if (!l3)
      largest_transfer = std::max(largest_transfer, static_cast<double>(step.bytes));
  }

  const hw::associative::OperationSet& operations_;
  std::vector<std::uint64_t> counts_;
  std::size_t position_ = 0;
};

} // namespace

Usage usage(const Program& program, const hw::associative::OperationSet& operations) {
  Walker walker(operations);
  for (std::int64_t slot = 0; slot < program.resident_slots; ++slot)
    walker.slots.insert(slot);
  walker.walk(program.steps);
  const auto& d = operations.description();
  Usage result;
  for (const auto& [number, life] : walker.vectors)
    result.vectors.push_back(life);
  for (const LifeTime& one : result.vectors) {
    const auto alive = std::count_if(result.vectors.begin(), result.vectors.end(), [&](const LifeTime& other) {
      return other.first <= one.first && one.first <= other.last;
    });
    result.most_alive = std::max(result.most_alive, static_cast<std::size_t>(alive));
  }
  double card = 0;
  for (const auto& region : program.regions)
    card += static_cast<double>(region.second);
  result.levels = {{"vectors of a core", "vectors", static_cast<double>(result.vectors.size()),
                    static_cast<double>(users_vectors)},
                   {"L1 of a core", "slots", static_cast<double>(walker.slots.size()), static_cast<double>(d.l1_slots)},
                   {"L2 of a core", "B", walker.largest_transfer, d.l2.value},
                   {"L3 of a core", "B", static_cast<double>(program.l3_bytes), d.l3.value},
                   {"L4 of the card", "B", card, d.l4.value}};
  return result;
}

} // namespace moesaic::mappings::associative
