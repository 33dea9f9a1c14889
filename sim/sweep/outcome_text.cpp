#include "sim/sweep/outcome_text.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

using Json = nlohmann::json;
using results::Interval;
using results::RunRecord;

/// Writes JSON straight into a text: several times as fast as building a tree first, and a sweep writes
/// millions.
class Writer {
 public:
  std::string text;

  void key(const char* name) {
    separate();
    fmt::format_to(std::back_inserter(text), "\"{}\":", name);
    first_ = true;
  }
  void string(const std::string& value) {
    separate();
    const bool plain = value.find_first_of("\"\\") == std::string::npos &&
                       std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 127; });
    text += plain ? '"' + value + '"' : Json(value).dump(-1, ' ', true, Json::error_handler_t::replace);
  }
  void number(const char* what, double value) {
    if (!std::isfinite(value))
      throw std::runtime_error(fmt::format("the result's {} is {}", what, value));
    separate();
    if (value == 0)
      text += std::signbit(value) ? "-0.0" : "0"; // "-0" would come back as the whole number 0
    else
      fmt::format_to(std::back_inserter(text), "{}", value);
  }
  void count(std::uint64_t value) {
    separate();
    fmt::format_to(std::back_inserter(text), "{}", value);
  }
  void interval(const char* what, const Interval& value) {
    open('[');
    number(what, value.nominal), number(what, value.low), number(what, value.high);
    close(']');
  }
  void open(char bracket) {
    separate();
    text += bracket;
    first_ = true;
  }
  void close(char bracket) {
    text += bracket;
    first_ = false;
  }

 private:
  void separate() {
    if (!first_)
      text += ',';
    first_ = false;
  }
  bool first_ = true;
};

void write_record(Writer& out, const RunRecord& record) {
  out.key("machine"), out.string(record.machine);
  out.key("kind"), out.string(record.kind);
  out.key("workload"), out.string(record.workload);
  out.key("tokens"), out.count(static_cast<std::uint64_t>(record.tokens));
  out.key("chips"), out.count(record.chips);
  out.key("seconds"), out.interval("time", record.seconds);
  out.key("joules"), out.interval("energy", record.joules);
  out.key("bound"), out.string(record.bound);
  out.key("bound_share"), out.open('[');
  for (const auto& [name, share] : record.bound_share) {
    out.open('['), out.string(name), out.number("share of time", share), out.close(']');
  }
  out.close(']');
  out.key("energy"), out.open('[');
  for (const auto& line : record.energy) {
    out.open('['), out.string(line.component), out.string(line.action), out.string(line.kind);
    out.count(line.count), out.interval("energy", line.joules), out.string(line.figure);
    out.string(line.source), out.close(']');
  }
  out.close(']');
  out.key("statistics"), out.open('[');
  for (const auto& statistic : record.statistics) {
    out.open('['), out.string(statistic.name), out.string(statistic.unit), out.string(statistic.scope);
    out.number(statistic.name.c_str(), statistic.value), out.close(']');
  }
  out.close(']');
}

Interval interval_from(const Json& json) {
  return {json.at(0).get<double>(), json.at(1).get<double>(), json.at(2).get<double>()};
}

RunRecord record_from(const Json& json) {
  RunRecord record;
  json.at("machine").get_to(record.machine);
  json.at("kind").get_to(record.kind);
  json.at("workload").get_to(record.workload);
  json.at("tokens").get_to(record.tokens);
  json.at("chips").get_to(record.chips);
  record.seconds = interval_from(json.at("seconds"));
  record.joules = interval_from(json.at("joules"));
  json.at("bound").get_to(record.bound);
  for (const auto& share : json.at("bound_share"))
    record.bound_share.emplace_back(share.at(0), share.at(1));
  for (const auto& line : json.at("energy"))
    record.energy.push_back({line.at(0), line.at(1), line.at(2), line.at(3).get<std::uint64_t>(),
                             interval_from(line.at(4)), line.at(5), line.at(6)});
  for (const auto& line : json.at("statistics"))
    record.statistics.push_back({line.at(0), line.at(1), line.at(2), "", line.at(3).get<double>()});
  return record;
}

} // namespace

Outcome::Kind status_from(const std::string& text) {
  using Status = Outcome::Kind;
  for (const auto status : {Status::done, Status::input_error, Status::failed, Status::crashed,
                            Status::timed_out, Status::out_of_memory, Status::left_out})
    if (text == to_string(status))
      return status;
  throw InputError(fmt::format("unknown status '{}'", text));
}

std::string to_line(const PointResult& result) {
  Writer out;
  out.open('{');
  out.key("status"), out.string(to_string(result.status));
  if (result.status == Outcome::Kind::done)
    write_record(out, result.record);
  else
    out.key("reason"), out.string(result.reason);
  out.close('}');
  return std::move(out.text);
}

PointResult from_line(const std::string& line) {
  try {
    const Json json = Json::parse(line);
    PointResult result;
    result.status = status_from(json.at("status").get<std::string>());
    if (result.status == Outcome::Kind::done)
      result.record = record_from(json);
    else
      json.at("reason").get_to(result.reason);
    return result;
  } catch (const Json::exception& error) {
    throw InputError(fmt::format("a finished point cannot be read: {}", error.what()));
  }
}

} // namespace moesaic::sim::sweep
