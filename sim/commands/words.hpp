// What the command-line library leaves unsaid: which known word a mistyped one is nearest to.
#pragma once

namespace CLI {
class App;
}

namespace moesaic::sim {

/// Refuses the first unknown verb or `--option` among the arguments, with a suggestion (InputError).
void check_words(const CLI::App& app, int argc, const char* const* argv);

/// Makes every option that counts refuse negative and too large numbers, which the library would wrap around.
void refuse_wrapped_counts(CLI::App& app);

} // namespace moesaic::sim
