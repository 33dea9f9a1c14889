// Messages between the pool and a worker over a socket: a 4-byte length, then the bytes; many to one system
// call.
#pragma once

#include <string>
#include <string_view>

namespace moesaic::sim {

class WorkerChannel {
 public:
  explicit WorkerChannel(int socket = -1) : socket_(socket) {}
  int socket() const { return socket_; }

  /// Lays a message ready; `flush` sends all that lie ready. False when the other side is gone.
  void put(std::string_view message);
  bool flush();

  /// Waits until bytes come and takes them in. False at the end: the other side is gone.
  bool receive();
  /// Takes the next whole message that has come in, if there is one.
  bool next(std::string& message);
  bool has_next() const;

 private:
  int socket_;
  std::string out_, in_;
  std::size_t taken_ = 0, filled_ = 0; ///< bytes of in_ that were handed out, and that came in
};

} // namespace moesaic::sim
