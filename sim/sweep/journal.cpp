#include "sim/sweep/journal.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string checksum(std::string_view name, std::string_view json) {
  boost::crc_32_type crc;
  crc.process_bytes(name.data(), name.size());
  crc.process_bytes(json.data(), json.size());
  return fmt::format("{:08x}", crc.checksum());
}

constexpr std::size_t checksum_length = 8;

} // namespace

std::size_t read_journal(const std::string& file,
                         const std::function<void(std::string_view, std::string_view)>& take) {
  std::ifstream in(file, std::ios::binary);
  if (!in && access(file.c_str(), F_OK) != 0)
    return 0;
  if (!in)
    throw InputError(fmt::format("{}: cannot be read: {}", file, std::strerror(errno)));
  std::size_t damaged = 0;
  // A last line without its end is still being written, or was torn.
  for (std::string text; std::getline(in, text) && !in.eof();) {
    const std::string_view line = text;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.size() < space + 2 + checksum_length) {
      ++damaged;
      continue;
    }
    const std::string_view name = line.substr(0, space), json = line.substr(space + 2 + checksum_length);
    if (checksum(name, json) == line.substr(space + 1, checksum_length))
      take(name, json);
    else
      ++damaged;
  }
  return damaged;
}

Journal::Journal(std::string file) : file_(std::move(file)) {
  descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    fail(errno);
  // A lock of the process, which forked workers do not share: it ends with the process however that ends.
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(descriptor_, F_SETLK, &lock) != 0) {
    close(descriptor_);
    throw InputError(file_ + ": another sweep is writing here");
  }
  size_ = lseek(descriptor_, 0, SEEK_END);
  char last = '\n';
  while (size_ > 0 && pread(descriptor_, &last, 1, size_ - 1) == 1 && last != '\n')
    --size_;
  if (ftruncate(descriptor_, size_) != 0)
    fail(errno);
  synced_at_ = now();
}

Journal::~Journal() {
  if (descriptor_ < 0)
    return;
  fdatasync(descriptor_);
  close(descriptor_);
}

void Journal::put(std::string_view name, std::string_view json) {
  fmt::format_to(std::back_inserter(ready_), "{} {} {}\n", name, checksum(name, json), json);
}

void Journal::flush() {
  std::size_t done = 0;
  while (done < ready_.size()) {
    const ssize_t written = pwrite(descriptor_, ready_.data() + done, ready_.size() - done,
                                   size_ + static_cast<long long>(done));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      const int error = written < 0 ? errno : ENOSPC;
      const std::size_t whole = done == 0 ? 0 : ready_.rfind('\n', done - 1) + 1; // npos + 1 is 0
      size_ += static_cast<long long>(whole);
      ready_.clear();
      if (ftruncate(descriptor_, size_) != 0) {
        // The torn line stays; the next start cuts it off.
      }
      fail(error);
    }
    done += static_cast<std::size_t>(written);
  }
  size_ += static_cast<long long>(done);
  ready_.clear();
  if (now() - synced_at_ > 1)
    sync();
}

void Journal::sync() {
  if (fdatasync(descriptor_) != 0)
    fail(errno);
  synced_at_ = now();
}

void Journal::fail(int error) const {
  throw InputError(fmt::format("{}: cannot be written: {}", file_, std::strerror(error)));
}

} // namespace moesaic::sim::sweep
