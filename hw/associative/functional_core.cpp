#include "hw/associative/functional_core.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::hw::associative {

namespace {

constexpr std::size_t most_expanded = 512; // micro-programs kept per operation
constexpr int runs_before_circuit = 4;     // making a circuit takes as long as a few runs

constexpr std::size_t most_waiting = 1 << 14; // numbers of searches that wait for others

bool is_search(const std::string& name) {
  return name == "match_16" || name == "match_32" || name == "match_48";
}

} // namespace

FunctionalCore::FunctionalCore(const OperationSet& operations)
    : operations_(operations), planes_(operations.description().shape) {}

std::vector<std::uint16_t>& FunctionalCore::slot(std::int64_t index) {
  if (index < 0 || index >= operations_.description().l1_slots)
    throw InputError(fmt::format("there is no slot {} of L1", index));
  auto& slot = l1_[index];
  slot.resize(static_cast<std::size_t>(planes_.shape().columns));
  return slot;
}

std::vector<std::uint16_t> FunctionalCore::vector(int index) const {
  finish_searches();
  std::vector<std::uint16_t> values(static_cast<std::size_t>(planes_.shape().columns));
  planes_.load(index, values.data());
  return values;
}

std::vector<int> FunctionalCore::marked(int marker, std::size_t most) const {
  finish_searches();
  std::vector<int> columns;
  const std::uint64_t* plane = planes_.plane(VectorPlan{}.flags, marker);
  for (int w = 0; w < planes_.shape().words(); ++w)
    for (std::uint64_t bits = plane[w]; bits && columns.size() < most; bits &= bits - 1)
      columns.push_back(w * 64 + __builtin_ctzll(bits));
  return columns;
}

std::int64_t FunctionalCore::count(int marker) const {
  finish_searches();
  std::int64_t sum = 0;
  const std::uint64_t* plane = planes_.plane(VectorPlan{}.flags, marker);
  for (int w = 0; w < planes_.shape().words(); ++w)
    sum += __builtin_popcountll(plane[w]);
  return sum;
}

/// A search that compares nothing in its first word, or writes what it reads, is left to its micro-program.
bool FunctionalCore::wait_with_others(const std::vector<int>& vectors, const std::vector<std::int64_t>& immediates) {
  MaskedSearch search;
  search.target = vectors[0];
  for (std::size_t i = 1; i < vectors.size(); ++i) {
    search.words.push_back({vectors[i], static_cast<std::uint16_t>(immediates[2 * i - 1])});
    search.keys.push_back(static_cast<std::uint16_t>(immediates[2 * i - 2]));
  }
  search.keys.push_back(static_cast<std::uint16_t>(immediates.back()));
  if (search.keys.back() == 0)
    return true; // marks nothing
  if (search.words[0].care == 0 || std::count(vectors.begin() + 1, vectors.end(), vectors[0]) != 0)
    return false;
  if (waiting_.keys.empty() || waiting_.target != search.target || !(waiting_.words == search.words) ||
      waiting_.keys.size() > most_waiting) {
    finish_searches();
    waiting_ = std::move(search);
  } else {
    waiting_.keys.insert(waiting_.keys.end(), search.keys.begin(), search.keys.end());
  }
  return true;
}

void FunctionalCore::finish_searches() const {
  if (waiting_.keys.empty())
    return;
  planes_.execute(waiting_);
  waiting_.keys.clear();
}

void FunctionalCore::run_micro(const std::string& name, const Operands& operands) {
  auto& known = code_[name];
  auto found = known.find(operands);
  if (found == known.end()) {
    if (known.size() >= most_expanded)
      return planes_.execute(operations_.microcode(name, operands));
    found = known.insert({operands, {operations_.microcode(name, operands), 0, std::nullopt}}).first;
  }
  Expanded& expanded = found->second;
  if (++expanded.runs == runs_before_circuit)
    expanded.circuit = make_circuit(expanded.code, VectorPlan{}.first_temporary);
  if (expanded.circuit)
    planes_.execute(*expanded.circuit);
  else
    planes_.execute(expanded.code);
}

