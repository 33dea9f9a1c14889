// The micro-programs of a folder or a text, by name.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "hw/associative/micro_syntax.hpp"

namespace moesaic::hw::associative {

MicroLibrary::MicroLibrary(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".micro")
      files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    add(parse_micro_programs(text.str(), file));
  }
}

MicroLibrary::MicroLibrary(const std::string& text, const std::string& name) {
  add(parse_micro_programs(text, name));
}

MicroLibrary::~MicroLibrary() = default;
MicroLibrary::MicroLibrary(MicroLibrary&&) noexcept = default;

void MicroLibrary::add(std::vector<MicroProgram> programs) {
  for (auto& program : programs) {
    const std::string name = program.name;
    if (programs_.count(name))
      fail_at({program.file, 1, 1}, fmt::format("operation '{}' stands twice", name));
    programs_[name] = std::make_unique<MicroProgram>(std::move(program));
  }
}

const MicroProgram* MicroLibrary::find(const std::string& name) const {
  const auto found = programs_.find(name);
  return found == programs_.end() ? nullptr : found->second.get();
}

std::vector<std::string> MicroLibrary::names() const {
  std::vector<std::string> names;
  for (const auto& program : programs_)
    names.push_back(program.first);
  return names;
}

int Microcode::registers() const {
  int sum = 0;
  for (const auto& segment : segments)
    sum += segment.registers;
  return sum;
}

int Microcode::rewrites() const {
  return static_cast<int>(
      std::count_if(segments.begin(), segments.end(), [](const Segment& s) { return s.rewrite; }));
}

} // namespace moesaic::hw::associative
