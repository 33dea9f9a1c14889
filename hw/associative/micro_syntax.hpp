// The parsed form of micro-programs, private to the parser and the expander.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hw/associative/micro_program.hpp"

namespace moesaic::hw::associative {

/// Where something stands in a file.
struct Place {
  std::string file;
  int line = 0, column = 0;
};

[[noreturn]] void fail_at(const Place& place, const std::string& message);

/// An integer expression over names: a number, a name, a function of its operands, or an operator with them ("~" has one).
struct Expression {
  Place place;
  std::string op; ///< "number", "name", "function", "~", "+", "-", "*", "<<", ">>", "&", "|"
  std::int64_t number = 0;
  std::string name;
  std::vector<Expression> operands;
};

/// `table` is what `entry` reads. Throws InputError at the expression's place for an unknown name or function, a shift by a
/// wrong number, or the logarithm of what is no power of two.
std::int64_t evaluate(const Expression& e, const std::map<std::string, std::int64_t>& names,
                      const std::vector<std::uint16_t>& table = {});

struct Factor {
  Place place;
  std::string vector;
  bool complemented = false;
};

struct CommandSyntax {
  Place place;
  std::string target; ///< a vector, "RL", or a line
  bool masked = false;
  Expression mask;
  Assign assign = Assign::set;
  std::vector<Factor> factors;
  Source source = Source::none;
  bool inverted = false;
  Assign combine = Assign::and_;
};

struct MicroStatement {
  enum class Kind { instruction, repeat, set, call } kind = Kind::instruction;
  Place place;
  std::vector<CommandSyntax> commands; // instruction
  std::string name;                    // repeat: its variable; set: the mask; call: the program
  std::vector<Expression> values;      // repeat: from, to, step; set: the value; call: immediates
  std::vector<std::string> vectors;    // call
  bool inlined = false;                // call: the program's text stands here, its operands are the caller's registers
  std::vector<MicroStatement> body;    // repeat
};

/// Parses one text; several programs may stand in it. Throws InputError.
std::vector<MicroProgram> parse_micro_programs(const std::string& text, const std::string& file);

} // namespace moesaic::hw::associative
