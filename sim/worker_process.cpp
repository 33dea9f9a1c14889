#include "sim/worker_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <new>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "description/error.hpp"
#include "sim/worker_pool.hpp"

namespace moesaic::sim {

namespace {

bool send_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      return false;
    data += sent, size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t got = recv(socket, data, size, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    data += got, size -= static_cast<std::size_t>(got);
  }
  return true;
}

void limit_memory(std::size_t extra_bytes) {
  if (extra_bytes == 0)
    return;
  std::size_t pages = 0;
  if (FILE* status = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(status, "%zu", &pages) != 1)
      pages = 0;
    std::fclose(status);
  }
  const rlim_t limit = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + extra_bytes;
  const rlimit both{limit, limit};
  setrlimit(RLIMIT_AS, &both);
}

Outcome attempt(const std::function<std::string(const std::string&)>& job, const std::string& task) {
  try {
    return {Outcome::Kind::done, job(task)};
  } catch (const InputError& error) {
    return {Outcome::Kind::input_error, error.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Kind::out_of_memory, "the worker's memory limit was reached"};
  } catch (const std::exception& error) {
    return {Outcome::Kind::failed, error.what()};
  }
}

} // namespace

bool send_message(int socket, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string framed(reinterpret_cast<const char*>(&size), sizeof size);
  framed += text;
  return send_all(socket, framed.data(), framed.size());
}

bool receive_message(int socket, std::string& text) {
  std::uint32_t size = 0;
  if (!receive_all(socket, reinterpret_cast<char*>(&size), sizeof size))
    return false;
  text.resize(size);
  return receive_all(socket, text.data(), size);
}

void serve_tasks(int socket, const std::function<std::string(const std::string&)>& job,
                 std::size_t extra_bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A crash must look like one: no handler of the parent's (a test runner's, say) may run here.
  for (const int fatal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT})
    std::signal(fatal, SIG_DFL);
  limit_memory(extra_bytes);
  std::string task;
  while (receive_message(socket, task)) {
    const Outcome outcome = attempt(job, task);
    if (!send_message(socket, static_cast<char>(outcome.kind) + outcome.text))
      break;
  }
  _exit(0);
}

} // namespace moesaic::sim
