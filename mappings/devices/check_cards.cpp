#include "mappings/devices/check_cards.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "description/error.hpp"
#include "mappings/associative/moe_lowering.hpp"
#include "mappings/associative/moe_router.hpp"
#include "mappings/devices/card_mapping.hpp"

namespace moesaic::mappings {

using hw::associative::Description;
using hw::associative::OperationSet;

namespace {

class CardCheck {
 public:
  CardCheck(const DeviceMapping& mapping, const OperationSet& operations, const workloads::MoeLayer& layer,
            std::vector<Violation>& violations)
      : mapping_(mapping), operations_(operations), d_(operations.description()), layer_(layer), violations_(violations) {}

  void run(const workloads::Routing& trace) {
    places();
    const bool placed = violations_.empty();
    slices();
    check_parts(mapping_, layer_, violations_);
    check_replica_rule(mapping_, violations_);
    if (!placed)
      return;
    const auto cards = card_work(mapping_, d_, layer_);
    if (resident(cards) && violations_.empty())
      programs(cards, trace);
  }

 private:
  void report(std::string kind, std::string place, std::string limit, std::string value, std::string remedy) {
    violations_.push_back({std::move(kind), std::move(place), std::move(limit), std::move(value), std::move(remedy)});
  }

  void places() {
    if (mapping_.chips > 1 && !d_.link_bandwidth)
      report("chips", "all cards", "1 card: the description has no host_link", fmt::format("{} cards", mapping_.chips),
             "describe the link between card and host, or use one card");
    std::set<std::pair<std::int32_t, std::int32_t>> used;
    for (std::size_t c = 0; c < mapping_.cores.size(); ++c) {
      const DeviceCore& at = mapping_.cores[c];
      const std::string name = device_name(mapping_, static_cast<std::int32_t>(c));
      if (at.chip >= mapping_.chips)
        report("no such chip", name, fmt::format("card 0 to {}", mapping_.chips - 1), fmt::format("card {}", at.chip),
               "move it to a card that there is, or state more chips");
      if (at.core >= d_.cores)
        report("no such core", name, fmt::format("core 0 to {}", d_.cores - 1), fmt::format("core {}", at.core),
               "move it to a core that there is");
      if (!used.emplace(at.chip, at.core).second)
        report("core used twice", name, "each core once", "twice", "let the slices of both refer to one of the two rows");
    }
  }

  void slices() {
    std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t, std::int32_t>, std::int32_t> level; // of a part
    for (const DeviceSlice& s : mapping_.slices) {
      if (s.bits != 8)
        report("weight precision", device_name(mapping_, s.on), "8 bit: products of the layer's program are of int8",
               fmt::format("{} bit", s.bits), "state 8 bits");
      if (s.level != 1 && s.level != 4)
        report("memory level", device_name(mapping_, s.on), "level 1 (resident in L1) or 4 (streamed from card memory)",
               fmt::format("level {}", s.level), "L2 is the transfers' buffer and L3 the control processor's: use 1 or 4");
      const bool down = s.projection == static_cast<std::int32_t>(Projection::down);
      const auto [at, first] = level.try_emplace({s.expert, s.replica, s.on, down ? s.first_row : s.first_column}, s.level);
      if (!first && at->second != s.level)
        report("memory level", fmt::format("{}, expert {} replica {}", device_name(mapping_, s.on), s.expert, s.replica),
               "gate, up and down of the same inner units in one level",
               fmt::format("levels {} and {}", at->second, s.level), "keep them together");
    }
  }

  /// Slots of L1 for resident weights beside what the program itself needs.
  bool resident(const std::vector<associative::CardWork>& cards) {
    bool fits = true;
    for (std::size_t card = 0; card < cards.size(); ++card) {
      try {
        const auto layout = work_layout(d_, layer_, cards[card]);
        const int slots = resident_slots(layout, cards[card]), wanted = moe_slots(layout, slots).accumulator + 2;
        if (wanted <= d_.l1_slots)
          continue;
        report("level capacity", fmt::format("card {}: L1 of a core", card), fmt::format("at most {} slots", d_.l1_slots),
               fmt::format("{} slots ({} of resident weights), {} too many", wanted, slots, wanted - d_.l1_slots),
               "stream some of its slices (level 4), or use more cards");
      } catch (const InputError& error) {
        report("program", fmt::format("card {}", card), "parts that the columns hold", error.what(), "cut its experts further");
      }
      fits = false;
    }
    return fits;
  }

