#include "mappings/associative/program_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "description/unit.hpp"

namespace moesaic::mappings::associative {

namespace {

constexpr std::int64_t most_turns = 1000000000000; // of one loop; more is a loop without end

/// "file:line:column: path" of a node.
std::string place_of(const Node& node) {
  try {
    node.fail("");
  } catch (const InputError& e) {
    std::string place = e.what();
    return place.substr(0, place.size() - 2);
  }
}

std::int64_t bytes_of(const Node& node) {
  Quantity quantity;
  try {
    quantity = parse_quantity(node.text());
  } catch (const InputError& e) {
    node.fail(e.what());
  }
  if (quantity.dimension != dimension::data || !(quantity.value >= 0) || quantity.value > 1e15)
    node.fail(fmt::format("expected a size (for example 64 KiB), found '{}'", node.text()));
  return static_cast<std::int64_t>(quantity.value);
}

class Reader {
 public:
  void steps(const Node& list, std::vector<Step>& out) {
    for (const auto& item : list.items())
      out.push_back(step(item));
  }

 private:
  int depth_of(const Node& node, const std::string& name) const {
    const auto found = std::find(loops_.begin(), loops_.end(), name);
    if (found == loops_.end())
      node.fail(fmt::format("'{}' is neither a number nor a loop around this step{}", name, suggestion(name, loops_)));
    return static_cast<int>(found - loops_.begin());
  }

  /// A number, a loop's name, or {base: number, LOOP: stride, ...}; sizes with units where `sizes`.
  Index index(const Node& node, bool sizes = false) const {
    const auto number = [sizes](const Node& n) { return sizes && n.text() != "0" ? bytes_of(n) : n.integer(); };
    if (node.is_map()) {
      Index result(0);
      for (const auto& key : node.keys()) {
        const Node value = node.at(key);
        if (key == "base")
          result.base = number(value);
        else
          result = result.plus(depth_of(value, key), number(value));
      }
      return result;
    }
    const std::string text = node.text();
    if (!text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-'))
      return Index(number(node));
    return Index(0).plus(depth_of(node, text), 1);
  }

  std::vector<Index> indices(const Node& node) const {
    std::vector<Index> all;
    for (const auto& item : node.items())
      all.push_back(index(item));
    return all;
  }

  Step step(const Node& node) {
    Step s;
    s.place = place_of(node);
    static const std::vector<std::string> kinds = {"op",     "transfer", "wait", "drain",
                                                   "scalar", "loop",     "stage", "barrier"};
    for (std::size_t k = 0; k < kinds.size(); ++k)
      if (const auto value = node.find(kinds[k])) {
        s.kind = static_cast<Step::Kind>(k);
        fill(s, node, *value);
        return s;
      }
    const auto keys = node.keys();
    node.fail(fmt::format("a step is one of op, transfer, wait, drain, scalar, loop, stage, barrier; found '{}'{}",
                          keys.empty() ? "nothing" : keys[0], keys.empty() ? "" : suggestion(keys[0], kinds)));
  }

  void fill(Step& s, const Node& node, const Node& value) {
    switch (s.kind) {
    case Step::Kind::operation:
      s.name = value.text();
      if (const auto vectors = node.find("vectors"))
        s.vectors = indices(*vectors);
      if (const auto immediates = node.find("immediates"))
        s.immediates = indices(*immediates);
      s.from_memory = node.boolean_or("from_memory", false);
      if (s.from_memory && s.immediates.empty())
        node.fail("from_memory without immediates");
      return;
    case Step::Kind::transfer:
      s.route = static_cast<Route>(value.choice(route_names()));
      s.bytes = bytes_of(node.at("bytes"));
      if (const auto slot = node.find("slot"))
        s.slot = index(*slot);
      if (const auto region = node.find("region"))
        s.region = region->text();
      if (const auto offset = node.find("offset"))
        s.offset = index(*offset, true);
      return;
    case Step::Kind::scalar:
      s.count = static_cast<std::uint64_t>(value.integer_in(1, most_turns));
      s.name = node.text_or("what", "scalar");
      if (const auto on = node.find("on"))
        s.scalar = static_cast<Step::Scalar>(on->choice({"integers", "products", "card memory"}));
      return;
    case Step::Kind::loop:
      s.count = static_cast<std::uint64_t>(value.integer_in(1, most_turns));
      loops_.push_back(node.text_or("as", ""));
      steps(node.at("body"), s.body);
      loops_.pop_back();
      return;
    case Step::Kind::stage: s.name = value.text(); return;
    default: // wait, drain and barrier want no text, but may say what for
      if (value.is_map() || value.is_list())
        value.fail("expected nothing, or a text");
      s.name = value.is_scalar() ? value.text() : "";
    }
  }

  std::vector<std::string> loops_;
};

} // namespace

Program read_program(const Document& document) {
  const Node root = document.root();
  root.at("kind").choice({"associative_program"});
  Program program;
  program.name = root.at("name").text();
  program.title = root.text_or("title", program.name);
  program.cores = static_cast<int>(root.integer_or("cores", 1));
  if (const auto bits = root.find("bits"))
    program.bits = static_cast<int>(bits->integer_in(1, 64));
  if (const auto inputs = root.find("inputs"))
    for (const auto& vector : inputs->items())
      program.inputs.push_back(vector.integer_in(0, 255));
  if (const auto regions = root.find("regions"))
    for (const auto& name : regions->keys())
      program.regions[name] = bytes_of(regions->at(name));
  if (const auto l3 = root.find("l3"))
    program.l3_bytes = bytes_of(*l3);
  for (const char* key : {"cores", "bits", "inputs", "regions", "l3"})
    if (const auto node = root.find(key))
      program.places[key] = place_of(*node);
  Reader().steps(root.at("program"), program.steps);
  document.reject_unread_keys();
  return program;
}

} // namespace moesaic::mappings::associative
