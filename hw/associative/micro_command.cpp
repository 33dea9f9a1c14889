// One command of a micro-instruction: TARGET[MASK] = TERM.
#include <map>

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

} // namespace

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

} // namespace moesaic::hw::associative
