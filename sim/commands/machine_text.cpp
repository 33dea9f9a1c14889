#include "sim/commands/machine_text.hpp"

#include <iterator>
#include <memory>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/json_text.hpp"
#include "sim/machine/machine.hpp"

namespace moesaic::sim {

namespace {

struct Shown {
  explicit Shown(const std::string& name)
      : document(Document::load(catalog_file("hw/catalog", name, "machine"))), machine(make_machine(document)),
        title(document.root().text_or("title", "")) {
    std::set<std::string> seen;
    for (const auto& figure : document.figures())
      if (seen.insert(figure.path).second)
        figures.push_back(figure);
  }

  Document document;
  std::unique_ptr<Machine> machine;
  std::string title;
  std::vector<Figure> figures;
};

double unit_of(const Figure& figure) {
  return parse_quantity("1 " + figure.unit).value;
}

std::string interval_text(const Figure& figure) {
  if (figure.confidence == Confidence::exact)
    return "exact";
  return fmt::format("{:.4g} to {:.4g}", figure.low / unit_of(figure), figure.high / unit_of(figure));
}

} // namespace

std::string machine_text(const std::string& name) {
  const Shown shown(name);
  std::string text = fmt::format("{}: {} ({})\n\n", shown.machine->name(), shown.title, shown.machine->kind());
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{:40} {:>22} {:>22}  {:10} {}\n", "figure", "value", "interval", "confidence", "source");
  for (const Figure& figure : shown.figures) {
    fmt::format_to(out, "{:40} {:>22} {:>22}  {:10} {}\n", figure.path,
                   fmt::format("{:.6g} {}", figure.value / unit_of(figure), figure.unit), interval_text(figure),
                   to_string(figure.confidence), figure.source);
    if (!figure.note.empty())
      fmt::format_to(out, "{:40}   {}\n", "", figure.note);
  }
  text += "\nsources\n";
  for (const auto& [key, source] : shown.document.sources())
    fmt::format_to(out, "  {}: {}; {}\n", key, source.title, source.where);
  return text;
}

std::string machine_json(const std::string& name) {
  using Json = nlohmann::ordered_json;
  const Shown shown(name);
  Json json{{"name", shown.machine->name()}, {"title", shown.title}, {"kind", shown.machine->kind()}};
  Json& figures = json["figures"] = Json::array();
  for (const Figure& figure : shown.figures) {
    const double unit = unit_of(figure);
    figures.push_back({{"path", figure.path},
                       {"value", figure.value / unit},
                       {"low", figure.low / unit},
                       {"high", figure.high / unit},
                       {"unit", figure.unit},
                       {"confidence", to_string(figure.confidence)},
                       {"source", figure.source},
                       {"note", figure.note}});
  }
  Json& sources = json["sources"] = Json::object();
  for (const auto& [key, source] : shown.document.sources())
    sources[key] = {{"title", source.title}, {"where", source.where}};
  return results::json_document(json) + '\n';
}

} // namespace moesaic::sim
