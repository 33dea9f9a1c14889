#include "sim/machine/machine.hpp"

#include <optional>
#include <regex>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/override.hpp"
#include "hw/process_node.hpp"

namespace moesaic::sim {

results::RunRecord Machine::answer(const QueryTask&) const {
  throw InputError(name() + ": conjunctive queries are not supported on this machine");
}

results::RunRecord Machine::estimate(const MoeTask&) const {
  throw InputError(name() + ": an estimate without simulating is not supported on this machine");
}

AnswerRun Machine::prepare_answers(const QueryTask&) const {
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

/// The file of the machine as built, and what of it shrinks with the node. Throws InputError.
hw::Process process_of(const Document& built, const std::string& name) {
  const auto process = hw::read_process(built);
  if (!process)
    throw InputError(fmt::format("{}: {} has no key `technology` (its process node, and what shrinks with it): scaling it "
                                 "to another node is not supported", name, built.file()));
  return *process;
}

Document description_at(const Document& built, const std::string& name, double node) {
  make_machine(built); // reads its figures
  const std::string file = built.file();
  const std::size_t slash = file.find_last_of('/') + 1;
  return hw::at_node(built, hw::name_at(file.substr(slash, file.find_last_of('.') - slash), node), process_of(built, name),
                     node, built.figures(), hw::Technology::load());
}

} // namespace

std::string machine_file(const std::string& name_or_file) {
  return catalog_file("hw/catalog", count_of(hw::split_node(name_or_file).name).second, "machine");
}

Document machine_description(const std::string& name_or_file) {
  const auto [built_name, node] = hw::split_node(name_or_file);
  const auto count = count_of(built_name).first;
  Document description = Document::load(machine_file(name_or_file));
  if (node)
    description = description_at(description, name_or_file, *node);
  if (!count)
    return description;
  if (description.root().at("kind").text() != "gpu")
    throw InputError(name_or_file +
                     ": a number before the name asks for a group in expert parallelism, which only "
                     "GPUs form; other machines take as many chips as the layer needs");
  return with_overrides(description, {{"ranks", std::to_string(*count)}}, name_or_file);
}

std::string node_note(const std::string& name_or_file) {
  const auto node = hw::split_node(name_or_file).node;
  if (!node)
    return "";
  return hw::note_of(process_of(Document::load(machine_file(name_or_file)), name_or_file), *node);
}

std::unique_ptr<Machine> make_machine(const std::string& name_or_file) {
  return make_machine(machine_description(name_or_file));
}

} // namespace moesaic::sim
