#include "sim/machine/machine.hpp"

#include <optional>
#include <regex>

#include "description/error.hpp"
#include "description/override.hpp"

namespace moesaic::sim {

results::RunRecord Machine::answer(const QueryTask&) const {
  throw InputError(name() + ": conjunctive queries are not supported on this machine");
}

AnswerCheck Machine::check_answers(const QueryTask&) const {
  throw InputError(name() + ": conjunctive queries are not supported on this machine");
}

std::unique_ptr<Machine> make_machine(const Document& description) {
  switch (description.root().at("kind").choice({"neuromorphic", "associative", "gpu", "cpu"})) {
  case 0:
    return make_neuromorphic_machine(description);
  case 1:
    return make_associative_machine(description);
  case 2:
    return make_gpu_machine(description);
  default:
    return make_cpu_machine(description);
  }
}

namespace {

/// "8xh100" in two: how many (none where no number stands before), and of what.
std::pair<std::optional<int>, std::string> count_of(const std::string& name) {
  static const std::regex several("([0-9]{1,4})x(.+)");
  std::smatch parts;
  if (!std::regex_match(name, parts, several))
    return {std::nullopt, name};
  return {std::stoi(parts[1]), parts[2].str()};
}

} // namespace

std::string machine_file(const std::string& name_or_file) {
  return catalog_file("hw/catalog", count_of(name_or_file).second, "machine");
}

std::unique_ptr<Machine> make_machine(const std::string& name_or_file) {
  const auto count = count_of(name_or_file).first;
  const Document description = Document::load(machine_file(name_or_file));
  if (!count)
    return make_machine(description);
  if (description.root().at("kind").text() != "gpu")
    throw InputError(name_or_file +
                     ": a number before the name asks for a group in expert parallelism, which only "
                     "GPUs form; other machines take as many chips as the layer needs");
  return make_machine(with_overrides(description, {{"ranks", std::to_string(*count)}}, name_or_file));
}

} // namespace moesaic::sim
