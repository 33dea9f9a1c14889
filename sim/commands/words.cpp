#include "sim/commands/words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim {

static std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  return names;
}

static std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

static void check_option(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const auto known = options_of(app);
  if (std::find(known.begin(), known.end(), name) != known.end())
    return;
  const std::string near = nearest_name(name, known);
  throw InputError(fmt::format("unknown option '{}'{}", name, near.empty() ? "" : suggestion(name, {near})));
}

void check_words(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* verb = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--")
      return;
    if (word.rfind("--", 0) == 0) {
      check_option(*verb, word);
      continue;
    }
    const auto known = verbs_of(*verb);
    if (known.empty() || word.rfind('-', 0) == 0)
      continue;
    if (std::find(known.begin(), known.end(), word) == known.end())
      throw InputError(fmt::format("unknown verb '{}'{}", word, suggestion(word, known)));
    verb = verb->get_subcommand(word);
  }
}

static std::string not_a_count(const std::string& text) {
  std::uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc() && read == end)
    return "";
  return fmt::format("'{}' is not a whole number from 0 to {}", text, ~std::uint64_t{0});
}

void refuse_wrapped_counts(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (option->get_type_name().rfind("UINT", 0) == 0)
      option->check(not_a_count);
  for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; }))
    refuse_wrapped_counts(*verb);
}

} // namespace moesaic::sim
