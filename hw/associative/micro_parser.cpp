#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/micro_scanner.hpp"

namespace moesaic::hw::associative {

namespace {

class Parser : ProgramLines {
 public:
  using ProgramLines::ProgramLines;

  std::vector<MicroProgram> programs() {
    std::vector<MicroProgram> all;
    while (next()) {
      const Place place = line().peek().place;
      if (!line().accept("operation"))
        fail_at(place, fmt::format("expected 'operation NAME', found '{}'", line().peek().text));
      all.push_back(program());
    }
    if (all.empty())
      fail_at({file(), 1, 1}, "no micro-program stands here");
    return all;
  }

 private:
  MicroProgram program() {
    MicroProgram program;
    program.file = file();
    program.name = line().name("the operation's name");
    if (line().accept(":"))
      program.title = title();
    while (require("'begin'"), !line().accept("begin")) {
      std::vector<std::string>* list = line().accept("writes")        ? &program.writes
                                       : line().accept("reads")       ? &program.reads
                                       : line().accept("temporaries") ? &program.temporaries
                                       : line().accept("immediates")  ? &program.immediates
                                                                      : nullptr;
      if (!list)
        fail_at(line().peek().place, "expected writes, reads, temporaries, immediates or begin");
      while (!line().done())
        list->push_back(line().name("a name"));
    }
    program.body = block(0);
    return program;
  }

  std::vector<MicroStatement> block(int depth) {
    std::vector<MicroStatement> body;
    if (depth > 8)
      fail_at(here(), "repeats nested deeper than 8");
    while (require("'end'"), !line().accept("end"))
      body.push_back(statement(depth));
    return body;
  }

  MicroStatement statement(int depth) {
    MicroStatement s;
    s.place = line().peek().place;
    if (line().accept("repeat")) {
      s.kind = MicroStatement::Kind::repeat;
      s.name = line().name("the loop's variable");
      line().expect("=");
      s.values.push_back(line().expression());
      line().expect("to");
      s.values.push_back(line().expression());
      if (line().accept("step"))
        s.values.push_back(line().expression());
      finish();
      s.body = block(depth + 1);
      return s;
    }
    if (line().accept("set")) {
      s.kind = MicroStatement::Kind::set;
      s.name = line().name("a mask's name");
      line().expect("=");
      s.values.push_back(line().expression());
    } else if (line().accept("call") || (s.inlined = line().accept("inline"))) {
      parse_call(s);
    } else {
      do {
        s.commands.push_back(parse_command(line()));
      } while (line().accept(";"));
    }
    finish();
    return s;
  }

  void parse_call(MicroStatement& s) {
    s.kind = MicroStatement::Kind::call;
    s.name = line().name("the operation's name");
    line().expect("(");
    while (!line().accept(")")) {
      s.vectors.push_back(line().name("a vector"));
      line().accept(",");
      if (line().accept(";")) {
        while (!line().accept(")")) {
          s.values.push_back(line().expression());
          line().accept(",");
        }
        return;
      }
    }
  }
};

} // namespace

std::vector<MicroProgram> parse_micro_programs(const std::string& text, const std::string& file) {
  return Parser(text, file).programs();
}

} // namespace moesaic::hw::associative
