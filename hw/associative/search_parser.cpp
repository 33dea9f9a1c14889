#include <sstream>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/micro_scanner.hpp"
#include "hw/associative/search_program.hpp"

namespace moesaic::hw::associative {

namespace {

using Statement = SearchProgram::Statement;
using Kind = SearchStep::Kind;

const std::vector<std::pair<std::string, Kind>>& step_names() {
  static const std::vector<std::pair<std::string, Kind>> names = {
      {"search", Kind::search}, {"more", Kind::more},   {"also", Kind::also}, {"update", Kind::update}, {"all", Kind::all},
      {"gather", Kind::gather}, {"count", Kind::count}, {"sum", Kind::sum},   {"copy", Kind::copy},     {"carry", Kind::carry}, {"reset", Kind::reset}};
  return names;
}

class Parser {
 public:
  Parser(const std::string& text, std::string file) : in_(text), file_(std::move(file)) {}

  std::vector<SearchProgram> programs() {
    std::vector<SearchProgram> all;
    while (next()) {
      if (!line_.accept("operation"))
        fail_at(line_.peek().place, fmt::format("expected 'operation NAME', found '{}'", line_.peek().text));
      all.push_back(program());
    }
    return all;
  }

 private:
  bool next() {
    while (std::getline(in_, text_)) {
      line_ = LineReader(scan_line(text_, {file_, ++number_, 1}));
      if (!line_.done())
        return true;
    }
    return false;
  }

  void require(const char* what) {
    if (!next())
      fail_at({file_, number_, 1}, fmt::format("the file ends where {} was expected", what));
  }

  SearchProgram program() {
    SearchProgram p;
    p.name = line_.name("the operation's name");
    if (line_.accept(":"))
      p.title = text_.substr(text_.find(':') + 2);
    while (require("'begin'"), !line_.accept("begin")) {
      std::vector<std::string>* list = line_.accept("changes")      ? &p.changes
                                       : line_.accept("writes")     ? &p.writes
                                       : line_.accept("reads")      ? &p.reads
                                       : line_.accept("flags")      ? &p.flags
                                       : line_.accept("immediates") ? &p.immediates
                                                                    : nullptr;
      if (!list)
        fail_at(line_.peek().place, "expected changes, writes, reads, flags, immediates or begin");
      while (!line_.done())
        list->push_back(line_.name("a name"));
    }
    p.body = block(0);
    return p;
  }

  std::vector<Statement> block(int depth) {
    if (depth > 8)
      fail_at({file_, number_, 1}, "repeats nested deeper than 8");
    std::vector<Statement> body;
    while (require("'end'"), !line_.accept("end"))
      body.push_back(statement(depth));
    return body;
  }

  Statement statement(int depth) {
    Statement s;
    s.place = line_.peek().place;
    if (line_.accept("repeat")) {
      s.repeat = true;
      s.name = line_.name("the loop's variable");
      line_.expect("=");
      s.values.push_back(line_.expression());
      line_.expect("to");
      s.values.push_back(line_.expression());
      finish();
      s.body = block(depth + 1);
      return s;
    }
    const std::string word = line_.take().text;
    std::vector<std::string> known = {"repeat"};
    bool found = false;
    for (const auto& [name, kind] : step_names()) {
      known.push_back(name);
      if (name == word)
        s.kind = kind, found = true;
    }
    if (!found)
      fail_at(s.place, fmt::format("unknown step '{}'{}", word, suggestion(word, known)));
    if (s.kind == Kind::gather || s.kind == Kind::count)
      s.values.push_back(line_.expression());
    while (!line_.done())
      s.cells.push_back(cell(s.kind < Kind::gather || s.kind == Kind::count));
    const std::size_t wanted = s.kind == Kind::sum ? 3 : s.kind == Kind::copy ? 2 : s.kind == Kind::carry ? 1 : 0;
    if (wanted && s.cells.size() != wanted)
      fail_at(s.place, fmt::format("{} takes {} cells", word, wanted));
    if (s.kind < Kind::update && s.cells.size() > 4)
      fail_at(s.cells[4].place, "a search compares at most four rows");
    return s;
  }

  Statement::Cell cell(bool with_value) {
    Statement::Cell c;
    c.place = line_.peek().place;
    c.name = line_.name("a register or a flag");
    if ((c.indexed = line_.accept("["))) {
      c.bit = line_.expression();
      line_.expect("]");
    }
    if (with_value) {
      line_.expect("=");
      c.value = line_.expression();
    }
    return c;
  }

  void finish() {
    if (!line_.done())
      fail_at(line_.peek().place, fmt::format("unexpected '{}'", line_.peek().text));
  }

  std::istringstream in_;
  std::string file_, text_;
  int number_ = 0;
  LineReader line_{std::vector<Token>{Token{}}};
};

} // namespace

std::vector<SearchProgram> parse_search_programs(const std::string& text, const std::string& file) {
  return Parser(text, file).programs();
}

} // namespace moesaic::hw::associative
