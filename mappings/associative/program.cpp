#include "mappings/associative/program.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::mappings::associative {

Index Index::plus(int depth, std::int64_t stride) const {
  Index result = *this;
  if (stride != 0)
    result.terms.emplace_back(depth, stride);
  return result;
}

std::int64_t Index::at(const std::vector<std::int64_t>& counters) const {
  std::int64_t value = base;
  for (const auto& [depth, stride] : terms)
    value += counters[static_cast<std::size_t>(depth)] * stride;
  return value;
}

std::pair<std::int64_t, std::int64_t> Index::range(const std::vector<std::uint64_t>& counts) const {
  std::int64_t low = base, high = base;
  for (const auto& [depth, stride] : terms) {
    const std::int64_t reach =
        stride * static_cast<std::int64_t>(counts[static_cast<std::size_t>(depth)] - 1);
    (reach < 0 ? low : high) += reach;
  }
  return {low, high};
}

void fail_whole(const Program& program, const std::string& key, const std::string& message) {
  const auto place = program.places.find(key);
  throw InputError(fmt::format("{}: {}", place == program.places.end() ? program.name : place->second, message));
}

std::vector<std::int64_t> index_values(const Index& index, const std::vector<std::uint64_t>& counts) {
  constexpr std::int64_t most = 4096;
  const auto [low, high] = index.range(counts);
  if (index.terms.size() == 1 && high - low < most) {
    std::vector<std::int64_t> all;
    const auto [depth, stride] = index.terms[0];
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(counts[static_cast<std::size_t>(depth)]) && i < most; ++i)
      all.push_back(index.base + stride * i);
    return all;
  }
  return low == high ? std::vector<std::int64_t>{low} : std::vector<std::int64_t>{low, high};
}

const std::vector<std::string>& route_names() {
  static const std::vector<std::string> names = {"l4_l1", "l1_l4", "l4_l2",      "l2_l4", "l2_l1",
                                                 "l1_l2", "l4_l3", "l4_l3_both", "l3_l4"};
  return names;
}

namespace {

std::string text_of(const Index& index) {
  std::string text = index.terms.empty() || index.base != 0 ? std::to_string(index.base) : "";
  for (const auto& [depth, stride] : index.terms)
    text += fmt::format("{}{}i{}", text.empty() ? "" : " + ", stride == 1 ? "" : fmt::format("{} ", stride),
                        depth);
  return text;
}

std::string text_of(const Step& s) {
  std::string text;
  switch (s.kind) {
  case Step::Kind::operation: {
    std::string separator = " ";
    text = s.name;
    for (const auto& v : s.vectors)
      text += separator + "v" + text_of(v), separator = ", ";
    for (std::size_t i = 0; i < s.immediates.size(); ++i)
      text += separator + (i == 0 && s.from_memory ? "memory" : "#" + text_of(s.immediates[i])),
          separator = ", ";
    return text;
  }
  case Step::Kind::transfer:
    text = fmt::format("{} {} bytes", route_names()[static_cast<std::size_t>(s.route)], s.bytes);
    if (!s.region.empty())
      text += fmt::format(", {}[{}]", s.region, text_of(s.offset));
    if (s.route == Route::l4_l1 || s.route == Route::l1_l4 || s.route == Route::l2_l1 ||
        s.route == Route::l1_l2)
      text += ", slot " + text_of(s.slot);
    return text;
  case Step::Kind::wait:
    return "wait";
  case Step::Kind::drain:
    return "drain";
  case Step::Kind::scalar:
    return fmt::format("scalar {} x {}", s.count, s.name);
  case Step::Kind::loop:
    return fmt::format("loop {} times", s.count);
  case Step::Kind::stage:
    return "stage " + s.name;
  case Step::Kind::barrier:
    return "barrier";
  }
  return text;
}

void print_steps(const std::vector<Step>& steps, int depth, std::string& out) {
  for (const auto& s : steps) {
    out += std::string(static_cast<std::size_t>(2 * depth), ' ') + text_of(s) + "\n";
    print_steps(s.body, depth + 1, out);
  }
}

void count_steps(const std::vector<Step>& steps, std::uint64_t times, Counts& counts) {
  for (const auto& s : steps) {
    if (s.kind == Step::Kind::operation)
      counts.operations[s.name] += times;
    if (s.kind == Step::Kind::transfer)
      counts.bytes[route_names()[static_cast<std::size_t>(s.route)]] +=
          times * static_cast<std::uint64_t>(s.bytes);
    if (s.kind == Step::Kind::scalar)
      counts.scalars += times * s.count;
    if (s.kind == Step::Kind::loop)
      count_steps(s.body, times * s.count, counts);
  }
}

} // namespace

std::string print(const Program& program) {
  std::string out = fmt::format("program {}: {} cores\n", program.name, program.cores);
  for (const auto& [name, bytes] : program.regions)
    out += fmt::format("region {}: {} bytes\n", name, bytes);
  print_steps(program.steps, 0, out);
  return out;
}

Counts count(const Program& program) {
  Counts counts;
  count_steps(program.steps, 1, counts);
  return counts;
}

} // namespace moesaic::mappings::associative
