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

class Parser : ProgramLines {
 public:
  using ProgramLines::ProgramLines;

  std::vector<SearchProgram> programs() {
    std::vector<SearchProgram> all;
    while (next()) {
      if (!line().accept("operation"))
        fail_at(line().peek().place, fmt::format("expected 'operation NAME', found '{}'", line().peek().text));
      all.push_back(program());
    }
    return all;
  }

 private:
  SearchProgram program() {
    SearchProgram p;
    p.name = line().name("the operation's name");
    if (line().accept(":"))
      p.title = title();
    while (require("'begin'"), !line().accept("begin")) {
      std::vector<std::string>* list = line().accept("changes")      ? &p.changes
                                       : line().accept("writes")     ? &p.writes
                                       : line().accept("reads")      ? &p.reads
                                       : line().accept("flags")      ? &p.flags
                                       : line().accept("immediates") ? &p.immediates
                                                                    : nullptr;
      if (!list)
        fail_at(line().peek().place, "expected changes, writes, reads, flags, immediates or begin");
      while (!line().done())
        list->push_back(line().name("a name"));
    }
    p.body = block(0);
    return p;
  }

  std::vector<Statement> block(int depth) {
    if (depth > 8)
      fail_at(here(), "repeats nested deeper than 8");
    std::vector<Statement> body;
    while (require("'end'"), !line().accept("end"))
      body.push_back(statement(depth));
    return body;
  }

  Statement statement(int depth) {
    Statement s;
    s.place = line().peek().place;
    if (line().accept("repeat")) {
      s.repeat = true;
      s.name = line().name("the loop's variable");
      line().expect("=");
      s.values.push_back(line().expression());
      line().expect("to");
      s.values.push_back(line().expression());
      finish();
      s.body = block(depth + 1);
      return s;
    }
    const std::string word = line().take().text;
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
      s.values.push_back(line().expression());
    while (!line().done())
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
    c.place = line().peek().place;
    c.name = line().name("a register or a flag");
    if ((c.indexed = line().accept("["))) {
      c.bit = line().expression();
      line().expect("]");
    }
    if (with_value) {
      line().expect("=");
      c.value = line().expression();
    }
    return c;
  }
};

} // namespace

std::vector<SearchProgram> parse_search_programs(const std::string& text, const std::string& file) {
  return Parser(text, file).programs();
}

} // namespace moesaic::hw::associative
