#include <algorithm>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/associative/bit_serial.hpp"
#include "hw/associative/description.hpp"
#include "hw/associative/variation.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "mappings/associative/moe_router.hpp"
#include "mappings/devices/card_mapping.hpp"
#include "mappings/devices/check_cards.hpp"
#include "results/statistic.hpp"
#include "sim/associative/cards.hpp"
#include "sim/associative/queries.hpp"
#include "sim/associative/record.hpp"
#include "sim/associative/units.hpp"
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
  void check_fits(const workloads::MoeLayer& layer) const override {
    MoeTask one;
    one.layer = layer;
    one.routing = workloads::make_trace(layer, 1, 1);
    placed(one, [](const CardRun&) { return RunTimes{}; });
  }
  results::RunRecord estimate(const MoeTask& task) const override;
  results::UnitSpans units(const MoeTask& task, const results::TraceWindow& window) const override {
    return associative_units(description_, placed(task).cards.run, window);
  }
  results::UnitSpans units(const QueryTask& task, const results::TraceWindow& window) const override {
    const auto program = query_program(description_, task);
    return associative_units(description_, CardRun::of(program), window);
  }
  std::vector<std::string> device_strategies() const override { return {"even", "whole", "tensor", "eplb"}; }
  mappings::DeviceMapping map_devices(const workloads::MoeLayer& layer, const DeviceRequest& request) const override;
  DeviceCheck check_devices(const mappings::DeviceMapping& mapping, const workloads::MoeLayer& layer,
                            const workloads::Routing& trace, double tokens_per_second) const override;
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
  /// A batch on its cards, its programs checked.
  struct Placed {
    Cards work;
    int most; ///< tokens that share one pass
    TimedCards cards;
  };
  Placed placed(const MoeTask& task, const std::function<RunTimes(const CardRun&)>& time) const;
  Placed placed(const MoeTask& task) const {
    return placed(task, [&](const CardRun& run) { return run_cards(description_, run, Corner::nominal); });
  }

  Document document_;
  hw::associative::Description description_;
};

void add_notes(const MoeTask& task, const mappings::DeviceMapping* mapping, int most, results::RunRecord& record) {
  if (!mapping) {
    record.notes.push_back(fmt::format(
        "int8 weights of all {} experts lie in card memory and are streamed once per pass of up to {} tokens; "
        "every core "
        "holds a part of each expert's inner width",
        task.layer.routed + task.layer.shared, most));
  } else {
    record.notes.push_back(fmt::format("placed by a mapping file: strategy {}, {} card{}, int8 weights, passes of up to {} tokens",
                                       mapping->strategy, mapping->chips, mapping->chips == 1 ? "" : "s", most));
    if (mapping->chips > 1)
      record.notes.push_back("every card chooses experts for itself; its host hands it all tokens and collects its sums over a link "
                             "of its own, whose energy and the host's additions are left out; curves are those of the slowest card");
  }
  record.notes.push_back(
      "scaling, the sigmoid's table and the product of gate and up run on the control processors in "
      "fixed point; products, sums and the choice of experts on the arrays");
}

AssociativeMachine::Placed AssociativeMachine::placed(const MoeTask& task,
                                                      const std::function<RunTimes(const CardRun&)>& time) const {
  Cards work = cards_of(description_, task);
  const int most = pass_of(description_, task.layer, work);
  TimedCards cards = timed_cards(description_, task, work, most, time);
  const hw::associative::OperationSet operations(description_, Corner::nominal);
  for (const auto& card : cards.programs)
    for (const auto& program : card.programs)
      check(program, operations);
  return {std::move(work), most, std::move(cards)};
}

results::RunRecord AssociativeMachine::estimate(const MoeTask& task) const {
  const Placed p = placed(task, [&](const CardRun& run) { return estimate_cards(description_, run); });
  results::RunRecord record = record_associative_estimate(document_, description_, p.cards.run, p.cards.nominal);
  record.workload = task.layer.name;
  record.tokens = task.routing.tokens;
  record.constants.clear(), record.stages.clear(), record.notes.clear();
  return record;
}

