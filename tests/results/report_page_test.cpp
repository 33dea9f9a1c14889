// The page in a real browser. Chromium prints the document as its scripts left it; the page writes into
// <html> how many charts it drew, how many are empty, which errors it saw and how many requests it made.
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "results/report_page.hpp"
#include "results/run_folder.hpp"
#include "sample.hpp"

using namespace moesaic::results;

namespace {

const char* chromium() {
  for (const char* path : {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (std::filesystem::exists(path))
      return path;
  return nullptr;
}

/// The document after its scripts ran.
std::string rendered(const std::string& page, const std::string& more_options = "") {
  const TemporaryFolder folder;
  write_file(folder / "page.html", page);
  const std::string command =
      std::string("timeout 120 ") + chromium() +
      " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
      " --disable-component-update --disable-sync --virtual-time-budget=20000 --user-data-dir=" +
      folder / "profile" + " " + more_options + " --dump-dom file://" + folder / "page.html" + " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  REQUIRE(pipe);
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    text.append(buffer.data(), read);
  return text;
}

/// The value of data-NAME in the opening <html> tag, or "absent".
std::string state(const std::string& document, const std::string& name) {
  const std::string tag = document.substr(0, document.find("<head>")), mark = "data-" + name + "=\"";
  const auto at = tag.find(mark);
  return at == std::string::npos
             ? "absent"
             : tag.substr(at + mark.size(), tag.find('"', at + mark.size()) - at - mark.size());
}

void check_sound(const std::string& document) {
  CHECK(state(document, "ready") == "yes");
  CHECK(state(document, "errors") == "absent");
  CHECK(state(document, "empty") == "0");
  CHECK(state(document, "requests") == "0");
}

bool drawn(const std::string& document, const std::string& chart) {
  return document.find("data-chart=\"" + chart + "\"") != std::string::npos;
}

bool absent_browser() {
  if (!chromium())
    MESSAGE("skipped: chromium is not installed, so the report page is not opened");
  return !chromium();
}

} // namespace

TEST_SUITE_BEGIN("system");

TEST_CASE("the report page draws every chart, raises no error and asks for nothing") {
  if (absent_browser())
    return;
  const std::string document = rendered(report_page({sample::run()}));
  check_sound(document);
  // Two costs, Pareto front, roofline, kinds, limits, floor before and after, mesh, curve; energy, stages and widths of three
  // machines.
  CHECK(state(document, "charts") == "19");
  for (const char* chart : {"interval", "pareto", "roofline", "kinds", "energy", "stages", "bounds",
                            "floor", "heat_map", "curve", "widths"})
    CHECK_MESSAGE(drawn(document, chart), chart);
  CHECK_FALSE(drawn(document, "crossover"));
  CHECK(document.find("h100 wins by 15 times") != std::string::npos);
  CHECK(document.find("aria-label=\"Latency per token") != std::string::npos);
}

TEST_CASE("several batches add the crossover charts, in the dark theme too") {
  if (absent_browser())
    return;
  const std::string document =
      rendered(report_page({sample::batches({1, 4, 16, 64})}), "--blink-settings=preferredColorScheme=0");
  check_sound(document);
  CHECK(state(document, "theme") == "dark");
  CHECK(drawn(document, "crossover"));
}

TEST_CASE("a sweep adds who wins and which constants decide it, in both themes") {
  if (absent_browser())
    return;
  std::string rows;
  for (const char* machine : {"loihi2", "gemini1", "h100"})
    for (int i = 0; i < 3; ++i)
      rows += std::string(rows.empty() ? "" : ",") + R"({"workload": "deepseek-v3", "tokens": 1, "objective": "joules",
        "machine": ")" + machine + R"(", "constant": "power.c)" + std::to_string(i) +
              R"(", "at_low": 0.5, "nominal": 1, "at_high": 3, "swing": 2.5, "flips": 1, "confidence": "low",
        "source": "maker </script>"})";
  const std::string sweep = R"({"variables": [
    {"name": "core.count", "values": {"words": ["4", ""], "bytes": "AAEBAQ=="}},
    {"name": "link", "unit": "GB/s", "numbers": "AAAAAAAA+H8AAAAAAAD4fwAAAAAAAABANDMzMzMz0z8="}],
    "points": {"count": 1, "machine": {"words": ["another"], "count": 1}, "workload": {"words": ["deepseek-v3"], "count": 1},
      "kind": {"words": ["neuromorphic"], "count": 1}, "bound": {"words": ["traffic"], "count": 1},
      "tokens": {"words": ["1"], "bytes": "AA=="}, "chips": {"words": ["12"], "at": "AAAAAA=="},
      "seconds": "AAAAAAAA4D8=", "joules": "AAAAAAAAAEA=", "seconds_ends": "AACAPgAAgD8=", "joules_ends": "AACAPwAAgEA="},
    "findings": ["loihi2 wins 75 %"],
    "ranking": [
      {"workload": "deepseek-v3", "tokens": 1, "objective": "joules", "machine": "loihi2", "nominal": 1, "p05": 0.5,
       "median": 1, "p95": 2, "wins": 0.75, "standard_error": 0.01, "samples": 1000},
      {"workload": "deepseek-v3", "tokens": 1, "objective": "joules", "machine": "h100", "nominal": 1, "p05": 0.5,
       "median": 1, "p95": 2, "wins": 0.25, "standard_error": 0.01, "samples": 1000}],
    "tornado": [)" + rows + "]}";
  for (const char* theme : {"", "--blink-settings=preferredColorScheme=0"}) {
    const std::string document = rendered(report_page({sample::run()}, sweep), theme);
    check_sound(document);
    // Beyond the charts of the same run: the ranking, the draws of one objective, a tornado for each machine.
    CHECK(state(document, "charts") == "24");
    for (const char* chart : {"ranking", "tornado"})
      CHECK_MESSAGE(drawn(document, chart), chart);
    CHECK(document.find("loihi2 wins 75 %") != std::string::npos);
    CHECK(document.find("loihi2, core.count 4") != std::string::npos);
    CHECK(document.find("h100, link 2 GB/s") != std::string::npos);
    CHECK(document.find("another, link 0.3 GB/s") != std::string::npos); // came as columns
    CHECK(document.find("500 ms (250 to 1000)") != std::string::npos);
    CHECK(document.find("turns the ranking by itself") != std::string::npos);
  }
}

