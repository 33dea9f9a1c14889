#include "sim/commands/compare_values.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"
#include "results/json_text.hpp"
#include "sim/comparison/query.hpp"

namespace moesaic::sim {

namespace {

using Json = nlohmann::ordered_json;

bool right(const AnswerCheck& check) {
  return check.equal;
}
bool right(const ValueCheck& check) {
  return check.router_identical && check.within_bound;
}

Json to_json(const AnswerCheck& check) {
  return {{"machine", check.machine}, {"query", check.workload},     {"answers", check.found},
          {"expected", check.expected}, {"tuples_read", check.tuples}, {"equal", check.equal}};
}
Json to_json(const ValueCheck& check) {
  return {{"machine", check.machine},
          {"tokens", check.tokens},
          {"outputs", check.outputs},
          {"router_identical", check.router_identical},
          {"worst_error", check.worst_error},
          {"error_bound", check.error_bound},
          {"within_bound", check.within_bound}};
}

template <class Checks> void say(const Checks& checks, const std::string& table, const char* others, bool json) {
  if (checks.empty())
    throw InputError(fmt::format("--values: none of the machines has values ({})", others));
  if (json) {
    Json list = Json::array();
    for (const auto& check : checks)
      list.push_back(to_json(check));
    fmt::print("{}\n", results::json_document(list));
  } else {
    fmt::print("{}", table);
  }
  if (!std::all_of(checks.begin(), checks.end(), [](const auto& check) { return right(check); }))
    throw CLI::RuntimeError(1);
}

} // namespace

void check_values(const ComparisonRequest& request, bool of_queries, bool json) {
  if (of_queries) {
    const auto checks = check_query_workload(request);
    return say(checks, answer_table(checks), "baselines give the answers that others are held to", json);
  }
  const auto checks = compare_values(request);
  say(checks, value_table(checks), "a GPU baseline is analytic", json);
}

} // namespace moesaic::sim
