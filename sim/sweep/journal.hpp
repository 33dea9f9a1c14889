// The journal of finished points: an append-only file that survives a kill at any instant.
// A line a point: name, checksum, text (bytes without a line break, see point_lines.hpp). A torn last line is cut off, a
// damaged one skipped: those points run again.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace moesaic::sim::sweep {

class Journal {
 public:
  /// Opens or makes the file for appending, and cuts off a torn tail. Throws InputError when it cannot be
  /// written or when another process is writing it.
  explicit Journal(std::string file);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Lays a point ready to be appended.
  void put(std::string_view name, std::string_view text);
  /// Appends all that lie ready, in one system call. They are safe from a kill when this returns, and from a power cut
  /// within a second, or after sync. Throws InputError when the disk is full; the file then ends with the
  /// last whole point.
  void flush();
  void append(std::string_view name, std::string_view text) {
    put(name, text);
    flush();
  }

  /// Waits until everything is on the disk. Throws InputError.
  void sync();

 private:
  [[noreturn]] void fail(int error) const;

  std::string file_, ready_;
  int descriptor_ = -1;
  long long size_ = 0;
  double synced_at_ = 0;
};

/// Takes a point; false where it is of no use, which counts as damage.
using JournalTaker = std::function<bool(std::string_view name, std::string_view text)>;

/// Hands every whole point of the file to `take`, in order; also while another process appends. No file:
/// none. Begins at byte `from`, where given, and leaves there where the next call goes on. Returns how many lines were
/// damaged. Throws InputError when the file cannot be read.
std::size_t read_journal(const std::string& file, const JournalTaker& take, std::size_t* from = nullptr);

} // namespace moesaic::sim::sweep
