#include "sim/associative/card_run.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::sim {

using hw::associative::CardTimes;
using hw::associative::Description;
using hw::associative::OperationSet;
using mappings::associative::Program;

namespace {

double bytes_per_tick(const Description& d, Corner corner) {
  return d.card_bandwidth.at(corner) / d.clock.at(corner) / double(hw::associative::ticks_per_cycle);
}

CardTimes run_one(const Description& d, const std::vector<const Program*>& programs, Corner corner,
                  const hw::associative::SpanWindow* spans) {
  const OperationSet operations(d, corner);
  std::map<const Program*, hw::associative::Stream> lowered;
  for (const Program* program : programs)
    if (lowered.find(program) == lowered.end())
      lowered[program] = lower_to_stream(*program, operations, spans != nullptr);
  std::vector<const hw::associative::Stream*> streams;
  for (const Program* program : programs)
    streams.push_back(&lowered[program]);
  return hw::associative::run_card(streams, d.engines, bytes_per_tick(d, corner), spans);
}

/// The slowest card's time, stages and curves with the sums of all.
CardTimes together(std::vector<CardTimes> cards) {
  if (cards.size() == 1)
    return std::move(cards[0]);
  const auto slowest = std::max_element(cards.begin(), cards.end(),
                                        [](const CardTimes& a, const CardTimes& b) { return a.total < b.total; });
  CardTimes sum = *slowest;
  sum.issue = sum.array = sum.transfer = sum.waiting = 0;
  sum.bytes = 0;
  double slowed = 0;
  for (const CardTimes& card : cards) {
    sum.issue += card.issue;
    sum.array += card.array;
    sum.transfer += card.transfer;
    sum.waiting += card.waiting;
    sum.bytes += card.bytes;
    slowed += card.contended * double(card.bytes);
  }
  sum.contended = sum.bytes > 0 ? slowed / double(sum.bytes) : 0;
  return sum;
}

/// Input and output of every card over its own link, before and after the cards work.
double host_seconds(const Description& d, const CardRun& run, Corner corner) {
  if (run.cards.size() == 1)
    return 0;
  if (!d.link_bandwidth || !d.link_latency)
    throw InputError(fmt::format("{}: several cards need the description's host_link (bandwidth and latency)", d.name));
  return 2 * d.link_latency->at(corner) +
         double(run.bytes_in + run.bytes_out) / d.link_bandwidth->at(corner);
}

} // namespace

CardRun CardRun::of(const Program& program) {
  return {{std::vector<const Program*>(static_cast<std::size_t>(program.cores), &program)}, 0, 0};
}

std::size_t CardRun::cores() const {
  std::size_t all = 0;
  for (const auto& card : cards)
    all += card.size();
  return all;
}

double seconds_of(const Description& d, const RunTimes& times, Corner corner) {
  return double(times.cards.total) / double(hw::associative::ticks_per_cycle) / d.clock.at(corner) + times.host_seconds;
}

RunTimes run_cards(const Description& d, const CardRun& run, Corner corner) {
  std::vector<CardTimes> cards;
  for (const auto& programs : run.cards)
    cards.push_back(run_one(d, programs, corner, nullptr));
  return {together(std::move(cards)), host_seconds(d, run, corner)};
}

CardTimes run_associative(const Description& d, const Program& program, Corner corner) {
  return run_one(d, CardRun::of(program).cards[0], corner, nullptr);
}

CardTimes run_card_units(const Description& d, const std::vector<const Program*>& card, const hw::associative::SpanWindow& spans) {
  return run_one(d, card, Corner::nominal, &spans);
}

RunTimes estimate_cards(const Description& d, const CardRun& run) {
  const OperationSet operations(d, Corner::nominal);
  std::vector<CardTimes> cards;
  for (const auto& programs : run.cards) {
    if (std::any_of(programs.begin(), programs.end(), [&](const Program* p) { return p != programs[0]; }))
      throw InputError(fmt::format("{}: an estimate of cores that work on different slices is not supported", d.name));
    cards.push_back(hw::associative::estimate_card(lower_to_stream(*programs.at(0), operations, false), int(programs.size()),
                                                   d.engines, bytes_per_tick(d, Corner::nominal)));
  }
  return {together(std::move(cards)), host_seconds(d, run, Corner::nominal)};
}

} // namespace moesaic::sim
