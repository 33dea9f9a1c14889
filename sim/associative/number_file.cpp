#include "sim/associative/number_file.hpp"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/npy.hpp"

namespace moesaic::sim {

namespace {

std::size_t byte(const std::string& bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::vector<std::uint16_t> from_npy(const std::string& file, const std::string& bytes) {
  const auto wrong = [&](const std::string& what) { return InputError(fmt::format("{}: {}", file, what)); };
  const auto [header, begin] = workloads::npy_head(file, bytes);
  if (header.find("'<u2'") == std::string::npos && header.find("'<i2'") == std::string::npos)
    throw wrong("expected 16-bit integers (uint16 or int16)");
  if (header.find("'fortran_order': False") == std::string::npos)
    throw wrong("arrays in column order are not supported");
  if ((bytes.size() - begin) % 2 != 0)
    throw wrong("ends within a number");
  std::vector<std::uint16_t> numbers((bytes.size() - begin) / 2);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<std::uint16_t>(byte(bytes, begin + 2 * i) | byte(bytes, begin + 2 * i + 1) << 8);
  return numbers;
}

std::vector<std::uint16_t> from_csv(const std::string& file, const std::string& text) {
  std::vector<std::uint16_t> numbers;
  std::size_t line = 1, start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '#' && at == start) {
      while (at < text.size() && text[at] != '\n')
        ++at;
    } else if (c == '\n') {
      ++line, start = ++at;
    } else if (c == ',' || std::isspace(c)) {
      ++at;
    } else {
      std::size_t end = at + (c == '-' ? 1 : 0);
      long value = 0;
      for (; end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) && value <= 65535; ++end)
        value = 10 * value + (text[end] - '0');
      const bool over = c == '-' ? value > 32768 : value > 65535;
      const bool ends = end == text.size() || text[end] == ',' || std::isspace(static_cast<unsigned char>(text[end]));
      if (over || !ends || end == at + (c == '-' ? 1 : 0))
        throw InputError(fmt::format("{}:{}:{}: expected an integer from -32768 to 65535", file, line, at - start + 1));
      numbers.push_back(static_cast<std::uint16_t>(c == '-' ? -value : value));
      at = end;
    }
  }
  return numbers;
}

} // namespace

std::vector<std::uint16_t> read_numbers(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw InputError(fmt::format("{}: cannot be read", file));
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto extension = std::filesystem::path(file).extension();
  if (extension == ".npy")
    return from_npy(file, bytes);
  if (extension == ".csv")
    return from_csv(file, bytes);
  throw InputError(fmt::format("{}: expected .npy or .csv", file));
}

std::string npy_text(const std::vector<std::uint16_t>& numbers, const std::vector<std::size_t>& shape) {
  std::string sizes;
  for (const std::size_t size : shape)
    sizes += fmt::format("{},", size);
  std::string header = fmt::format("{{'descr': '<u2', 'fortran_order': False, 'shape': ({}), }}", sizes);
  while ((10 + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += '\1';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  for (const std::uint16_t n : numbers) {
    bytes += static_cast<char>(n & 0xff);
    bytes += static_cast<char>(n >> 8);
  }
  return bytes;
}

} // namespace moesaic::sim
