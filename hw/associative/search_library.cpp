// Operations of bit-serial arrays with their operands bound: a plain list of steps.
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/search_program.hpp"

namespace moesaic::hw::associative {

namespace {

using Kind = SearchStep::Kind;
using Statement = SearchProgram::Statement;

constexpr std::size_t longest_program = 100000; // steps; a longer one is a mistake

class Expander {
 public:
  Expander(const SearchProgram& program, const std::vector<int>& rows, const std::vector<std::int64_t>& immediates,
           int bits, int first_flag)
      : bits_(bits) {
    if (rows.size() != program.vectors() || immediates.size() != program.immediates.size())
      throw InputError(fmt::format("{} takes {} vectors and {} immediate values, was given {} and {}", program.name,
                                   program.vectors(), program.immediates.size(), rows.size(), immediates.size()));
    auto row = rows.begin();
    for (const auto* names : {&program.changes, &program.writes, &program.reads})
      for (const auto& name : *names)
        rows_[name] = *row++;
    for (const auto& name : program.flags)
      flags_[name] = first_flag++;
    for (std::size_t i = 0; i < immediates.size(); ++i)
      values_[program.immediates[i]] = immediates[i];
    values_["n"] = bits;
  }

  void run(const std::vector<Statement>& body) {
    for (const auto& s : body) {
      if (!s.repeat) {
        step(s);
        continue;
      }
      const std::int64_t from = evaluate(s.values[0], values_), to = evaluate(s.values[1], values_);
      for (std::int64_t i = from; i <= to; ++i) {
        values_[s.name] = i;
        run(s.body);
      }
      values_.erase(s.name);
    }
  }

  std::vector<SearchStep> steps;

 private:
  void step(const Statement& s) {
    SearchStep step;
    step.kind = s.kind;
    if (!s.values.empty())
      step.bit = bit(s.place, s.values[0]);
    for (const auto& c : s.cells)
      step.cells.push_back(cell(c, s.kind < Kind::gather || s.kind == Kind::count));
    bool wide = false;
    for (const auto& c : step.cells)
      wide |= c.bit == SearchStep::every_bit;
    if (s.kind == Kind::search)
      wide_ = wide, gathered_ = false;
    if (s.kind == Kind::gather)
      gathered_ = true;
    if ((s.kind == Kind::more || s.kind == Kind::also) && wide != wide_)
      fail_at(s.place, "a search of one bit does not join one of all bits");
    if (s.kind >= Kind::count && wide)
      fail_at(s.place, "one bit at a time: every register wants an index");
    if (s.kind == Kind::update && !wide && wide_ && !gathered_)
      fail_at(s.place, "one row is updated by a single row of tags: gather the tags of the subarrays first");
    steps.push_back(std::move(step));
    if (steps.size() > longest_program)
      fail_at(s.place, fmt::format("the operation is longer than {} steps", longest_program));
  }

  int bit(const Place& place, const Expression& e) const {
    const std::int64_t value = evaluate(e, values_);
    if (value < 0 || value >= bits_)
      fail_at(place, fmt::format("there is no bit {}: numbers have {}", value, bits_));
    return static_cast<int>(value);
  }

  SearchStep::Cell cell(const Statement::Cell& c, bool with_value) const {
    SearchStep::Cell cell;
    const auto row = rows_.find(c.name), flag = flags_.find(c.name);
    if (row != rows_.end()) {
      cell.row = row->second;
      if (c.indexed)
        cell.bit = bit(c.place, c.bit);
    } else if (flag != flags_.end()) {
      cell.row = flag->second;
      cell.bit = 0;
    } else {
      fail_at(c.place, fmt::format("unknown register '{}'", c.name));
    }
    if (with_value)
      cell.value = evaluate(c.value, values_) != 0;
    return cell;
  }

  std::map<std::string, int> rows_, flags_;
  std::map<std::string, std::int64_t> values_;
  int bits_;
  bool wide_ = false, gathered_ = false;
};

} // namespace

SearchLibrary::SearchLibrary(const std::string& file) {
  std::ifstream in(file);
  if (!in)
    throw InputError(fmt::format("{}: cannot be read", file));
  std::stringstream text;
  text << in.rdbuf();
  *this = SearchLibrary(text.str(), file);
}

SearchLibrary::SearchLibrary(const std::string& text, const std::string& name) {
  for (auto& program : parse_search_programs(text, name)) {
    const std::string operation = program.name;
    if (!programs_.emplace(operation, std::move(program)).second)
      fail_at({name, 1, 1}, fmt::format("operation '{}' stands twice", operation));
  }
}

const SearchProgram* SearchLibrary::find(const std::string& name) const {
  const auto found = programs_.find(name);
  return found == programs_.end() ? nullptr : &found->second;
}

std::vector<std::string> SearchLibrary::names() const {
  std::vector<std::string> names;
  for (const auto& program : programs_)
    names.push_back(program.first);
  return names;
}

std::vector<SearchStep> SearchLibrary::expand(const SearchProgram& program, const std::vector<int>& rows,
                                              const std::vector<std::int64_t>& immediates, int bits, int first_flag) {
  Expander expander(program, rows, immediates, bits, first_flag);
  expander.run(program.body);
  return std::move(expander.steps);
}

} // namespace moesaic::hw::associative
