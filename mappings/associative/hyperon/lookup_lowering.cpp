#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/builder.hpp"
#include "mappings/associative/hyperon/lookup.hpp"
#include "mappings/associative/interpreter.hpp"

namespace moesaic::mappings::associative {

namespace {

using hw::associative::Description;
using workloads::hyperon::LookupStep;
using workloads::hyperon::no_value;

constexpr int input = 1, index = 2, looked_up = 3;   // vectors
constexpr int valid = 4, scratch = 5, inverse = 6;   // markers

/// Which facts of the first relation stand where, and which slots hold the variables.
struct LookupLayout {
  std::int64_t each = 0;   ///< bindings of one core
  std::int64_t groups = 1; ///< vectors of them
  std::int64_t fields = 0;
  std::vector<std::int64_t> slot; ///< by variable; those of the first relation count from the group's first slot
  std::vector<bool> in_base;

  LookupLayout(const Description& d, const Space& space, const LookupPlan& plan, std::size_t variables)
      : slot(variables), in_base(variables) {
    const auto facts = static_cast<std::int64_t>(space.relations[static_cast<std::size_t>(plan.relation)].size());
    each = (facts + d.cores - 1) / d.cores;
    groups = std::max<std::int64_t>(1, (each + d.shape.columns - 1) / d.shape.columns);
    fields = static_cast<std::int64_t>(plan.variables.size());
    for (std::int64_t f = 0; f < fields; ++f) {
      const auto v = static_cast<std::size_t>(plan.variables[static_cast<std::size_t>(f)]);
      slot[v] = f;
      in_base[v] = true;
    }
    std::int64_t next = groups * fields;
    for (std::size_t v = 0; v < variables; ++v)
      if (!in_base[v])
        slot[v] = next++;
  }
};

class LookupLowering {
 public:
  LookupLowering(const Description& d, const Space& space, const Query& query, const LookupPlan& plan, Program& program)
      : plan_(plan), layout_(d, space, plan, query.variables.size()), program_(program), b_(program), cores_(d.cores) {}

  void run() {
    program_.resident_slots = layout_.groups * layout_.fields;
    tables();
    b_.stage("look up");
    b_.loop(layout_.groups, [&](int g) {
      load(0, plan_.variables[0], g);
      b_.operation("search_16", {0}, {no_value, no_value, scratch});
      b_.operation("not_m", {}, {valid, scratch});
      for (const auto& step : plan_.steps)
        look_up(step, g);
      b_.operation("count_m_g32k", {}, {valid});
      b_.scalar("add", 1, false);
    });
    b_.stage("sum");
    b_.transfer(Route::l3_l4, 8, "bindings");
    b_.barrier();
    b_.transfer(Route::l4_l3, std::int64_t{8} * cores_, "bindings");
    b_.scalar("add", cores_, false);
  }

 private:
  void tables() {
    b_.stage("tables");
    std::set<int> brought;
    for (const auto& step : plan_.steps)
      if (brought.insert(step.relation).second) {
        const auto bytes = static_cast<std::int64_t>(step.table.size() * 2);
        program_.l3_bytes += bytes;
        program_.regions["tables"] = std::max(program_.regions["tables"], bytes);
        b_.transfer(Route::l4_l3, bytes, "tables");
      }
    program_.regions["bindings"] = std::int64_t{8} * cores_;
  }

  void load(int vector, int variable, int g) {
    const auto v = static_cast<std::size_t>(variable);
    b_.load(vector, layout_.in_base[v] ? Index(layout_.slot[v]).plus(g, layout_.fields) : Index(layout_.slot[v]));
  }

