#include <sstream>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/micro_scanner.hpp"

namespace moesaic::hw::associative {

namespace {

const std::map<std::string, Source>& sources() {
  static const std::map<std::string, Source> known = {
      {"RL", Source::rl},    {"NRL", Source::north}, {"SRL", Source::south}, {"WRL", Source::west},
      {"ERL", Source::east}, {"GL", Source::gl},     {"GGL", Source::ggl},   {"RSP16", Source::or_tree}};
  return known;
}

bool is_source(const Token& token) {
  return sources().count(token.text) || token.text == "0" || token.text == "1";
}

void take_source(LineReader& line, CommandSyntax& command, bool inverted) {
  const Token token = line.take();
  if (command.source != Source::none)
    fail_at(token.place, "a command has one source, this is its second");
  if (token.text == "0" || token.text == "1")
    command.source = token.text == "0" ? Source::zero : Source::one;
  else
    command.source = sources().at(token.text);
  command.inverted = inverted;
}

// term := item { op item }, an item being a vector or a source, each possibly complemented. Vectors come
// first.
void parse_term(LineReader& line, CommandSyntax& command) {
  for (bool first = true;; first = false) {
    if (!first) {
      const std::string sign = line.peek().text;
      if (sign != "&" && sign != "|" && sign != "^")
        return;
      const Token op = line.take();
      command.combine = sign == "&" ? Assign::and_ : sign == "|" ? Assign::or_ : Assign::xor_;
      const bool before_source = line.peek().text == "~" || is_source(line.peek());
      if (sign != "&" && !before_source)
        fail_at(op.place, "vectors are only ANDed; '|' and '^' stand before a source (RL, NRL, GL, ...)");
    }
    const bool complemented = line.accept("~");
    if (is_source(line.peek())) {
      take_source(line, command, complemented);
      continue;
    }
    const Place place = line.peek().place;
    if (command.source != Source::none)
      fail_at(place, "vectors stand before the source");
    command.factors.push_back({place, line.name("a vector or a source"), complemented});
  }
}

CommandSyntax parse_command(LineReader& line) {
  CommandSyntax command;
  command.place = line.peek().place;
  command.target = line.name("a vector, RL or a line");
  if (line.accept("[")) {
    command.masked = true;
    command.mask = line.expression();
    line.expect("]");
  }
  const Token sign = line.take();
  if (sign.text == "=")
    command.assign = Assign::set;
  else if (sign.text == "&=")
    command.assign = Assign::and_;
  else if (sign.text == "|=")
    command.assign = Assign::or_;
  else if (sign.text == "^=")
    command.assign = Assign::xor_;
  else
    fail_at(sign.place, fmt::format("expected =, &=, |= or ^=, found '{}'", sign.text));
  // The levels of the OR tree are fed from one another; their names are sources here only.
  static const std::map<std::string, bool> levels = {{"RSP256", true}, {"RSP2K", true}, {"RSP32K", true}};
  if (levels.count(line.peek().text)) {
    command.factors.push_back({line.peek().place, line.take().text, false});
    return command;
  }
  parse_term(line, command);
  return command;
}

class Parser {
 public:
  Parser(const std::string& text, std::string file) : in_(text), file_(std::move(file)) {}

  std::vector<MicroProgram> programs() {
    std::vector<MicroProgram> all;
    while (next()) {
      const Place place = line().peek().place;
      if (!line().accept("operation"))
        fail_at(place, fmt::format("expected 'operation NAME', found '{}'", line().peek().text));
      all.push_back(program());
    }
    if (all.empty())
      fail_at({file_, 1, 1}, "no micro-program stands here");
    return all;
  }

 private:
  LineReader& line() { return *line_; }

  /// The next line that holds anything.
  bool next() {
    std::string text;
    while (std::getline(in_, text)) {
      ++number_;
      text_ = text;
      line_ = std::make_unique<LineReader>(scan_line(text, {file_, number_, 1}));
      if (!line().done())
        return true;
    }
    return false;
  }

  MicroProgram program() {
    MicroProgram program;
    program.file = file_;
    program.name = line().name("the operation's name");
    if (line().accept(":"))
      program.title = text_.substr(text_.find(':') + 1);
    while (program.title.size() && program.title[0] == ' ')
      program.title.erase(0, 1);
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

  void require(const char* what) {
    if (!next())
      fail_at({file_, number_, 1}, fmt::format("the file ends where {} was expected", what));
  }

  std::vector<MicroStatement> block(int depth) {
    std::vector<MicroStatement> body;
    if (depth > 8)
      fail_at({file_, number_, 1}, "repeats nested deeper than 8");
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
    } else if (line().accept("call")) {
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

  void finish() {
    if (!line().done())
      fail_at(line().peek().place, fmt::format("unexpected '{}'", line().peek().text));
  }

  std::istringstream in_;
  std::string file_, text_;
  int number_ = 0;
  std::unique_ptr<LineReader> line_;
};

} // namespace

std::vector<MicroProgram> parse_micro_programs(const std::string& text, const std::string& file) {
  return Parser(text, file).programs();
}

} // namespace moesaic::hw::associative
