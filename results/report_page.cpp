#include "results/report_page.hpp"

#include <stdexcept>

#include "results/json.hpp"

namespace moesaic::results {

/// Made at build time by report/assemble.py.
extern const char* const report_template;

namespace {

/// JSON in which no "<" stands: inside its strings "\u003c" is the same to every reader, and outside there is
/// none.
std::string escaped_for_html(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json)
    c == '<' ? text += "\\u003c" : text += c;
  return text;
}

} // namespace

std::string report_page(const std::vector<Run>& runs) {
  std::string data;
  for (const auto& run : runs)
    data += (data.empty() ? "[" : ",\n") + escaped_for_html(to_compact_json(run));
  const std::string page = report_template, mark = "@MOESAIC_RUNS@";
  const auto at = page.find(mark);
  if (at == std::string::npos)
    throw std::logic_error("the report's template has no place for the data");
  return page.substr(0, at) + (data.empty() ? "[" : data) + "]" + page.substr(at + mark.size());
}

} // namespace moesaic::results
