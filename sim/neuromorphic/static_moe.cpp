#include "sim/neuromorphic/static_moe.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/machine/record_parts.hpp"
#include "sim/machine/resident_model.hpp"
#include "sim/neuromorphic/energy_lines.hpp"

namespace moesaic::sim {
namespace {

void add_counts(const hw::SystemRun& run, std::uint64_t times, hw::SystemRun& sum) {
  sum.counts.add(run.counts, times);
  sum.east_west_hops += times * run.east_west_hops;
  sum.north_south_hops += times * run.north_south_hops;
  sum.flit_hops += times * run.flit_hops;
}

CardCost run_card(const hw::Chip& chip, const std::vector<mappings::ChipProduct>& products, Corner corner) {
  CardCost card;
  for (const auto& product : products) {
    const hw::Program program = mappings::product_program(chip, product);
    hw::ScriptedActivity activity(program, {});
    const hw::SystemRun run = hw::run_system(chip, program, corner, activity, 1);
    card.seconds += run.seconds;
    card.waits.add(run.steps);
    add_counts(run, 1, card.run);
  }
  return card;
}

double hand_over_seconds(const hw::Chip& chip, std::int64_t messages, Corner corner) {
  return chip.link.latency.at(corner) +
         static_cast<double>(messages) * chip.link.message.value / chip.link.bandwidth.at(corner);
}

/// What one token waits for on its way.
StepWaits waits_of(const hw::Chip& chip, const ChainCost& chain) {
  StepWaits waits = chain.first.waits;
  const double further = chain.cards - 1;
  waits.memory += further * chain.further.waits.memory;
  waits.compute += further * chain.further.waits.compute;
  waits.traffic += further * (chain.further.waits.traffic + chain.hand_over) + chain.last_hand_over;
  waits.overhead += further * chain.further.waits.overhead;
  waits.hand_over = chain.cards * chip.link.latency.value;
  return waits;
}

void add_stages(const ChainCost& chain, results::RunRecord& record) {
  double start = 0;
  for (int i = 0; i < chain.cards; ++i) {
    const double work = i == 0 ? chain.first.seconds : chain.further.seconds,
                 pass = i + 1 == chain.cards ? chain.last_hand_over : chain.hand_over;
    record.stages.push_back({fmt::format("card {}: {}all its experts", i + 1, i == 0 ? "router, " : ""), start, work});
    record.stages.push_back({fmt::format("card {}: hand-over", i + 1), start + work, pass});
    start += work + pass;
  }
}

void add_statistics(const hw::SystemRun& all, const hw::Chip& chip, const mappings::StaticMoe& plan, const ChainCost& chain,
                    results::RunRecord& record) {
  const auto add = [&](const char* name, const char* unit, const char* text, double value) {
    record.statistics.push_back({name, unit, "total", text, value});
  };
  add("flit_hops", "flits", "router traversals of all messages", static_cast<double>(all.flit_hops));
  add("chip_crossings", "messages", "messages over links between chips", static_cast<double>(all.chip_crossings));
  add("messages", "messages", "messages that cores sent", static_cast<double>(all.counts.axon_out));
  add("deliveries", "messages", "messages that cores took in", static_cast<double>(all.counts.axon_in));
  add("synaptic_operations", "operations", "weights multiplied and accumulated, those of unchosen experts included",
      static_cast<double>(all.counts.operations()));
  add("cores", "cores", "cores of all cards", static_cast<double>(plan.cards) * chip.cores);
  add("token_interval", "s", "time between tokens that follow each other through the chain", chain.interval());
}

void add_notes(const hw::Chip& chip, const mappings::StaticMoe& plan, const workloads::MoeLayer& layer, const ChainCost& chain,
               results::RunRecord& record) {
  record.notes = {
      no_choice_note(chip, layer), mappings::describe(plan, chip, layer),
      fmt::format("a card runs its products one after another over all cores, each weight read once per token, and hands "
                  "the hidden state and the sum so far to the next, {} of {} per token; tokens follow each other every {}",
                  format_quantity(chain.hand_over, "s"), format_quantity(chain.latency(), "s"),
                  format_quantity(chain.interval(), "s")),
      fmt::format("were all cards at work on one token side by side, which nobody has built, it would take no less than {}",
                  format_quantity(chain.side_by_side(), "s")),
      fmt::format("static power is that of {} cards; hosts, switches and cooling are left out", plan.cards)};
  const double model = static_cast<double>(layer.moe_layers()) * plan.cards;
  if (chip.system_chips > 0 && model > chip.system_chips)
    record.notes.push_back(fmt::format("{:.0f} cards for {} are more than the {} of the largest system published: nobody "
                                       "has built that",
                                       plan.cards > chip.system_chips ? plan.cards : model,
                                       plan.cards > chip.system_chips
                                           ? "this layer"
                                           : fmt::format("the model's {} MoE layers", layer.moe_layers()),
                                       chip.system_chips));
}

} // namespace

double ChainCost::latency() const {
  return first.seconds + (cards - 1) * (further.seconds + hand_over) + last_hand_over;
}

double ChainCost::interval() const {
  return cards == 1 ? latency() : std::max(first.seconds, further.seconds) + hand_over;
}

double ChainCost::side_by_side() const {
  return std::max(first.seconds, further.seconds) + hand_over + last_hand_over;
}

ChainCost simulate_chain(const hw::Chip& chip, const mappings::StaticMoe& plan, Corner corner) {
  ChainCost chain;
  chain.cards = plan.cards;
  chain.first = run_card(chip, plan.first, corner);
  chain.further = run_card(chip, plan.further, corner);
  chain.hand_over = hand_over_seconds(chip, plan.hand_over, corner);
  chain.last_hand_over = hand_over_seconds(chip, plan.last_hand_over, corner);
  return chain;
}

std::string no_choice_note(const hw::Chip& chip, const workloads::MoeLayer& layer) {
  return fmt::format("computes all {} experts for every token: no data-dependent choice; {} runs one schedule for all data, "
                     "in which the gates of experts that were not chosen are zero (docs/neuromorphic.md)",
                     layer.routed + layer.shared, chip.title);
}

results::RunRecord run_static_moe(const Document& document, const hw::Chip& chip, const MoeTask& task) {
  const mappings::StaticMoe plan = mappings::plan_static_moe(chip, task.layer);
  const ChainCost chain = simulate_chain(chip, plan, Corner::nominal);
  const int tokens = task.routing.tokens;
  results::RunRecord record;
  record.machine = chip.name;
  record.machine_title = chip.title;
  record.kind = "neuromorphic";
  record.workload = task.layer.name;
  record.tokens = tokens;
  record.chips = static_cast<std::uint64_t>(plan.cards);
  record.power_limit = chip.power_limit ? chip.power_limit->value * plan.cards : 0;
  record.seconds = {chain.batch_seconds(tokens), simulate_chain(chip, plan, Corner::fast).batch_seconds(tokens),
                    simulate_chain(chip, plan, Corner::slow).batch_seconds(tokens)};
  const StepWaits waits = waits_of(chip, chain);
  set_bound(waits.shares(), record);

  hw::SystemRun all;
  const auto times = static_cast<std::uint64_t>(tokens);
  add_counts(chain.first.run, times, all);
  add_counts(chain.further.run, times * static_cast<std::uint64_t>(plan.cards - 1), all);
  all.chip_crossings = times * static_cast<std::uint64_t>(plan.messages());
  hw::Program cards;
  cards.chips = plan.cards;
  hw::Ledger ledger;
  hw::enter_energy(ledger, chip, cards, all, record.seconds.nominal, record.seconds.low, record.seconds.high);
  const auto lines = ledger.lines();
  add_counted_energy(lines, 1, record);
  add_statistics(all, chip, plan, chain, record);
  add_resident_model(task.layer, plan.cards, chip.static_power.value, record);
  add_roofline_point(task.layer, 3.0 * task.layer.hidden * static_cast<double>(plan.units) * tokens,
                     "int8 weights of all experts read from the cores' own memories", record);
  if (task.brief)
    return record;
  add_constants(document, lines, waits, chip.static_power.value * plan.cards, record);
  add_stages(chain, record);
  add_notes(chip, plan, task.layer, chain, record);
  return record;
}

bool runs_static_schedule(const Document& machine) {
  return machine.root().at("arithmetic").boolean_or("static_schedule", false);
}

std::string static_gain_report(const Document& document, const workloads::MoeLayer& layer) {
  const hw::Chip chip = hw::load_chip(document);
  MoeTask task;
  task.layer = layer;
  task.routing.tokens = 1;
  const results::RunRecord record = run_static_moe(document, chip, task);
  std::string text = fmt::format("{} on {}: nothing to place. One schedule for all data in a chain of cards: every order of "
                                 "experts and of cards takes the same\n\n",
                                 layer.title, chip.title);
  text += fmt::format("{:12} {:>11} {:>7} {:>12} {:>6}  {}\n{:12} {:>8.2f} us {:>6.2f}x {:>9.4f} mJ {:>6}  {}", "strategy",
                      "latency", "gain", "energy", "chips", "bound by", "any order", record.seconds.nominal * 1e6, 1.0,
                      record.joules.nominal * 1e3, record.chips, record.bound);
  for (const auto& [what, share] : record.bound_share)
    if (what == record.bound)
      text += fmt::format(" ({:.0f} %)\n", 100 * share);
  for (const auto& note : record.notes)
    text += fmt::format("  - {}\n", note);
  return text;
}

} // namespace moesaic::sim
