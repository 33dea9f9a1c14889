// Splits one line of a micro-program into words and signs, each with its column.
#pragma once

#include <sstream>
#include <string>
#include <utility>
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

/// The lines of a program's text, one at a time: what the parsers of both languages stand on. Throws InputError with file,
/// line and column.
class ProgramLines {
 public:
  ProgramLines(const std::string& text, std::string file) : in_(text), file_(std::move(file)) {}

 protected:
  LineReader& line() { return line_; }
  Place here() const { return {file_, number_, 1}; } ///< the start of this line
  const std::string& file() const { return file_; }
  bool next();                    ///< goes to the next line that holds anything
  void require(const char* what); ///< the same, or an error that says what was expected
  void finish();                  ///< an error where this line goes on
  std::string title() const;      ///< what stands behind this line's colon

 private:
  std::istringstream in_;
  std::string file_, text_;
  int number_ = 0;
  LineReader line_{std::vector<Token>{Token{}}};
};

/// Reads one command. Throws InputError.
CommandSyntax parse_command(LineReader& line);

} // namespace moesaic::hw::associative
