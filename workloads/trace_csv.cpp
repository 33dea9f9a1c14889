// Routing traces as CSV: one line per choice, columns by name.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/trace_file.hpp"

namespace moesaic::workloads {

namespace {

constexpr int most_layers = 1024, most_tokens = 1 << 28;

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    std::string_view field = line.substr(0, comma);
    while (!field.empty() && (field.front() == ' ' || field.front() == '\t'))
      field.remove_prefix(1);
    while (!field.empty() && (field.back() == ' ' || field.back() == '\t'))
      field.remove_suffix(1);
    fields.push_back(field);
    if (comma == std::string_view::npos)
      return fields;
    line.remove_prefix(comma + 1);
  }
}

class CsvReader {
 public:
  CsvReader(std::istream& in, const std::string& file, const MoeLayer& layer)
      : in_(in), file_(file), layer_(layer) {}

  Trace read() {
    read_header();
    while (next_line())
      read_choice();
    finish_token();
    if (trace_.layers.empty())
      throw InputError(file_ + ": the trace has no choices");
    check_length();
    if (!weight_) // recorded without weights: equal ones that obey the rule
      for (Routing& r : trace_.layers)
        r.weight.assign(r.expert.size(), static_cast<float>(layer_.router.scale / layer_.router.top_k));
    return std::move(trace_);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw InputError(fmt::format("{}:{}: {}", file_, number_, message));
  }

  /// Skips empty lines and those that begin with '#'.
  bool next_line() {
    while (std::getline(in_, line_)) {
      ++number_;
      if (!line_.empty() && line_.back() == '\r')
        line_.pop_back();
      if (!line_.empty() && line_.front() != '#')
        return true;
    }
    return false;
  }

  void read_header() {
    if (!next_line())
      throw InputError(file_ + ": the file is empty");
    const std::vector<std::string> known{"layer", "token", "expert", "weight"};
    std::vector<bool> seen(known.size());
    for (const auto field : split(line_)) {
      const auto found = std::find(known.begin(), known.end(), field);
      if (found == known.end())
        fail(fmt::format("unknown column '{}'{}", field.substr(0, 40),
                         suggestion(std::string(field.substr(0, 40)), known)));
      const auto index = static_cast<std::size_t>(found - known.begin());
      if (seen[index])
        fail(fmt::format("column '{}' stands twice", field));
      seen[index] = true;
      columns_.push_back(index);
    }
    if (!seen[1] || !seen[2])
      fail("the columns 'token' and 'expert' are needed");
    weight_ = seen[3];
  }

  int integer(std::string_view text, const char* what, int least, int most) const {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range || (error == std::errc() && (value < least || value > most)))
      fail(fmt::format("{} {} is out of range, expected {} to {}", what, text.substr(0, 40), least, most));
    if (error != std::errc() || end != text.data() + text.size())
      fail(fmt::format("{}: expected a whole number, found '{}'", what, text.substr(0, 40)));
    return value;
  }

  float real(std::string_view text) const {
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      fail(fmt::format("weight: expected a number, found '{}'", text.substr(0, 40)));
    return value;
  }

  void read_choice() {
    const auto fields = split(line_);
    if (fields.size() != columns_.size())
      fail(fmt::format("{} fields, expected {}", fields.size(), columns_.size()));
    int layer = 0, token = 0, expert = 0;
    float weight = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (columns_[i] == 0)
        layer = integer(fields[i], "layer", 0, most_layers - 1);
      if (columns_[i] == 1)
        token = integer(fields[i], "token", 0, most_tokens - 1);
      if (columns_[i] == 2)
        expert = integer(fields[i], "expert", layer_.router.capacity_factor > 0 ? -1 : 0, layer_.routed - 1);
      if (columns_[i] == 3)
        weight = real(fields[i]);
    }
    place(layer, token);
    trace_.layers.back().expert.push_back(expert);
    trace_.layers.back().weight.push_back(weight);
  }

  /// Lines come layer by layer and token by token, none left out.
  void place(int layer, int token) {
    const auto layers = static_cast<int>(trace_.layers.size());
    const int top_k = layer_.router.top_k;
    if (layer == layers - 1 && token == trace_.layers.back().tokens - 1) {
      if (static_cast<int>(trace_.layers.back().expert.size()) == token * top_k + top_k)
        fail(fmt::format("token {} has more than {} choices", token, top_k));
      return;
    }
    finish_token();
    if (layer == layers && token == 0) {
      if (layers > 0)
        check_length();
      trace_.layers.push_back({1, top_k, layer_.routed, {}, {}});
    } else if (layer == layers - 1 && token == trace_.layers.back().tokens) {
      ++trace_.layers.back().tokens;
    } else {
      fail(fmt::format("layer {}, token {} is out of order", layer, token));
    }
  }

  /// All layers see the same tokens.
  void check_length() const {
    const auto& layers = trace_.layers;
    if (layers.back().tokens != layers.front().tokens)
      fail(fmt::format("layer {} has {} tokens, layer 0 has {}", layers.size() - 1, layers.back().tokens,
                       layers.front().tokens));
  }

  void finish_token() {
    if (trace_.layers.empty())
      return;
    const Routing& r = trace_.layers.back();
    const auto top_k = static_cast<std::size_t>(r.top_k),
               first = (static_cast<std::size_t>(r.tokens) - 1) * top_k;
    if (r.expert.size() - first != top_k)
      fail(fmt::format("token {} has {} choices, expected {}", r.tokens - 1, r.expert.size() - first, top_k));
    const std::string defect = trace_defect(layer_, &r.expert[first], &r.weight[first]);
    if (!defect.empty())
      fail(fmt::format("token {}: {}", r.tokens - 1, defect));
  }

  std::istream& in_;
  const std::string& file_;
  const MoeLayer& layer_;
  std::string line_;
  std::int64_t number_ = 0;
  std::vector<std::size_t> columns_; ///< per field: index among layer, token, expert, weight
  bool weight_ = false;
  Trace trace_;
};

} // namespace

Trace read_trace_csv(std::istream& in, const std::string& file, const MoeLayer& layer) {
  return CsvReader(in, file, layer).read();
}

} // namespace moesaic::workloads
