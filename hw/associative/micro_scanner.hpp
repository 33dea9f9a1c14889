// Splits one line of a micro-program into words and signs, each with its column.
#pragma once

#include <string>
#include <vector>

#include "hw/associative/micro_syntax.hpp"

namespace moesaic::hw::associative {

struct Token {
  std::string text; ///< empty at the end of the line
  Place place;
};

/// Words, numbers and signs of a line up to a comment; one empty token at its end. Throws InputError.
std::vector<Token> scan_line(const std::string& line, const Place& start);

/// A cursor over the tokens of one line.
class LineReader {
 public:
  explicit LineReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  const Token& peek() const { return tokens_[next_]; }
  bool done() const { return peek().text.empty(); }
  Token take();
  /// Takes the token if it is `text`.
  bool accept(const std::string& text);
  void expect(const std::string& text);
  /// A name, or an error that says what was expected.
  std::string name(const std::string& what);
  Expression expression();

 private:
  Expression unary();
  Expression shift_level();
  Expression sum_level();
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

/// Reads one command. Throws InputError.
CommandSyntax parse_command(LineReader& line);

} // namespace moesaic::hw::associative
