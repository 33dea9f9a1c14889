#include "results/run_folder.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "description/error.hpp"
#include "results/csv.hpp"
#include "results/json.hpp"
#include "results/report_page.hpp"
#include "results/sha256.hpp"
#include "results/store.hpp"
#include "results/table.hpp"

namespace moesaic::results {

namespace fs = std::filesystem;

namespace {

/// Writes `file`; errors name `target`, which it is to become.
void write_as(const fs::path& target, const fs::path& file, const std::string& text) {
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out)
    throw InputError(fmt::format("{}: cannot be written: {}", target.string(), std::strerror(errno)));
}

void write_new(const fs::path& file, const std::string& text) {
  write_as(file, file, text);
}

/// A folder that goes away unless it is kept.
class PartialFolder {
 public:
  explicit PartialFolder(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error)
      throw InputError(fmt::format("{}: cannot be made: {}", path_.string(), error.message()));
  }
  PartialFolder(const PartialFolder&) = delete;
  ~PartialFolder() {
    std::error_code ignored;
    if (!kept_)
      fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void keep_as(const fs::path& name) {
    std::error_code error;
    fs::rename(path_, name, error);
    if (error)
      throw InputError(fmt::format("{}: cannot be made: {}", name.string(), error.message()));
    kept_ = true;
  }

 private:
  fs::path path_;
  bool kept_ = false;
};

std::string log_text(const Run& run) {
  std::string text =
      fmt::format("moesaic {}\ncommand    {}\nstarted    {}\nseed       {}\nwall time  {:.3f} s\n",
                  run.version, run.command, run.started, run.seed, run.wall_seconds);
  for (const auto& input : run.inputs)
    text += fmt::format("input      {}  sha256 {}\n", input.name, input.sha256);
  return text + "\n" + format_run(run);
}

} // namespace

void write_folder(const std::string& folder, const std::function<void(const std::string& partial)>& fill) {
  check_free(folder);
  const fs::path target = fs::path(folder).lexically_normal();
  PartialFolder partial(fmt::format("{}.partial-{}", target.string(), getpid()));
  fill(partial.path().string());
  partial.keep_as(target);
}

void write_run_folder(const std::string& folder, Run run) {
  std::set<std::string> names;
  for (auto& input : run.inputs) {
    if (fs::path(input.name).filename() != input.name || !names.insert(input.name).second)
      throw std::logic_error(input.name + ": not the name of one input file");
    input.sha256 = sha256(input.text);
  }
  write_folder(folder, [&](const std::string& name) {
    const fs::path partial(name);
    if (!run.inputs.empty())
      fs::create_directory(partial / "inputs");
    for (const auto& input : run.inputs)
      write_new(partial / "inputs" / input.name, input.text);
    write_new(partial / "energy_table.csv", energy_table_csv(run.records));
    write_new(partial / "constants.csv", constants_csv(run.records));
    write_new(partial / "actions.csv", actions_csv(run.records));
    write_new(partial / "stats.json", to_json(run));
    write_new(partial / "report.html", report_page({run}));
    write_new(partial / "log.txt", log_text(run));
    write_store((partial / "run.h5").string(), run);
  });
}

void check_free(const std::string& folder) {
  std::error_code error;
  if (fs::exists(fs::path(folder).lexically_normal(), error))
    throw InputError(fmt::format("{}: exists already; a run folder is never written over", folder));
  if (error)
    throw InputError(fmt::format("{}: cannot be made: {}", folder, error.message()));
}

void check_place(const std::string& file) {
  std::error_code error;
  if (fs::is_directory(file, error))
    throw InputError(fmt::format("{}: cannot be written: it is a folder", file));
  const fs::path folder = fs::absolute(file).parent_path();
  if (!fs::is_directory(folder, error))
    throw InputError(fmt::format("{}: cannot be written: no folder {}", file, folder.string()));
  if (access(folder.c_str(), W_OK) != 0)
    throw InputError(fmt::format("{}: cannot be written: {}", file, std::strerror(errno)));
}

std::string free_run_folder(const std::string& parent, const std::string& name) {
  fs::path path = fs::path(parent) / name;
  for (int i = 2; fs::exists(path); ++i)
    path = fs::path(parent) / fmt::format("{}-{}", name, i);
  return path.string();
}

void write_file(const std::string& file, const std::string& text) {
  const fs::path target(file), partial(fmt::format("{}.partial-{}", file, getpid()));
  std::error_code error;
  try {
    write_as(target, partial, text);
  } catch (...) {
    fs::remove(partial, error);
    throw;
  }
  fs::rename(partial, target, error);
  if (error) {
    fs::remove(partial);
    throw InputError(fmt::format("{}: cannot be written: {}", file, error.message()));
  }
}

} // namespace moesaic::results