  void programs(const std::vector<associative::CardWork>& cards, const workloads::Routing& trace) {
    for (std::size_t card = 0; card < cards.size(); ++card)
      for (const auto& program : associative::lower_moe(d_, layer_, trace, cards[card]).programs) {
        const auto found = overflows(usage(program, operations_), fmt::format("card {}: ", card));
        violations_.insert(violations_.end(), found.begin(), found.end());
        if (!found.empty())
          break;
        try {
          check(program, operations_);
        } catch (const InputError& error) {
          report("program", fmt::format("card {}", card), "a program that the card can run", error.what(),
                 "change the slices that make it so");
        }
      }
  }

  const DeviceMapping& mapping_;
  const OperationSet& operations_;
  const Description& d_;
  const workloads::MoeLayer& layer_;
  std::vector<Violation>& violations_;
};

} // namespace

std::vector<Violation> check_card_mapping(const DeviceMapping& mapping, const OperationSet& operations,
                                          const workloads::MoeLayer& layer, const workloads::Routing& trace) {
  std::vector<Violation> violations;
  CardCheck(mapping, operations, layer, violations).run(trace);
  return violations;
}

CardRates card_rates(const DeviceMapping& mapping, const Description& d, const workloads::MoeLayer& layer,
                     const workloads::Routing& trace) {
  CardRates rates;
  for (const auto& work : card_work(mapping, d, layer)) {
    const auto layout = work_layout(d, layer, work);
    const auto turns = associative::replica_turns(trace, layer.shared, work.replicas);
    double bytes = double(layout.router_bytes()) * d.cores; // read for every token
    for (const auto& items : work.cores)
      for (const auto& item : items)
        if (!item.resident)
          bytes += double(layout.expert_bytes()) * double(item_tokens(item, trace, layer.shared, turns).size()) / trace.tokens;
    rates.memory.push_back(bytes / d.card_bandwidth.value);
    rates.link.push_back(mapping.chips > 1 ? 6.0 * layer.hidden / d.link_bandwidth->value : 0);
  }
  return rates;
}

void check_card_rates(const CardRates& rates, double tokens_per_second, std::vector<Violation>& violations) {
  for (std::size_t card = 0; card < rates.memory.size(); ++card) {
    check_busy("memory bandwidth", fmt::format("card {}", card), rates.memory[card], tokens_per_second,
               "move experts to other cards, make them resident, or ask for fewer tokens per second", violations);
    check_busy("link bandwidth", fmt::format("card {}", card), rates.link[card], tokens_per_second,
               "ask for fewer tokens per second", violations);
  }
}

std::string card_report(const DeviceMapping& mapping, const OperationSet& operations, const workloads::MoeLayer& layer,
                        const workloads::Routing& trace, const CardRates& rates) {
  const Description& d = operations.description();
  const auto cards = card_work(mapping, d, layer);
  const auto load = [](const associative::CardWork& card) {
    std::size_t items = 0;
    for (const auto& core : card.cores)
      items += core.size();
    return items * static_cast<std::size_t>(card.part);
  };
  const auto fullest = std::max_element(cards.begin(), cards.end(),
                                        [&](const auto& a, const auto& b) { return load(a) < load(b); });
  const auto program = associative::lower_moe(d, layer, trace, *fullest);
  const auto busiest = std::max_element(rates.memory.begin(), rates.memory.end());
  return fmt::format("fullest card {}, core 0:\n{}\nbusiest memory card {}: {:.4g} us per token, at most {:.4g} tokens/s\n",
                     fullest - cards.begin(), usage_text(usage(program.core(0), operations)), busiest - rates.memory.begin(),
                     *busiest * 1e6, 1 / *busiest);
}

} // namespace moesaic::mappings