TEST_CASE("a small sweep, whose points are all there as records, is drawn") {
  if (absent_browser())
    return;
  const std::string none = R"({"words": [], "bytes": ""})";
  const std::string sweep = R"({"variables": [], "findings": [], "points": {"count": 0, "machine": )" + none +
                            R"(, "workload": )" + none + R"(, "kind": )" + none + R"(, "bound": )" + none +
                            R"(, "tokens": )" + none + R"(, "chips": )" + none +
                            R"(, "seconds": "", "joules": "", "seconds_ends": "", "joules_ends": ""}})";
  check_sound(rendered(report_page({sample::run()}, sweep)));
}

TEST_CASE("ten thousand points are drawn") {
  if (absent_browser())
    return;
  const std::string document = rendered(report_page({sample::sweep(10000)}));
  check_sound(document);
  // The browser's clock stands still once the page is loaded, so only what is drawn before is timed here.
  MESSAGE("on the screen after " << state(document, "screen") << " ms");
  const std::string mark = "data-chart=\"pareto\" data-results=\"";
  REQUIRE(document.find(mark) != std::string::npos);
  CHECK(std::stoi(document.substr(document.find(mark) + mark.size())) >= 10000);
}

TEST_CASE("a request, a script's error and an empty chart would be seen") {
  if (absent_browser())
    return;
  std::string page = report_page({sample::run()});
  const std::string mark = R"("mark": {"type": "rect", "tooltip": true})"; // the heat map's
  REQUIRE(page.find(mark) != std::string::npos);
  page.insert(page.find(mark), R"("transform": [{"filter": "false"}], )");
  page.insert(page.find("</main>"),
              "<img src=\"http://127.0.0.1:9/x.png\"><script>throw new Error('seen')</script>");
  const std::string document = rendered(page);
  CHECK(state(document, "errors").find("blocked: http://127.0.0.1:9/x.png") != std::string::npos);
  CHECK(state(document, "errors").find("seen") != std::string::npos);
  CHECK(state(document, "empty") == "1");
}

TEST_SUITE_END();