results::RunRecord AssociativeMachine::run(const MoeTask& task) const {
  Placed p = placed(task);
  results::RunRecord record = record_associative_run(document_, description_, p.cards.run, std::move(p.cards.nominal));
  record.workload = task.layer.name;
  record.tokens = task.routing.tokens;
  add_notes(task, devices_of(task, description_.name), p.most, record);
  add_roofline_point(task.layer, results::statistic_value(record, "card memory traffic"),
                     "bytes between card memory and cores", record);
  record.statistics.push_back({"peak_memory_bytes_per_second", "B/s", "total", "the card memory's peak",
                               description_.card_bandwidth.value * double(p.work.size())});
  add_resident_model(task.layer, cards_per_layer(description_, task.layer, p.work), description_.static_power.value, record);
  if (task.brief)
    record.constants.clear(), record.stages.clear(), record.notes.clear(); // no table of a sweep holds them
  return record;
}

mappings::DeviceMapping AssociativeMachine::map_devices(const workloads::MoeLayer& layer, const DeviceRequest& request) const {
  constexpr int most_cards = 4096;
  const auto made = [&](int cards) {
    const mappings::CardOptions options{cards, request.resident};
    if (request.strategy == "whole")
      return mappings::whole_card_mapping(description_, layer, options);
    if (request.strategy == "tensor")
      return mappings::tensor_card_mapping(description_, layer, options);
    if (request.strategy == "even")
      return mappings::even_card_mapping(description_, layer, options);
    if (cards == 1)
      throw InputError(fmt::format("{}: eplb places replicas on several cards: give --chips", description_.name));
    const int wanted = request.redundant < 0 ? (layer.routed + 7) / 8 : request.redundant;
    const int rest = (layer.routed + wanted) % cards;
    return mappings::balanced_card_mapping(description_, layer, options, wanted + (rest > 0 ? cards - rest : 0), request.load);
  };
  if (request.chips > 0 || !request.resident)
    return made(std::max(1, request.chips));
  for (int cards = 1; cards <= most_cards; ++cards) {
    auto mapping = made(cards);
    const auto fits = [&](const auto& card) {
      const auto layout = work_layout(description_, layer, card);
      return moe_slots(layout, resident_slots(layout, card)).accumulator + 2 <= description_.l1_slots;
    };
    const Cards work = mappings::card_work(mapping, description_, layer);
    if (std::all_of(work.begin(), work.end(), fits))
      return mapping;
  }
  throw InputError(fmt::format("{}: {} weights do not fit in the L1 memories of {} cards", description_.name, layer.name, most_cards));
}

DeviceCheck AssociativeMachine::check_devices(const mappings::DeviceMapping& mapping, const workloads::MoeLayer& layer,
                                              const workloads::Routing& trace, double tokens_per_second) const {
  if (mapping.kind != mappings::DeviceKind::associative)
    throw InputError(fmt::format("{}: a mapping for a machine of kind gpu, expected one for an associative machine",
                                 description_.name));
  const hw::associative::OperationSet operations(description_, Corner::nominal);
  const workloads::Routing one = trace.part(0, 1);
  DeviceCheck check{mappings::check_card_mapping(mapping, operations, layer, one), ""};
  if (!check.violations.empty())
    return check;
  const auto rates = mappings::card_rates(mapping, description_, layer, trace);
  check.report = mappings::card_report(mapping, operations, layer, one, rates);
  if (tokens_per_second > 0)
    mappings::check_card_rates(rates, tokens_per_second, check.violations);
  return check;
}

} // namespace

std::unique_ptr<Machine> make_associative_machine(const Document& description) {
  if (hw::associative::is_bit_serial(description))
    return make_bit_serial_machine(description);
  return std::make_unique<AssociativeMachine>(description);
}

} // namespace moesaic::sim
