// What an expression of a micro-program comes to once its names are known.
#include <cmath>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/micro_syntax.hpp"

namespace moesaic::hw::associative {

namespace {

/// 1 / (1 + e^(-n / 2^places)) in `one`ths, to nearest.
std::int64_t sigmoid(std::int64_t n, std::int64_t places, std::int64_t one) {
  return std::llround(double(one) / (1 + std::exp(-std::ldexp(double(n), -int(places)))));
}

/// e^(n / 2^places) in `one`ths, to nearest.
std::int64_t exponential(std::int64_t n, std::int64_t places, std::int64_t one) {
  return std::llround(double(one) * std::exp(std::ldexp(double(n), -int(places))));
}

/// 2^(n / 2^places) in `one`ths, to nearest.
std::int64_t power_of_two(std::int64_t n, std::int64_t places, std::int64_t one) {
  return std::llround(double(one) * std::exp2(std::ldexp(double(n), -int(places))));
}

std::int64_t log2_of(const Expression& e, std::int64_t n) {
  if (n < 1 || n > 65536 || (n & (n - 1)) != 0)
    fail_at(e.place, fmt::format("{} is no power of two up to 65536", n));
  return __builtin_ctzll(static_cast<std::uint64_t>(n));
}

std::int64_t function(const Expression& e, const std::map<std::string, std::int64_t>& names,
                      const std::vector<std::uint16_t>& table) {
  std::vector<std::int64_t> v;
  for (const auto& operand : e.operands)
    v.push_back(evaluate(operand, names, table));
  if (e.name == "log2" || e.name == "entry") {
    if (v.size() != 1)
      fail_at(e.place, fmt::format("{} takes one number", e.name));
    if (e.name == "log2")
      return log2_of(e, v[0]);
    return v[0] >= 0 && v[0] < static_cast<std::int64_t>(table.size()) ? table[static_cast<std::size_t>(v[0])] : 0;
  }
  if (e.name != "sigmoid" && e.name != "exp" && e.name != "exp2")
    fail_at(e.place, fmt::format("unknown function '{}'{}", e.name, suggestion(e.name, {"sigmoid", "exp", "exp2", "log2", "entry"})));
  if (v.size() != 3)
    fail_at(e.place, fmt::format("{} takes a number, its binary places and what stands for one", e.name));
  if (e.name == "exp2") {
    if (v[1] < 0 || v[1] > 31 || v[2] < 1 || v[2] > 0x40000000 || std::abs(v[0]) > std::int64_t{1} << v[1])
      fail_at(e.place, fmt::format("{} of {} with {} places, one being {}", e.name, v[0], v[1], v[2]));
    return power_of_two(v[0], v[1], v[2]);
  }
  if (v[1] < 0 || v[1] > 31 || v[2] < 1 || v[2] > 65535 || std::abs(std::ldexp(double(v[0]), -int(v[1]))) > 700)
    fail_at(e.place, fmt::format("{} of {} with {} places, one being {}", e.name, v[0], v[1], v[2]));
  const std::int64_t result = e.name == "exp" ? exponential(v[0], v[1], v[2]) : sigmoid(v[0], v[1], v[2]);
  return std::min<std::int64_t>(result, 65535);
}

} // namespace

std::int64_t evaluate(const Expression& e, const std::map<std::string, std::int64_t>& names,
                      const std::vector<std::uint16_t>& table) {
  if (e.op == "number")
    return e.number;
  if (e.op == "name") {
    const auto found = names.find(e.name);
    if (found == names.end())
      fail_at(e.place, fmt::format("unknown name '{}'", e.name));
    return found->second;
  }
  if (e.op == "function")
    return function(e, names, table);
  const std::int64_t a = evaluate(e.operands[0], names, table);
  if (e.op == "~")
    return ~a;
  const std::int64_t b = evaluate(e.operands[1], names, table);
  if (e.op == "+")
    return a + b;
  if (e.op == "-")
    return a - b;
  if (e.op == "*")
    return a * b;
  if (e.op == "&")
    return a & b;
  if (e.op == "|")
    return a | b;
  if (b < 0 || b > 31)
    fail_at(e.place, fmt::format("shift by {}", b));
  return e.op == "<<" ? static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << b) : a >> b;
}

} // namespace moesaic::hw::associative
