#include "sim/associative/program_values.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "mappings/associative/interpreter.hpp"
#include "mappings/associative/program_file.hpp"
#include "results/csv.hpp"
#include "results/run_folder.hpp"
#include "sim/associative/number_file.hpp"
#include "sim/associative/value_limit.hpp"

namespace moesaic::sim {

namespace {

using hw::associative::Description;
using hw::associative::FunctionalCore;
using mappings::associative::Program;
using mappings::associative::Route;
using mappings::associative::Step;
using Words = std::vector<std::uint16_t>;

constexpr int users_vectors = 15;

std::size_t word_of(std::int64_t bytes) {
  return static_cast<std::size_t>(bytes) / 2;
}

[[noreturn]] void fail(const Step& step, const std::string& message) {
  throw InputError(fmt::format("{}: {}", step.place, message));
}

class Memory : public mappings::associative::Surroundings {
 public:
  Memory(const Description& d, const Program& program, const ProgramInput& input)
      : parts_(static_cast<std::size_t>(program.cores)), given_(!input.operands.empty()) {
    const auto cores = static_cast<std::size_t>(program.cores);
    for (const auto& [name, bytes] : program.regions)
      values_.memory[name].resize(word_of(bytes) * cores);
    for (const auto& [name, file] : input.memory) {
      const auto region = values_.memory.find(name);
      if (region == values_.memory.end())
        throw InputError(fmt::format("--memory: the program has no region '{}'", name));
      Words numbers = read_numbers(file);
      const std::size_t part = region->second.size() / cores;
      if (numbers.size() != part && numbers.size() != region->second.size())
        throw InputError(fmt::format("{}: region '{}' takes {} numbers for every core{}, found {}", file, name, part,
                                     cores == 1 ? "" : fmt::format(", or {} of all", region->second.size()), numbers.size()));
      for (std::size_t i = 0; i < region->second.size(); ++i)
        region->second[i] = numbers[i % numbers.size()];
    }
    if (given_)
      operands_ = read_numbers(input.operands);
    values_.cores = program.cores;
    values_.columns = static_cast<std::size_t>(d.shape.columns);
  }

  /// Whose cores' tables follow L3.
  void serve(mappings::associative::Interpreter& interpreter) { interpreter_ = &interpreter; }
  ProgramValues take() { return std::move(values_); }

  void transfer(int core, const Step& step, std::int64_t offset, Words* slot) override {
    Part& part = parts_[static_cast<std::size_t>(core)];
    std::uint16_t* l4 = place(core, step, offset);
    const std::size_t words = word_of(step.bytes);
    switch (step.route) {
    case Route::l4_l1: std::copy(l4, l4 + words, slot->begin()); break;
    case Route::l1_l4: std::copy(slot->begin(), slot->begin() + static_cast<std::ptrdiff_t>(words), l4); break;
    case Route::l4_l2: into_l2(step, part, l4, l4 + words); break;
    case Route::l2_l1:
      std::fill(slot->begin(), slot->end(), std::uint16_t{0});
      std::copy(part.l2.begin(), part.l2.end(), slot->begin());
      part.l2.clear();
      break;
    case Route::l1_l2: part.l2 = *slot; break;
    case Route::l2_l4:
      std::copy(part.l2.begin(), part.l2.begin() + static_cast<std::ptrdiff_t>(std::min(words, part.l2.size())), l4);
      part.l2.erase(part.l2.begin(), part.l2.begin() + static_cast<std::ptrdiff_t>(std::min(words, part.l2.size())));
      break;
    case Route::l4_l3:
    case Route::l4_l3_both: interpreter_->core(core).set_table(Words(l4, l4 + words)); part.table = true; break;
    case Route::l3_l4:
      for (std::size_t i = 0; i < words; ++i)
        l4[i] = part.moved < part.answers.size() ? part.answers[part.moved++] : std::uint16_t{0};
      break;
    }
  }

  void scalar(int, const Step&) override {}

  std::int64_t from_memory(int core, const Step& step, std::int64_t) override {
    Part& part = parts_[static_cast<std::size_t>(core)];
    if (!given_)
      fail(step, fmt::format("{} takes its immediate values from memory: --operands FILE gives them", step.name));
    if (part.operand == operands_.size())
      fail(step, fmt::format("--operands: {} numbers are too few", operands_.size()));
    return operands_[part.operand++];
  }
  void operands(int core, const Step& step, std::vector<std::int64_t>& immediates) override {
    for (auto& value : immediates)
      value = from_memory(core, step, value);
  }

