// The worker's side of the pool, and the messages between both sides: a 4-byte length, then the bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace moesaic::sim {

/// Sends or receives one message; false when the other side is gone.
bool send_message(int socket, const std::string& text);
bool receive_message(int socket, std::string& text);

/// Serves tasks from the socket until its other end closes, then ends the process. Each answer is one byte
/// (Outcome::Kind) and the text. The worker dies with its parent.
[[noreturn]] void serve_tasks(int socket, const std::function<std::string(const std::string&)>& job,
                              std::size_t extra_bytes);

} // namespace moesaic::sim
