#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "hw/associative/description.hpp"
#include "hw/associative/variation.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "results/statistic.hpp"
#include "sim/associative/queries.hpp"
#include "sim/associative/record.hpp"
#include "sim/associative/values.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/resident_model.hpp"

namespace moesaic::sim {

namespace {

class AssociativeMachine : public Machine {
 public:
  explicit AssociativeMachine(const Document& document)
      : AssociativeMachine(document, hw::associative::read_description(document)) {}
  AssociativeMachine(const Document& document, hw::associative::Description description)
      : document_(document), description_(std::move(description)) {}

  const std::string& name() const override { return description_.name; }
  const char* kind() const override { return "associative"; }
  std::unique_ptr<Machine> varied(const std::vector<Override>& changes) const override {
    auto other = hw::associative::varied(description_, changes);
    return other ? std::make_unique<AssociativeMachine>(document_, std::move(*other)) : nullptr;
  }
  results::RunRecord run(const MoeTask& task) const override;
  ValueCheck check_values(const MoeTask& task) const override {
    return check_associative_values(description_, task);
  }
  MachineValues layer_values(const workloads::MoeLayer& layer, const LayerNumbers& numbers) const override {
    return associative_layer_values(description_, layer, numbers);
  }
  results::RunRecord answer(const QueryTask& task) const override {
    return answer_associative(document_, description_, task);
  }
  AnswerRun prepare_answers(const QueryTask& task) const override {
    return prepare_associative_answers(description_, task);
  }

 private:
  Document document_;
  hw::associative::Description description_;
};

struct TimedProgram {
  mappings::associative::Program program;
  hw::associative::CardTimes nominal;
};

/// The batch as a whole, or in passes where L1 has not accumulators for all of it: whichever takes less time.
TimedProgram faster_program(const hw::associative::Description& d, const MoeTask& task, int most) {
  const auto timed = [&](mappings::associative::Program program) {
    auto nominal = run_associative(d, program, Corner::nominal);
    return TimedProgram{std::move(program), std::move(nominal)};
  };
  auto whole = timed(mappings::associative::lower_moe(d, task.layer, task.routing));
  if (task.routing.tokens <= most)
    return whole;
  auto passes = timed(mappings::associative::lower_moe_in_passes(d, task.layer, task.routing));
  return passes.nominal.total < whole.nominal.total ? std::move(passes) : std::move(whole);
}

results::RunRecord AssociativeMachine::run(const MoeTask& task) const {
  const int most = tokens_per_pass(description_, mappings::associative::moe_layout(description_, task.layer));
  TimedProgram run = faster_program(description_, task, most);
  check(run.program, hw::associative::OperationSet(description_, Corner::nominal));
  results::RunRecord record =
      record_associative_run(document_, description_, run.program, std::move(run.nominal));
  record.workload = task.layer.name;
  record.tokens = task.routing.tokens;
  record.notes.push_back(fmt::format(
      "int8 weights of all {} experts lie in card memory and are streamed once per pass of up to {} tokens; "
      "every core "
      "holds a part of each expert's inner width",
      task.layer.routed + task.layer.shared, most));
  record.notes.push_back(
      "scaling, the sigmoid's table and the product of gate and up run on the control processors in "
      "fixed point; products, sums and the choice of experts on the arrays");
  add_roofline_point(task.layer, results::statistic_value(record, "card memory traffic"),
                     "bytes between card memory and cores", record);
  record.statistics.push_back({"peak_memory_bytes_per_second", "B/s", "total", "the card memory's peak",
                               description_.card_bandwidth.value});
  const double layer_bytes = double(task.layer.expert_weights()) * (task.layer.routed + task.layer.shared);
  add_resident_model(task.layer, layer_bytes / description_.l4.value, description_.static_power.value, record);
  if (task.brief)
    record.constants.clear(), record.stages.clear(), record.notes.clear(); // no table of a sweep holds them
  return record;
}

} // namespace

std::unique_ptr<Machine> make_associative_machine(const Document& description) {
  if (hw::associative::is_bit_serial(description))
    return make_bit_serial_machine(description);
  return std::make_unique<AssociativeMachine>(description);
}

} // namespace moesaic::sim
