#include "sim/pool/channel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/socket.h>

namespace moesaic::sim {

namespace {

using Length = std::uint32_t;

constexpr std::size_t piece = 1 << 16; ///< least room for what comes in, bytes

} // namespace

void WorkerChannel::put(std::string_view message) {
  const auto length = static_cast<Length>(message.size());
  out_.append(reinterpret_cast<const char*>(&length), sizeof length);
  out_ += message;
}

bool WorkerChannel::flush() {
  std::size_t sent = 0;
  while (sent < out_.size()) {
    const ssize_t now = send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR)
      continue;
    if (now <= 0)
      return false;
    sent += static_cast<std::size_t>(now);
  }
  out_.clear();
  return true;
}

bool WorkerChannel::receive() {
  // What was handed out makes room; the buffer only grows, so that no call pays for clearing it.
  std::memmove(&in_[0], in_.data() + taken_, filled_ - taken_);
  filled_ -= taken_;
  taken_ = 0;
  if (in_.size() - filled_ < piece)
    in_.resize(std::max(filled_ + piece, in_.size() * 2));
  ssize_t got = 0;
  do
    got = recv(socket_, &in_[filled_], in_.size() - filled_, 0);
  while (got < 0 && errno == EINTR);
  filled_ += static_cast<std::size_t>(got > 0 ? got : 0);
  return got > 0;
}

bool WorkerChannel::has_next() const {
  Length length = 0;
  if (filled_ - taken_ < sizeof length)
    return false;
  std::memcpy(&length, in_.data() + taken_, sizeof length);
  return filled_ - taken_ - sizeof length >= length;
}

bool WorkerChannel::next(std::string& message) {
  if (!has_next())
    return false;
  Length length = 0;
  std::memcpy(&length, in_.data() + taken_, sizeof length);
  message.assign(in_, taken_ + sizeof length, length);
  taken_ += sizeof length + length;
  return true;
}

} // namespace moesaic::sim
