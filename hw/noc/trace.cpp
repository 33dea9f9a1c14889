// Reading recorded traffic.
#include <fstream>
#include <sstream>

#include "description/error.hpp"
#include "hw/noc/traffic.hpp"

namespace moesaic::hw::noc {

std::vector<Request> load_trace(const std::string& file, const Topology& topology) {
  std::ifstream in(file);
  if (!in)
    throw InputError(file + ": cannot be read");
  std::vector<Request> requests;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string text = line.substr(0, line.find('#'));
    if (text.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    const std::string place = file + ":" + std::to_string(number) + ":1: ";
    std::istringstream words(text);
    long long cycle = -1, source = -1, destination = -1, length = 1;
    if (!(words >> cycle >> source >> destination))
      throw InputError(place + "expected 'cycle source destination [flits]'");
    std::string rest;
    if (!(words >> std::ws).eof() && (!(words >> length) || words >> rest))
      throw InputError(place + "expected 'cycle source destination [flits]'");
    const long long endpoints = topology.endpoints();
    if (source < 0 || source >= endpoints || destination < 0 || destination >= endpoints)
      throw InputError(place + "endpoints are numbered 0 to " + std::to_string(endpoints - 1));
    if (length < 1 || length > 65535)
      throw InputError(place + "a packet has 1 to 65535 flits");
    if (cycle < 0 || (!requests.empty() && static_cast<std::uint64_t>(cycle) + 1 < requests.back().cycle))
      throw InputError(place + "cycles start at 0 and never go back");
    // The network's first cycle is 1.
    requests.push_back({static_cast<std::uint64_t>(cycle) + 1, static_cast<int>(source),
                        static_cast<int>(destination), static_cast<int>(length)});
  }
  if (requests.empty())
    throw InputError(file + ": holds no request");
  return requests;
}

} // namespace moesaic::hw::noc
