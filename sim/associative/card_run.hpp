// Associative programs on one or several cards, in time.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/associative/stream.hpp"
#include "mappings/associative/program.hpp"

namespace moesaic::sim {

/// What the cores of one or several cards run. Several share a host, which hands each card its input and collects its
/// output, over the card's own link.
struct CardRun {
  std::vector<std::vector<const mappings::associative::Program*>> cards; ///< by card and core
  std::int64_t bytes_in = 0, bytes_out = 0;                              ///< of each card; several cards only

  /// One card whose cores all run the same.
  static CardRun of(const mappings::associative::Program& program);
  std::size_t cores() const; ///< of all cards
};

/// Times of all cards: the slowest one's total, stages and curves; sums of the rest. `host_seconds`: on the links.
struct RunTimes {
  hw::associative::CardTimes cards;
  double host_seconds = 0;
};

/// Of the cards and the links.
double seconds_of(const hw::associative::Description& description, const RunTimes& times, Corner corner);

/// The programs' times on the described cards, at one end of its figures. Throws InputError where there are several cards and
/// the description has no link to a host.
RunTimes run_cards(const hw::associative::Description& description, const CardRun& run, Corner corner);
/// The same of one program on one card.
hw::associative::CardTimes run_associative(const hw::associative::Description& description,
                                           const mappings::associative::Program& program, Corner corner);
/// One of several cards, with what its units do in a window.
hw::associative::CardTimes run_card_units(const hw::associative::Description& description,
                                          const std::vector<const mappings::associative::Program*>& card,
                                          const hw::associative::SpanWindow& spans);

/// The nominal times without simulating. Throws InputError as run_cards() does, and where cores of a card run different programs.
RunTimes estimate_cards(const hw::associative::Description& description, const CardRun& run);

} // namespace moesaic::sim
