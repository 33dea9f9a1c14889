// One published or measured figure beside what moesaic simulates for it.
#pragma once

#include <string>

namespace moesaic::results {

struct ValidationRow {
  std::string group; ///< for example "Gemini-I operations"
  std::string what;  ///< for example "mul_u16"
  std::string unit;
  double simulated = 0;
  double published = 0;
  std::string source; ///< citation key or document
  bool fitted = false; ///< a constant was fitted to this very figure: shown, not counted as validation
  std::string apart = {}; ///< why it does not count though nothing was fitted to it, as "another quantity"; empty: it counts

  bool counts() const { return !fitted && apart.empty(); }
  double error() const { return published == 0 ? 0 : simulated / published - 1; }
};

} // namespace moesaic::results