  void look_up(const LookupStep& step, int g) {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const auto& term = step.inputs[i];
      const int to = i == 0 ? index : input;
      if (i > 0)
        b_.operation("sl_imm_16", {index, index}, {plan_.index_bits});
      if (term.variable)
        load(to, static_cast<int>(term.value), g);
      else
        b_.operation("cpy_imm_16", {to}, {std::int64_t{term.value}});
      if (i > 0)
        b_.operation("or_16", {index, index, input});
    }
    b_.operation("lookup_16", {looked_up, index}, {static_cast<std::int64_t>(step.table.size())});
    if (step.partial) {
      b_.operation("search_16", {looked_up}, {no_value, no_value, scratch});
      b_.operation("not_m", {}, {inverse, scratch});
      b_.operation("and_m", {}, {valid, valid, inverse});
    }
    if (step.bound) {
      load(input, step.output, g);
      b_.operation("eq_16", {looked_up, input}, {scratch});
      b_.operation("and_m", {}, {valid, valid, scratch});
    } else {
      b_.store(looked_up, layout_.slot[static_cast<std::size_t>(step.output)]);
    }
  }

  const LookupPlan& plan_;
  LookupLayout layout_;
  Program& program_;
  ProgramBuilder b_;
  int cores_;
};

class LookupSurroundings : public Surroundings {
 public:
  LookupSurroundings(const LookupPlan& plan, int cores) : plan_(plan), next_(static_cast<std::size_t>(cores)) {}
  std::uint64_t count = 0;

  void transfer(int, const Step&, std::int64_t, std::vector<std::uint16_t>*) override {}
  void scalar(int, const Step&) override {}
  std::int64_t from_memory(int, const Step&, std::int64_t written) override { return written; }
  void after(int core, const Step& step, hw::associative::FunctionalCore& planes) override {
    if (step.name == "count_m_g32k")
      count += static_cast<std::uint64_t>(planes.count(valid));
    if (step.name != "lookup_16")
      return;
    auto& next = next_[static_cast<std::size_t>(core)];
    const auto& table = plan_.steps[next].table;
    next = (next + 1) % plan_.steps.size();
    auto values = planes.vector(index);
    for (auto& value : values)
      value = value < table.size() ? table[value] : no_value;
    planes.set_vector(looked_up, values);
  }

 private:
  const LookupPlan& plan_;
  std::vector<std::size_t> next_; ///< step that each core is at
};

} // namespace

Program lower_lookups(const Description& d, const Space& space, const Query& query, const LookupPlan& plan) {
  Program program;
  program.name = query.name;
  program.title = query.text;
  program.cores = d.cores;
  LookupLowering(d, space, query, plan, program).run();
  return program;
}

std::uint64_t run_lookups(const Description& d, const Space& space, const LookupPlan& plan, const Program& program) {
  const hw::associative::OperationSet operations(d, Corner::nominal);
  Interpreter interpreter(program, operations);
  const auto& facts = space.relations[static_cast<std::size_t>(plan.relation)];
  std::size_t variables = plan.variables.size();
  for (const auto& step : plan.steps)
    variables = std::max(variables, static_cast<std::size_t>(step.output) + 1);
  for (const int v : plan.variables)
    variables = std::max(variables, static_cast<std::size_t>(v) + 1);
  const LookupLayout layout(d, space, plan, variables);
  for (int core = 0; core < d.cores; ++core)
    for (std::int64_t slot = 0; slot < program.resident_slots; ++slot) {
      auto& words = interpreter.core(core).slot(slot);
      for (std::int64_t c = 0; c < d.shape.columns; ++c) {
        const std::int64_t in_core = slot / layout.fields * d.shape.columns + c, fact = core * layout.each + in_core;
        const bool there = in_core < layout.each && fact < static_cast<std::int64_t>(facts.size());
        words[static_cast<std::size_t>(c)] =
            there ? static_cast<std::uint16_t>(facts.row(static_cast<std::size_t>(fact))[slot % layout.fields]) : no_value;
      }
    }
  LookupSurroundings surroundings(plan, d.cores);
  interpreter.run(surroundings);
  return surroundings.count;
}

} // namespace moesaic::mappings::associative
