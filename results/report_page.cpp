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

void fill(std::string& page, const std::string& mark, const std::string& data) {
  const auto at = page.find(mark);
  if (at == std::string::npos)
    throw std::logic_error("the report's template has no place for the data");
  page.replace(at, mark.size(), data);
}

} // namespace

std::string report_page(const std::vector<Run>& runs, const std::string& sweep) {
  std::string data;
  for (const auto& run : runs)
    data += (data.empty() ? "[" : ",\n") + escaped_for_html(to_compact_json(run));
  std::string page = report_template;
  fill(page, "@MOESAIC_RUNS@", (data.empty() ? "[" : data) + "]");
  fill(page, "@MOESAIC_SWEEP@", escaped_for_html(sweep));
  return page;
}

} // namespace moesaic::results
