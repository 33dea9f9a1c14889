// The tables that have several rows a point. Points share their texts: a record's words are looked up once, however many
// points are like it, and only numbers are gathered row by row.
#include <array>
#include <unordered_map>

#include "sim/sweep/collection.hpp"

namespace moesaic::sim::sweep {

namespace {

using results::RunRecord;

/// Columns of words that are filled row by row.
template <std::size_t count> class WordColumns {
 public:
  using Row = std::array<std::uint32_t, count>; ///< the words' numbers

  Row row_of(const std::array<std::string, count>& words) {
    Row row{};
    for (std::size_t i = 0; i < count; ++i)
      row[i] = columns_[i].number_of(words[i]);
    return row;
  }
  void push(const Row& row) {
    for (std::size_t i = 0; i < count; ++i)
      columns_[i].push_number(row[i]);
  }
  void reserve(std::size_t rows) {
    for (Words& column : columns_)
      column.reserve(rows);
  }
  Words& operator[](std::size_t i) { return columns_[i]; }

 private:
  std::array<Words, count> columns_;
};

/// The rows of words of a record, made once.
template <class Row> using RowsOf = std::unordered_map<const RunRecord*, std::vector<Row>>;

template <class Row, class Lines, class Make>
const std::vector<Row>& rows_of(RowsOf<Row>& known, const RunRecord& record, const Lines& lines, Make make) {
  const auto [at, fresh] = known.try_emplace(&record);
  if (fresh)
    for (const auto& line : lines)
      at->second.push_back(make(line));
  return at->second;
}

/// How many rows `lines` (a list of the record) gives over all points.
template <class Lines> std::size_t count_rows(const std::vector<CollectedPoint>& points, Lines RunRecord::*lines) {
  std::size_t rows = 0;
  for (const CollectedPoint& point : points)
    if (point.result->has_result())
      rows += (point.result->like().*lines).size();
  return rows;
}

template <class... Columns> void reserve(std::size_t rows, Columns&... columns) {
  (columns.reserve(rows), ...);
}

template <class Cells> void add(Columns& columns, const char* name, Cells& cells) {
  columns.push_back({name, std::move(cells)});
}

} // namespace

Columns energy_table(const Plan& plan, const std::vector<CollectedPoint>& points) {
  constexpr double picojoules = 1e12;
  std::vector<std::uint64_t> point, count;
  std::vector<double> nominal, low, high;
  Words machine;
  WordColumns<5> words;
  reserve(count_rows(points, &RunRecord::energy), point, count, nominal, low, high, machine, words);
  RowsOf<decltype(words)::Row> known;
  for (const CollectedPoint& collected : points) {
    const FinishedPoint& result = *collected.result;
    if (!result.has_result())
      continue;
    const auto& rows = rows_of(known, result.like(), result.like().energy, [&](const results::EnergyLine& line) {
      return words.row_of({line.component, line.action, line.kind, line.figure, line.source});
    });
    const auto name = machine.number_of(plan.inputs.machines[plan.points[collected.index].machine].name);
    for (std::size_t line = 0; line < rows.size(); ++line) {
      const results::Interval joules = result.joules(line);
      point.push_back(collected.index), count.push_back(result.count(line));
      machine.push_number(name), words.push(rows[line]);
      nominal.push_back(joules.nominal * picojoules);
      low.push_back(joules.low * picojoules), high.push_back(joules.high * picojoules);
    }
  }
  Columns columns;
  add(columns, "point", point), add(columns, "machine", machine), add(columns, "component", words[0]);
  add(columns, "action", words[1]), add(columns, "kind", words[2]), add(columns, "count", count);
  add(columns, "energy_pJ", nominal), add(columns, "low_pJ", low), add(columns, "high_pJ", high);
  add(columns, "figure", words[3]), add(columns, "source", words[4]);
  return columns;
}

Columns statistics_table(const std::vector<CollectedPoint>& points) {
  std::vector<std::uint64_t> point;
  std::vector<double> value;
  WordColumns<3> words;
  reserve(count_rows(points, &RunRecord::statistics), point, value, words);
  RowsOf<decltype(words)::Row> known;
  for (const CollectedPoint& collected : points) {
    const FinishedPoint& result = *collected.result;
    if (!result.has_result())
      continue;
    const auto& rows = rows_of(known, result.like(), result.like().statistics, [&](const results::Statistic& line) {
      return words.row_of({line.name, line.unit, line.scope});
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      point.push_back(collected.index), value.push_back(result.statistic(i));
      words.push(rows[i]);
    }
  }
  Columns columns;
  add(columns, "point", point), add(columns, "name", words[0]), add(columns, "unit", words[1]);
  add(columns, "scope", words[2]), add(columns, "value", value);
  return columns;
}

} // namespace moesaic::sim::sweep
