// Errors that a user can mend: they name a place and leave the program with exit code 2.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace moesaic {

/// Bad input. `what()` reads `file:line:column: key.path: what is wrong, did you mean ...`.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The name in `known` nearest to `wrong` by edit distance, or "" when none is near enough to suggest.
std::string nearest_name(const std::string& wrong, const std::vector<std::string>& known);

/// ", did you mean 'x'?" for the nearest of `known`, else ", known: a, b, c", else "".
std::string suggestion(const std::string& wrong, const std::vector<std::string>& known);

} // namespace moesaic