void FunctionalCore::run(const std::string& name, const std::vector<int>& vectors,
                         const std::vector<std::int64_t>& immediates) {
  const Signature* s = operations_.find(name);
  if (!s)
    throw InputError(fmt::format("unknown operation '{}'{}", name, suggestion(name, operations_.names())));
  if (vectors.size() != static_cast<std::size_t>(s->writes + s->reads) ||
      immediates.size() != s->immediates.size())
    throw InputError(fmt::format("{} was given {} vectors and {} immediate values", name, vectors.size(),
                                 immediates.size()));
  ++ran_[name];
  if (is_search(name) && wait_with_others(vectors, immediates))
    return;
  finish_searches();
  if (name == "load_16")
    set_vector(vectors[0], slot(immediates[0]));
  else if (name == "store_16")
    slot(immediates[0]) = vector(vectors[0]);
  else if (s->program)
    run_micro(name, {vectors, immediates, name == "lookup_entries_16" ? table_ : std::vector<std::uint16_t>{}});
  else
    run_measured(name, vectors, immediates);
}

void FunctionalCore::add_subgroups(const std::vector<int>& vectors,
                                   const std::vector<std::int64_t>& immediates, bool is_signed) {
  const std::size_t words = vectors.size() / 2;
  const auto group = static_cast<std::size_t>(immediates[0]),
             subgroup = static_cast<std::size_t>(immediates[1]);
  std::vector<std::vector<std::uint16_t>> value;
  for (std::size_t w = 0; w < words; ++w)
    value.push_back(vector(vectors[words + w]));
  for (std::size_t g = 0; g < value[0].size(); g += group)
    for (std::size_t lane = 0; lane < subgroup; ++lane) {
      std::int64_t sum = 0;
      for (std::size_t s = 0; s < group; s += subgroup) {
        std::int64_t term = 0;
        for (std::size_t w = 0; w < words; ++w)
          term |= std::int64_t{value[w][g + s + lane]} << (16 * w);
        if (is_signed && (value[words - 1][g + s + lane] & 0x8000))
          term -= std::int64_t{1} << (16 * words);
        sum += term;
      }
      for (std::size_t w = 0; w < words; ++w)
        value[w][g + lane] = static_cast<std::uint16_t>(sum >> (16 * w));
    }
  for (std::size_t w = 0; w < words; ++w)
    set_vector(vectors[w], value[w]);
}

void FunctionalCore::run_measured(const std::string& name, const std::vector<int>& vectors,
                                  const std::vector<std::int64_t>& immediates) {
  const auto columns = static_cast<std::size_t>(planes_.shape().columns);
  std::vector<std::uint16_t> out(columns);
  if (name == "add_subgrps_s16" || name == "add_subgrps_s32" || name == "add_subgrps_u48") {
    return add_subgroups(vectors, immediates, name != "add_subgrps_u48");
  } else if (name == "cpy_subgrp_16_grp" || name == "duplicate_subgrp_16") {
    const auto in = vector(vectors[1]);
    const auto group = static_cast<std::size_t>(immediates[0]),
               subgroup = static_cast<std::size_t>(immediates[1]);
    for (std::size_t c = 0; c < columns; ++c)
      out[c] =
          in[c / group * group + static_cast<std::size_t>(immediates[2]) * subgroup % group + c % subgroup];
  } else if (name == "get_entry_16" || name == "get_marked_data_1024" || name == "count_m_g32k") {
    return; // the control processor reads; nothing in the array changes
  } else if (name == "lookup_16") {
    if (table_.empty())
      return; // the table is the control processor's: who holds it writes the vector
    const auto in = vector(vectors[1]);
    const auto entries = std::min(table_.size(), static_cast<std::size_t>(std::max<std::int64_t>(immediates[0], 0)));
    for (std::size_t c = 0; c < columns; ++c) {
      if (in[c] >= entries)
        throw InputError(fmt::format("lookup_16: column {} asks for entry {} of {}", c, in[c], entries));
      out[c] = table_[in[c]];
    }
  } else {
    throw InputError(
        fmt::format("{} has measured cycles only: running it with values is not supported", name));
  }
  set_vector(vectors[0], out);
}

} // namespace moesaic::hw::associative
