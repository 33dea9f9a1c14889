// Run records as the program prints them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

/// -1: the record has none of that name.
inline double statistic(const nlohmann::json& record, const std::string& name) {
  for (const auto& s : record.at("statistics"))
    if (s.at("name") == name)
      return s.at("value");
  return -1;
}
