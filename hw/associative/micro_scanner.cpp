#include "hw/associative/micro_scanner.hpp"

#include <cctype>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::hw::associative {

void fail_at(const Place& place, const std::string& message) {
  throw InputError(fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, message));
}

namespace {

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

std::size_t token_length(const std::string& line, std::size_t at) {
  if (word_character(line[at])) {
    std::size_t end = at;
    while (end < line.size() && word_character(line[end]))
      ++end;
    return end - at;
  }
  for (const char* sign : {"<<", ">>", "^=", "|=", "&="})
    if (line.compare(at, 2, sign) == 0)
      return 2;
  return 1;
}

} // namespace

std::vector<Token> scan_line(const std::string& line, const Place& start) {
  static const std::string signs = "[]()=~&|^<>+-*;,:";
  std::vector<Token> tokens;
  std::size_t at = 0;
  const auto place = [&] { return Place{start.file, start.line, static_cast<int>(at) + 1}; };
  while (at < line.size() && line[at] != '#') {
    if (std::isspace(static_cast<unsigned char>(line[at]))) {
      ++at;
      continue;
    }
    if (!word_character(line[at]) && signs.find(line[at]) == std::string::npos)
      fail_at(place(), fmt::format("unexpected character '{}'", line[at]));
    const std::size_t length = token_length(line, at);
    tokens.push_back({line.substr(at, length), place()});
    at += length;
  }
  tokens.push_back({"", place()});
  return tokens;
}

Token LineReader::take() {
  Token token = tokens_[next_];
  if (!token.text.empty())
    ++next_;
  return token;
}

bool LineReader::accept(const std::string& text) {
  if (peek().text != text)
    return false;
  take();
  return true;
}

void LineReader::expect(const std::string& text) {
  if (!accept(text))
    fail_at(peek().place,
            fmt::format("expected '{}', found '{}'", text, done() ? "end of line" : peek().text));
}

std::string LineReader::name(const std::string& what) {
  const Token token = take();
  if (token.text.empty() || std::isdigit(static_cast<unsigned char>(token.text[0])) ||
      !word_character(token.text[0]))
    fail_at(token.place, fmt::format("expected {}, found '{}'", what, token.text));
  return token.text;
}

Expression LineReader::unary() {
  Expression e;
  e.place = peek().place;
  if (accept("~")) {
    e.op = "~";
    e.operands.push_back(unary());
    return e;
  }
  if (accept("-")) {
    e.op = "-";
    e.operands = {Expression{}, unary()};
    e.operands[0].op = "number";
    return e;
  }
  if (accept("(")) {
    e = expression();
    expect(")");
    return e;
  }
  const Token token = take();
  if (!token.text.empty() && std::isdigit(static_cast<unsigned char>(token.text[0]))) {
    std::size_t used = 0;
    try {
      e.number = std::stoll(token.text, &used, 0);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used != token.text.size())
      fail_at(token.place, fmt::format("'{}' is no number", token.text));
    e.op = "number";
    return e;
  }
  if (token.text.empty() || !word_character(token.text[0]))
    fail_at(token.place, fmt::format("expected a number or a name, found '{}'", token.text));
  e.op = "name";
  e.name = token.text;
  if (accept("(")) {
    e.op = "function";
    do
      e.operands.push_back(expression());
    while (accept(","));
    expect(")");
  }
  return e;
}

Expression LineReader::sum_level() {
  Expression left = unary();
  while (peek().text == "+" || peek().text == "-" || peek().text == "*") {
    Expression whole;
    whole.place = peek().place;
    whole.op = take().text;
    whole.operands = {left, unary()};
    left = whole;
  }
  return left;
}

Expression LineReader::shift_level() {
  Expression left = sum_level();
  while (peek().text == "<<" || peek().text == ">>") {
    Expression whole;
    whole.place = peek().place;
    whole.op = take().text;
    whole.operands = {left, sum_level()};
    left = whole;
  }
  return left;
}

Expression LineReader::expression() {
  Expression left = shift_level();
  while (peek().text == "&" || peek().text == "|") {
    Expression whole;
    whole.place = peek().place;
    whole.op = take().text;
    whole.operands = {left, shift_level()};
    left = whole;
  }
  return left;
}

bool ProgramLines::next() {
  while (std::getline(in_, text_)) {
    line_ = LineReader(scan_line(text_, {file_, ++number_, 1}));
    if (!line_.done())
      return true;
  }
  return false;
}

void ProgramLines::require(const char* what) {
  if (!next())
    fail_at(here(), fmt::format("the file ends where {} was expected", what));
}

void ProgramLines::finish() {
  if (!line_.done())
    fail_at(line_.peek().place, fmt::format("unexpected '{}'", line_.peek().text));
}

std::string ProgramLines::title() const {
  const std::size_t from = text_.find_first_not_of(' ', text_.find(':') + 1);
  return from == std::string::npos ? "" : text_.substr(from);
}

} // namespace moesaic::hw::associative