  void after(int, const Step&, FunctionalCore&) override {}
  void ran(int core, const Step& step, const std::vector<int>& vectors, const std::vector<std::int64_t>& immediates,
           FunctionalCore& planes) override {
    Part& part = parts_[static_cast<std::size_t>(core)];
    if ((step.name == "lookup_16" || step.name == "lookup_entries_16") && !part.table)
      fail(step, "no table: with values one is moved from L4 to L3 before");
    Words numbers;
    if (step.name == "get_entry_16")
      numbers = {planes.planes().element(vectors[0], static_cast<int>(immediates[0]))};
    else if (step.name == "count_m_g32k")
      numbers = {static_cast<std::uint16_t>(planes.count(static_cast<int>(immediates[0])))};
    else if (step.name == "get_marked_data_1024")
      for (const int column : planes.marked(static_cast<int>(immediates[0])))
        numbers.push_back(planes.planes().element(vectors[0], column));
    else
      return;
    part.answers.insert(part.answers.end(), numbers.begin(), numbers.end());
    values_.answers.push_back({core, step.place, step.name, std::move(numbers)});
  }

 private:
  struct Part {
    Words l2, answers;
    std::size_t moved = 0, operand = 0;
    bool table = false;
  };

  std::uint16_t* place(int core, const Step& step, std::int64_t offset) {
    const bool touches = step.route != Route::l2_l1 && step.route != Route::l1_l2;
    if (!touches)
      return nullptr;
    if (step.region.empty())
      fail(step, "with values a transfer needs a region");
    if (offset % 2 != 0 || step.bytes % 2 != 0)
      fail(step, "with values transfers move whole numbers of two bytes");
    Words& region = values_.memory.at(step.region);
    return region.data() + region.size() / parts_.size() * static_cast<std::size_t>(core) + word_of(offset);
  }

  void into_l2(const Step& step, Part& part, const std::uint16_t* begin, const std::uint16_t* end) {
    if (part.l2.size() + static_cast<std::size_t>(end - begin) > values_.columns)
      fail(step, "L2 overflows: it holds one vector until that goes to L1");
    part.l2.insert(part.l2.end(), begin, end);
  }

  mappings::associative::Interpreter* interpreter_ = nullptr;
  std::vector<Part> parts_;
  bool given_;
  Words operands_;
  ProgramValues values_;
};

} // namespace

ProgramValues run_with_values(const Document& program_document, const Document& machine, const ProgramInput& input) {
  if (hw::associative::is_bit_serial(machine))
    throw InputError("--values is not supported on a bit-serial machine");
  const auto description = hw::associative::read_description(machine);
  const Program program = mappings::associative::read_program(program_document);
  const hw::associative::OperationSet operations(description, Corner::nominal);
  check(program, operations);
  check_value_work(program, program.name);
  Memory memory(description, program, input);
  mappings::associative::Interpreter interpreter(program, operations);
  memory.serve(interpreter);
  interpreter.run(memory);
  ProgramValues values = memory.take();
  for (int core = 0; core < program.cores; ++core)
    for (int v = 0; v < users_vectors; ++v) {
      const auto numbers = interpreter.core(core).vector(v);
      values.vectors.insert(values.vectors.end(), numbers.begin(), numbers.end());
    }
  return values;
}

void write_program_values(const std::string& folder, const ProgramValues& values) {
  results::write_folder(folder, [&](const std::string& partial) {
    const auto cores = static_cast<std::size_t>(values.cores);
    for (const auto& [name, numbers] : values.memory)
      results::write_file(partial + "/" + name + ".npy", npy_text(numbers, {cores, numbers.size() / cores}));
    results::write_file(partial + "/vectors.npy",
                        npy_text(values.vectors, {cores, static_cast<std::size_t>(users_vectors), values.columns}));
    std::string csv = "core,step,operation,numbers\n";
    for (const auto& answer : values.answers)
      csv += fmt::format("{},{},{},{}\n", answer.core, results::csv_cell(answer.place), answer.operation,
                         fmt::join(answer.numbers, " "));
    results::write_file(partial + "/answers.csv", csv);
  });
}

} // namespace moesaic::sim
