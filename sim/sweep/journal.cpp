#include "sim/sweep/journal.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <zlib.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

const Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

std::uint32_t checksum(std::string_view name, std::string_view text) {
  const uLong first = crc32(0, bytes_of(name), static_cast<uInt>(name.size()));
  return static_cast<std::uint32_t>(crc32(first, bytes_of(text), static_cast<uInt>(text.size())));
}

constexpr std::size_t checksum_length = 8;

/// False for a damaged line.
bool take_line(std::string_view line, const JournalTaker& take) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.size() < space + 2 + checksum_length)
    return false;
  const std::string_view name = line.substr(0, space), text = line.substr(space + 2 + checksum_length);
  if (fmt::format("{:08x}", checksum(name, text)) != line.substr(space + 1, checksum_length))
    return false;
  return take(name, text);
}

} // namespace

std::size_t read_journal(const std::string& file, const JournalTaker& take, std::size_t* from) {
  std::ifstream in(file, std::ios::binary);
  if (!in && access(file.c_str(), F_OK) != 0)
    return 0;
  if (!in)
    throw InputError(fmt::format("{}: cannot be read: {}", file, std::strerror(errno)));
  if (from)
    in.seekg(static_cast<std::streamoff>(*from));
  constexpr std::size_t piece = 1 << 20;
  std::size_t damaged = 0, filled = 0;
  std::string buffer;
  do {
    buffer.resize(filled + piece);
    in.read(&buffer[filled], piece);
    filled += static_cast<std::size_t>(in.gcount());
    std::size_t start = 0;
    while (const void* end = std::memchr(buffer.data() + start, '\n', filled - start)) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - buffer.data()) - start;
      damaged += !take_line(std::string_view(buffer).substr(start, length), take);
      start += length + 1;
    }
    buffer.erase(0, start);
    filled -= start;
    if (from)
      *from += start;
  } while (in); // a last line without its end is still being written, or was torn
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

void Journal::put(std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(ready_), "{} {:08x} {}\n", name, checksum(name, text), text);
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
