#include "sim/sweep/point_lines.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>
#include <zlib.h>

#include "description/error.hpp"

namespace moesaic::sim::sweep {

namespace {

constexpr char mark = '~'; ///< of a line that is like another; JSON begins with a brace
constexpr std::size_t most_bases = 16;
/// After so many lines a base is written anew: a damaged one costs these at most.
constexpr int most_uses = 1000;
constexpr std::size_t name_length = 16, reference_length = name_length + 8;

/// Begin of the name and checksum of the JSON.
std::string reference_to(std::string_view name, std::string_view json) {
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(json.data()), static_cast<uInt>(json.size()));
  return fmt::format("{:-<{}}{:08x}", name.substr(0, name_length), name_length, sum);
}

// A line break would end the line, so it is written as escape and 'n', and escape as escape and 'e'.
constexpr char escape = '\x1b';

void append_escaped(std::string& line, const char* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (bytes[i] == '\n')
      (line += escape) += 'n';
    else if (bytes[i] == escape)
      (line += escape) += 'e';
    else
      line += bytes[i];
}

std::string unescaped(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != escape)
      bytes += text[i];
    else
      bytes += ++i < text.size() && text[i] == 'n' ? '\n' : escape;
  return bytes;
}

/// Least significant byte first, on every host.
void append_number(std::string& bytes, std::uint64_t number) {
  for (int i = 0; i < 8; ++i)
    bytes += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t number_at(const char* bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i)
    number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return number;
}

bool is_finite(const results::RunRecord& record) {
  const auto finite = [](const results::Interval& value) {
    return std::isfinite(value.nominal) && std::isfinite(value.low) && std::isfinite(value.high);
  };
  return finite(record.seconds) && finite(record.joules) &&
         std::all_of(record.bound_share.begin(), record.bound_share.end(),
                     [](const auto& share) { return std::isfinite(share.second); }) &&
         std::all_of(record.energy.begin(), record.energy.end(),
                     [&](const auto& line) { return finite(line.joules); }) &&
         std::all_of(record.statistics.begin(), record.statistics.end(),
                     [](const auto& statistic) { return std::isfinite(statistic.value); });
}

/// A bit a number that differs, then these numbers.
std::string difference(const RecordNumbers& numbers, const RecordNumbers& from) {
  std::string bytes((numbers.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != from[i]) {
      bytes[i / 8] = static_cast<char>(bytes[i / 8] | 1 << (i % 8));
      append_number(bytes, numbers[i]);
    }
  return bytes;
}

} // namespace

std::string PointWriter::write_base(std::string_view name, const results::RunRecord& record) {
  std::string json = to_line({Outcome::Kind::done, "", record});
  if (bases_.size() >= most_bases)
    bases_.erase(bases_.begin());
  bases_.push_back({reference_to(name, json), record, numbers_of(record), 0});
  return json;
}

std::string PointWriter::write(std::string_view name, const results::RunRecord& record) {
  const auto like = [&](const Base& base) { return same_texts(base.record, record); };
  const auto found = std::find_if(bases_.rbegin(), bases_.rend(), like);
  if (found == bases_.rend() || !is_finite(record)) // to_line says which number is not
    return write_base(name, record);
  std::rotate(found.base() - 1, found.base(), bases_.end());
  Base& base = bases_.back();
  if (++base.uses > most_uses) {
    bases_.pop_back();
    return write_base(name, record);
  }
  const std::string bytes = difference(numbers_of(record), base.numbers);
  std::string line = mark + base.reference;
  append_escaped(line, bytes.data(), bytes.size());
  return line;
}

std::shared_ptr<const FinishedPoint> PointReader::read(std::string_view name, std::string_view line) {
  if (!line.empty() && line[0] == mark)
    return read_like(line.substr(1));
  PointResult result = from_line(std::string(line));
  auto point = std::make_shared<const FinishedPoint>(std::move(result));
  if (point->has_result())
    bases_[reference_to(name, line)] = {point->shared_like(), numbers_of(point->like())};
  return point;
}

std::shared_ptr<const FinishedPoint> PointReader::read_like(std::string_view line) const {
  const auto found = bases_.find(std::string(line.substr(0, reference_length)));
  if (found == bases_.end())
    return nullptr;
  RecordNumbers numbers = found->second.numbers;
  const std::string bytes = unescaped(line.substr(reference_length));
  std::size_t at = (numbers.size() + 7) / 8;
  for (std::size_t i = 0; i < numbers.size() && at <= bytes.size(); ++i)
    if (bytes[i / 8] >> (i % 8) & 1) {
      if (at + 8 > bytes.size())
        throw InputError("a finished point cannot be read: it has fewer numbers than it says");
      numbers[i] = number_at(bytes.data() + at);
      at += 8;
    }
  if (at != bytes.size())
    throw InputError("a finished point cannot be read: it has more numbers than it says");
  return std::make_shared<const FinishedPoint>(found->second.record, std::move(numbers));
}

} // namespace moesaic::sim::sweep
