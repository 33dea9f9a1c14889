#include "sim/gpu/data.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"

namespace moesaic::sim {

namespace {

const std::vector<std::string> layer_columns = {"gpu",    "engine",       "model",  "dtype",
                                                "hidden", "intermediate", "top_k",  "experts",
                                                "ep",     "distribution", "tokens", "latency_ms"};
const std::vector<std::string> dense_columns = {"gpu", "engine", "dtype", "m", "n", "k", "latency_ms"};

/// One line cut at its commas, with the place of each cell for error messages.
class Line {
 public:
  Line(const std::string& file, int number, const std::string& text) : file_(file), number_(number) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      std::size_t last = end;
      while (last > at && (text[last - 1] == '\r' || text[last - 1] == ' '))
        --last;
      cells_.emplace_back(text.substr(at, last - at), at + 1);
      at = end + 1;
    }
  }
  std::size_t size() const { return cells_.size(); }
  const std::string& text(std::size_t cell) const { return cells_[cell].first; }
  [[noreturn]] void fail(std::size_t cell, const std::string& message) const {
    throw InputError(
        fmt::format("{}:{}:{}: {}", file_, number_, cell < size() ? cells_[cell].second : 1, message));
  }
  double number(std::size_t cell, const char* column) const {
    char* end = nullptr;
    const double value = std::strtod(text(cell).c_str(), &end);
    if (text(cell).empty() || *end != 0 || !std::isfinite(value))
      fail(cell, fmt::format("{}: '{}' is not a number", column, text(cell)));
    return value;
  }
  int whole(std::size_t cell, const char* column) const {
    const double value = number(cell, column);
    if (value < 1 || value > 1e9 || value != std::floor(value))
      fail(cell, fmt::format("{}: '{}' is not a whole number of at least 1", column, text(cell)));
    return static_cast<int>(value);
  }

 private:
  std::string file_;
  int number_;
  std::vector<std::pair<std::string, std::size_t>> cells_;
};

using Columns = std::map<std::string, std::size_t>;

Columns read_header(const Line& line) {
  Columns columns;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (!columns.emplace(line.text(i), i).second)
      line.fail(i, fmt::format("column '{}' stands twice", line.text(i)));
  auto known = columns.count("experts") ? layer_columns : dense_columns;
  for (const auto& name : known)
    if (!columns.count(name)) {
      for (const auto& [have, at] : columns)
        if (name == "latency_ms" && have.rfind("latency", 0) == 0)
          line.fail(at,
                    fmt::format("'{}': latencies are read in milliseconds, in a column latency_ms", have));
      line.fail(0, fmt::format("column '{}' is missing", name));
    }
  known.push_back("power_w");
  for (const auto& [name, at] : columns)
    if (std::find(known.begin(), known.end(), name) == known.end())
      line.fail(at, fmt::format("unknown column '{}'{}", name, suggestion(name, known)));
  return columns;
}

std::string gpu_name(const Line& line, std::size_t cell) {
  static const auto known = catalog_names("hw/catalog");
  std::string name = line.text(cell);
  for (char& c : name)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (std::find(known.begin(), known.end(), name) == known.end())
    line.fail(cell, fmt::format("unknown GPU '{}'{}", line.text(cell), suggestion(name, known)));
  return name;
}

hw::gpu::Precision precision_of(const Line& line, std::size_t cell) {
  const auto& names = hw::gpu::precision_names();
  const auto at = std::find(names.begin(), names.end(), line.text(cell));
  if (at == names.end())
    line.fail(cell,
              fmt::format("unknown precision '{}'{}", line.text(cell), suggestion(line.text(cell), names)));
  return static_cast<hw::gpu::Precision>(at - names.begin());
}

void check_distribution(const Line& line, std::size_t cell) {
  const std::string& text = line.text(cell);
  char* end = nullptr;
  if (text == "balanced")
    return;
  if (text.rfind("power_law_", 0) == 0 && std::strtod(text.c_str() + 10, &end) > 0 && *end == 0)
    return;
  line.fail(cell, fmt::format("unknown distribution '{}', known: balanced, power_law_ALPHA", text));
}

GpuRow read_row(const Line& line, const Columns& columns) {
  const auto at = [&](const char* column) { return columns.find(column)->second; };
  const auto whole = [&](const char* column) { return line.whole(at(column), column); };
  GpuRow row;
  row.gpu = gpu_name(line, at("gpu"));
  row.engine = line.text(at("engine"));
  row.precision = precision_of(line, at("dtype"));
  if (columns.count("experts")) {
    row.model = line.text(at("model"));
    row.distribution = line.text(at("distribution"));
    check_distribution(line, at("distribution"));
    row.hidden = whole("hidden"), row.ffn = whole("intermediate"), row.top_k = whole("top_k");
    row.experts = whole("experts"), row.ranks = whole("ep"), row.tokens = whole("tokens");
    if (row.experts % row.ranks != 0)
      line.fail(at("ep"), "ep does not divide the experts");
    if (row.top_k > row.experts)
      line.fail(at("top_k"), "top_k is more than there are experts");
  } else {
    row.m = whole("m"), row.n = whole("n"), row.k = whole("k");
    row.tokens = row.m;
  }
  row.seconds = line.number(at("latency_ms"), "latency_ms") * 1e-3;
  if (row.seconds <= 0)
    line.fail(at("latency_ms"), fmt::format("latency_ms: {} is no time", line.text(at("latency_ms"))));
  const auto power = columns.find("power_w");
  if (power != columns.end() && !line.text(power->second).empty()) {
    row.watts = line.number(power->second, "power_w");
    if (row.watts <= 0)
      line.fail(power->second, fmt::format("power_w: {} is no power", line.text(power->second)));
    if (row.watts > 5000)
      line.fail(power->second, "power_w: more than 5 kW for one GPU, is it in milliwatts?");
  }
  return row;
}

/// A time that only another unit explains: far below what the chip's peaks allow, or a minute for one kernel.
void check_unit(const Line& line, const Columns& columns, const GpuRow& row) {
  const double operations = row.dense() ? 2.0 * row.m * row.n * row.k
                                        : 6.0 * row.tokens * row.top_k / row.ranks * row.hidden * row.ffn;
  const std::size_t cell = columns.find("latency_ms")->second;
  if (row.seconds < 1e-7 || operations / row.seconds > 1e17)
    line.fail(cell, "latency_ms: no GPU is this fast, is it in seconds?");
  if (row.seconds > 60)
    line.fail(cell, "latency_ms: more than a minute for one kernel, is it in microseconds?");
}

} // namespace

std::vector<GpuRow> read_gpu_rows(const std::string& file) {
  std::ifstream in(file);
  if (!in)
    throw InputError(fmt::format("{}: cannot be read", file));
  std::string text;
  std::unique_ptr<Columns> columns;
  std::vector<GpuRow> rows;
  for (int number = 1; std::getline(in, text); ++number) {
    if (text.empty() || text == "\r" || text[0] == '#')
      continue;
    const Line line(file, number, text);
    if (!columns) {
      columns = std::make_unique<Columns>(read_header(line));
      continue;
    }
    if (line.size() != columns->size())
      line.fail(0, fmt::format("{} cells where the header has {}", line.size(), columns->size()));
    rows.push_back(read_row(line, *columns));
    check_unit(line, *columns, rows.back());
  }
  if (!columns)
    throw InputError(fmt::format("{}: empty", file));
  if (rows.empty())
    throw InputError(fmt::format("{}: a header and no rows", file));
  return rows;
}

} // namespace moesaic::sim
