#include "workloads/hand_over.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "description/error.hpp"

namespace moesaic::workloads {
namespace {

enum class Mark : std::uint8_t { refused = 0x52, read = 0x67 };

void limit(int resource, rlim_t most) {
  rlimit both{most, most};
  if (getrlimit(resource, &both) == 0) {
    both.rlim_cur = std::min(both.rlim_max, most);
    setrlimit(resource, &both);
  }
}

/// Crashes are the parent's to report, and it needs no core of them.
void be_silent(unsigned seconds) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU, SIGTERM})
    std::signal(signal, SIG_DFL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, seconds);
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

[[noreturn]] void child(int memory, const std::function<std::function<void(HandOver&)>()>& read, unsigned seconds) {
  be_silent(seconds);
  std::FILE* stream = fdopen(memory, "wb");
  HandOver out(stream);
  try {
    std::function<void(HandOver&)> put;
    std::string refusal;
    try {
      put = read();
    } catch (const InputError& error) {
      refusal = error.what();
    }
    out.put(static_cast<std::uint8_t>(put ? Mark::read : Mark::refused));
    if (put)
      put(out);
    else
      out.put(refusal);
    if (std::fclose(stream) == 0)
      _exit(0);
  } catch (...) {
  }
  _exit(1);
}

/// Of a child's end; empty where it went well.
std::string failure_of(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR)
      return std::strerror(errno);
  if (WIFSIGNALED(status))
    return WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL ? "reading it took too long or too much memory"
                                                                      : fmt::format("reading it crashed ({})", strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0 ? "" : "reading it failed";
}

} // namespace

void HandOver::put(const void* bytes, std::size_t count) {
  if (std::fwrite(bytes, 1, count, stream_) != count)
    throw std::runtime_error("no memory for it");
}

void HandOver::put(const std::string& text) {
  put(static_cast<std::uint64_t>(text.size()));
  put(text.data(), text.size());
}

void HandOver::get(void* bytes, std::size_t count) {
  if (std::fread(bytes, 1, count, stream_) != count)
    throw std::runtime_error("it ends too early");
}

std::size_t HandOver::get_count(std::size_t most) {
  const auto count = get<std::uint64_t>();
  if (count > most)
    throw std::runtime_error(fmt::format("{} of at most {}", count, most));
  return static_cast<std::size_t>(count);
}

std::string HandOver::get_text(std::size_t most) {
  std::string text(get_count(most), '\0');
  get(text.data(), text.size());
  return text;
}

void HandOver::get_end() {
  if (std::fgetc(stream_) != EOF)
    throw std::runtime_error("more than expected");
}

unsigned patience(const std::string& file) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(file, none);
  return 5 + (none ? 0 : static_cast<unsigned>(std::min<std::uintmax_t>(bytes >> 20, 3600)));
}

void read_apart(const std::string& file, const std::function<std::function<void(HandOver&)>()>& read,
                const std::function<void(HandOver&)>& get, unsigned seconds) {
  const int memory = memfd_create("hand-over", MFD_CLOEXEC);
  const pid_t process = memory < 0 ? -1 : fork();
  if (process == 0)
    child(memory, read, seconds);
  std::string failure = process < 0 ? std::strerror(errno) : "";
  if (process < 0) {
    close(memory);
    throw std::runtime_error(fmt::format("{}: no process to read it in: {}", file, failure));
  }
  failure = failure_of(process); // only then is anything looked at: the two do not take turns
  lseek(memory, 0, SEEK_SET);
  std::FILE* stream = fdopen(memory, "rb");
  HandOver in(stream);
  std::string refusal;
  try {
    if (failure.empty()) {
      const auto mark = static_cast<Mark>(in.get<std::uint8_t>());
      if (mark == Mark::refused)
        refusal = in.get_text();
      else if (mark == Mark::read)
        get(in);
      else
        throw std::runtime_error("an unknown answer");
      in.get_end();
    }
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  std::fclose(stream);
  if (!failure.empty())
    throw InputError(fmt::format("{}: damaged: {}", file, failure));
  if (!refusal.empty())
    throw InputError(refusal);
}

} // namespace moesaic::workloads
