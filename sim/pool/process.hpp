// The worker's side of the pool.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace moesaic::sim {

/// Serves tasks from the socket until its other end closes, then ends the process. Each answer is one byte
/// (Outcome::Kind) and the text; answers to quick tasks wait for each other for a few milliseconds, so that many go in
/// one system call. `started`, shared with the pool, counts the tasks begun: it tells whose fault a death is. The
/// worker dies with its parent.
[[noreturn]] void serve_tasks(int socket, const std::function<std::string(const std::string&)>& job,
                              std::size_t extra_bytes, std::atomic<std::uint64_t>& started);

} // namespace moesaic::sim
