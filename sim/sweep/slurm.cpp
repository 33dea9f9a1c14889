#include "sim/sweep/slurm.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <sys/wait.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/sweep/columns.hpp"

namespace moesaic::sim::sweep {

namespace fs = std::filesystem;

namespace {

/// As one word for the shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text)
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string sweep_command(const Job& job, const SlurmOptions& options, const std::string& program) {
  return fmt::format("{} sweep {} --output {} --allow-points {:.17g}", quoted(program),
                     quoted(fs::absolute(options.file)), quoted(fs::absolute(job.options().folder)),
                     job.options().allowed_points);
}

std::string header(const Job& job, const char* what) {
  const std::string folder = fs::absolute(job.options().folder);
  return fmt::format("#!/bin/sh\n#SBATCH --job-name=moesaic-{}\n#SBATCH --output={}/slurm-{}-%a.log\n"
                     "#SBATCH --chdir={}\n#SBATCH --export=ALL\n",
                     what, folder, what, fs::current_path().string());
}

/// Runs sbatch and returns what it prints: the job's number. Its messages go to the user.
std::string submit(const SlurmOptions& options, const std::string& further, const std::string& script) {
  std::string command = "sbatch --parsable";
  for (const auto& option : options.sbatch)
    command += " " + quoted(option);
  command += further + " " + quoted(script);
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe)
    throw InputError("sbatch cannot be started");
  std::string text;
  std::array<char, 256> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe))
    text += buffer.data();
  const int status = pclose(pipe);
  text = text.substr(0, text.find_first_of(";\n"));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || text.empty())
    throw InputError(fmt::format("--slurm: `{}` failed with exit code {}", command, WEXITSTATUS(status)));
  return text;
}

} // namespace

std::string array_script(const Job& job, const SlurmOptions& options, const std::string& program) {
  return header(job, "sweep") + fmt::format("#SBATCH --array=0-{}\n#SBATCH --cpus-per-task={}\n"
                                            "exec {} -j {} --part \"$SLURM_ARRAY_TASK_ID/{}\"{}\n",
                                            options.tasks - 1, options.workers,
                                            sweep_command(job, options, program), options.workers,
                                            options.tasks, job.options().engine.retry ? " --retry" : "");
}

std::string merge_script(const Job& job, const SlurmOptions& options, const std::string& program) {
  return header(job, "merge") +
         fmt::format("#SBATCH --cpus-per-task=1\nexec {} --merge\n", sweep_command(job, options, program));
}

void run_on_slurm(const Job& job, const SlurmOptions& given) {
  if (job.spec().kind == Kind::search)
    throw InputError("--slurm: a search is not supported, since each generation waits for the one before");
  if (job.spec().estimate_first)
    throw InputError("--slurm: estimate_first is not supported, since what is simulated depends on what has been");
  SlurmOptions options = given;
  options.tasks =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(given.tasks), job.points()));
  const std::string program = fs::read_symlink("/proc/self/exe"), folder = job.options().folder;
  std::error_code error;
  fs::create_directories(folder, error);
  replace_file(folder + "/slurm-sweep.sh", array_script(job, options, program));
  replace_file(folder + "/slurm-merge.sh", merge_script(job, options, program));
  const std::string array = submit(options, "", folder + "/slurm-sweep.sh");
  // afterany: what is finished is merged even where a task was killed.
  const std::string merge =
      submit(options, fmt::format(" --dependency=afterany:{}{}", array, options.detach ? "" : " --wait"),
             folder + "/slurm-merge.sh");
  fmt::print("array job {} of {} tasks, merged by job {}; logs in {}\n", array, options.tasks, merge, folder);
}

} // namespace moesaic::sim::sweep
