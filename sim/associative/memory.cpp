#include "sim/associative/memory.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_lowering.hpp"

namespace moesaic::sim {

using mappings::associative::ColumnLayout;
using mappings::associative::Route;
using mappings::associative::Step;

namespace {

constexpr int offset16 = 32768;

/// 16-bit codes, offset to be unsigned, and the scale of each row.
void quantise16(const workloads::Matrix& m, std::vector<std::vector<int>>& codes,
                std::vector<double>& scale) {
  for (int r = 0; r < m.rows; ++r) {
    double largest = 0;
    for (int c = 0; c < m.cols; ++c)
      largest = std::max(largest, double{std::abs(m.at(r, c))});
    scale.push_back(largest > 0 ? largest / 32767 : 1);
    codes.emplace_back();
    for (int c = 0; c < m.cols; ++c)
      codes.back().push_back(static_cast<int>(std::lround(m.at(r, c) / scale.back())) + offset16);
  }
}

} // namespace

LayerMemory::LayerMemory(const hw::associative::Description& d, const workloads::MoeLayer& layer,
                         const workloads::MoeWeights& weights, const HeldExperts& held,
                         const workloads::Matrix& hidden, const mappings::associative::CardWork& work)
    : d_(d), layer_(layer), weights_(weights), held_(held), hidden_(hidden), work_(work),
      layout_(work_layout(d, layer, work)), slots_(moe_slots(layout_, resident_slots(layout_, work))) {
  pass_size_ = tokens_per_pass(d, layout_, slots_.resident);
  if (hidden.rows > pass_size_)
    throw InputError(fmt::format("{}: values are not supported for {} tokens at once, at most {}", d.name,
                                 hidden.rows, pass_size_));
  if (layer.router.groups >= all_experts_section)
    throw InputError(fmt::format("{}: values are not supported for {} groups", d.name, layer.router.groups));
  while ((1 << key_bits_) < layer.routed)
    ++key_bits_;
  hidden_codes_ = quantise(hidden, workloads::NumberFormat::int8, {1, 0});
  quantise16(hidden, hidden16_, hidden16_scale_);
  quantise16(weights.router, router16_, router16_scale_);
  routing_.tokens = hidden.rows;
  routing_.top_k = layer.router.top_k;
  routing_.experts = layer.routed;
  routing_.expert.resize(static_cast<std::size_t>(hidden.rows * layer.router.top_k), -1);
  routing_.weight.resize(routing_.expert.size());
}

void LayerMemory::stage(const std::string& name) {
  stage_ = name == "input"         ? Stage::input
           : name == "router"      ? Stage::router
           : name == "gate and up" ? Stage::gate_up
           : name == "output"      ? Stage::output
                                   : Stage::down;
  if (stage_ == Stage::input) {
    parts_.assign(static_cast<std::size_t>(d_.cores), Part{});
    for (std::size_t c = 0; c < parts_.size(); ++c) {
      parts_[c].activated.assign(static_cast<std::size_t>(hidden_.rows),
                                 std::vector<std::vector<double>>(work_.cores[c].size()));
      parts_[c].output.assign(static_cast<std::size_t>(hidden_.rows), {});
    }
  }
  if (stage_ == Stage::gate_up) {
    const auto turns = mappings::associative::replica_turns(routing_, layer_.shared, work_.replicas);
    tokens_of_.clear();
    for (const auto& items : work_.cores) {
      tokens_of_.emplace_back();
      for (const Item& item : items)
        tokens_of_.back().push_back(item_tokens(item, routing_, layer_.shared, turns));
    }
  }
  for (auto& part : parts_)
    part.pass = 0, part.collected = 0, part.words.clear();
}

/// The next item with tokens, in the order in which the program names them.
void LayerMemory::begin_pass(int core, Part& part) {
  const auto& items = tokens_of_[static_cast<std::size_t>(core)];
  std::size_t seen = 0;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (!items[i].empty() && seen++ == part.pass) {
      part.item = i;
      part.tokens = items[i];
      break;
    }
  ++part.pass;
  part.collected = 0;
}

int LayerMemory::choice_of(int token, int expert) const {
  if (expert >= layer_.routed)
    return routing_.top_k + expert - layer_.routed;
  for (int c = 0; c < routing_.top_k; ++c)
    if (routing_.expert_of(token, c) == expert)
      return c;
  throw std::logic_error("a token of an expert that it has not chosen");
}

void LayerMemory::transfer(int core, const Step& step, std::int64_t offset, Words* slot) {
  Part& part = parts_[static_cast<std::size_t>(core)];
  if (router_only_ && stage_ != Stage::input && stage_ != Stage::router)
    return;
  if (step.route == Route::l4_l2) {
    part.pending = offset;
  } else if (step.route == Route::l2_l1) {
    const std::int64_t offset = part.pending % layout_.expert_bytes();
    fill_weights(nth_item(core, false, part.pending / layout_.expert_bytes()), offset, *slot);
    part.vector = static_cast<int>(offset);
    part.spreads = 0;
  } else if (step.route == Route::l4_l1 && step.region == "patterns") {
    fill_pattern(offset / d_.vector_bytes(), *slot);
  } else if (step.route == Route::l4_l1 && step.region == "router weights") {
    part.vector = static_cast<int>(offset / layout_.router.slot_bytes());
    fill_router(core, part.vector, *slot);
  } else if (step.route == Route::l4_l1 && step.region == "partial sums") {
    fill_keys(part, *slot);
  } else if (step.route == Route::l1_l4) {
    part.words.push_back(*slot);
  } else if (step.route == Route::l4_l3 && stage_ == Stage::router && step.region == "hidden states") {
    part.token = static_cast<int>(offset / (std::int64_t{2} * layout_.hidden_part));
    part.words.clear();
    part.group = part.entries = part.collected = 0;
    part.group_score.assign(static_cast<std::size_t>(layer_.router.groups), 0);
    part.chosen.clear();
  } else if (step.route == Route::l4_l3 && ((stage_ == Stage::gate_up && step.region == "hidden states") ||
                                            (stage_ == Stage::down && step.region == "activated"))) {
    begin_pass(core, part);
  }
}

std::int64_t LayerMemory::from_memory(int core, const Step& step, std::int64_t written) {
  Part& part = parts_[static_cast<std::size_t>(core)];
  if (step.name == "cpy_imm_where")
    return scalar_value(core, part) & 0xffff;
  if (step.name == "cpy_to_mrk_16_msk") {
    const auto& rule = layer_.router;
    if (rule.groups == 1 || rule.kept_groups >= rule.groups)
      return std::int64_t{1} << all_experts_section;
    const int n = part.group++;
    return std::int64_t{1} << (n < rule.groups ? n
                                               : part.kept_groups[static_cast<std::size_t>(n - rule.groups)]);
  }
  if (stage_ != Stage::down) // load_16, store_16
    return written;
  const std::int64_t at = written - slots_.accumulator;
  return slots_.accumulator + 2 * part.tokens[static_cast<std::size_t>(at / 2)] + at % 2;
}

std::int64_t LayerMemory::scalar_value(int core, Part& part) {
  const int s = part.spread++;
  if (stage_ == Stage::router) {
    const int k = part.vector * layout_.router.inputs + s, at = core * layout_.hidden_part + k;
    return k < layout_.hidden_part && at < layer_.hidden
               ? hidden16_[static_cast<std::size_t>(part.token)][static_cast<std::size_t>(at)]
               : 0;
  }
  const bool down = stage_ == Stage::down;
  const ColumnLayout& m = down ? layout_.down : layout_.gate_up;
  const std::int64_t gate_up = layout_.gate_up.slots() * layout_.gate_up.slot_bytes();
  const auto slot = static_cast<int>((part.vector - (down ? gate_up : 0)) / m.slot_bytes());
  const int token = part.tokens[static_cast<std::size_t>(part.spreads / m.per_slot) % part.tokens.size()];
  const int k = (slot * m.per_slot + part.spreads % m.per_slot) * m.inputs + s;
  if (!down)
    return k < layer_.hidden ? static_cast<std::int64_t>(hidden_codes_.code_of(token, k)) : 0;
  const auto& code = part.code[static_cast<std::size_t>(token)][part.item];
  return k < static_cast<int>(code.size()) ? code[static_cast<std::size_t>(k)] : 0;
}

/// A resident vector that is read begins what the arrival of a streamed one does.
void LayerMemory::ran(int core, const Step& step, const std::vector<int>& vectors, const std::vector<std::int64_t>& immediates,
                      hw::associative::FunctionalCore& planes) {
  if (step.name == "load_16" && vectors[0] == 0 && immediates[0] < slots_.resident &&
      (stage_ == Stage::gate_up || stage_ == Stage::down)) {
    Part& part = parts_[static_cast<std::size_t>(core)];
    part.vector = static_cast<int>(offset_of_slot(immediates[0] % item_slots(layout_)));
    part.spreads = 0;
  }
  after(core, step, planes);
}

void LayerMemory::after(int core, const Step& step, hw::associative::FunctionalCore& planes) {
  Part& part = parts_[static_cast<std::size_t>(core)];
  if (step.name == "reset_16" && step.vectors[0].base == 3) {
    part.spread = 0;
  } else if (step.name == "mul_s8") { // the spread before it is used up
    ++part.spreads;
  } else if (step.name == "get_entry_16") {
    const std::uint32_t word = planes.planes().element(static_cast<int>(step.vectors[0].base), 0);
    part.entry = part.entry << 16 | word;
    if (++part.entries % 2 == 0)
      part.group_score[static_cast<std::size_t>(part.group - 1)] += part.entry >> key_bits_;
  } else if (step.name == "get_marked_data_1024") {
    part.chosen.push_back(planes.marked(static_cast<int>(step.immediates[0].base)).at(0));
  }
}

} // namespace moesaic::sim
