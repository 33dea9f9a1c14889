// Chips with arrays of multipliers: SpiNNaker2's peak figures, and language models on NorthPole from their
// shapes.
#include "mappings/neuromorphic/decoder_cards.hpp"
#include "sim/validation/chips.hpp"

namespace moesaic::sim {

using results::ValidationRow;

namespace {

/// All cores of a chip at work, as many columns as they hold: operations and joules, static power included.
Cost peak_of(const hw::Chip& chip, int rows_in, int columns, hw::SynapseFormat format) {
  const Cost all = cost_of(chip, fan(chip, rows_in, columns, format));
  return {all.seconds, all.joules + chip.static_power.value * all.seconds, all.operations};
}

/// Power of a chip all of whose cores do nothing but run a program of theirs.
double watts_of_code(const hw::Chip& chip) {
  hw::Program program = fan(chip, 1, chip.cores - 1);
  hw::Population& code = program.populations.back();
  code.instructions = 1'000'000;
  code.trigger = hw::always_runs;
  program.cores.resize(2);
  for (int slot = 2; slot < chip.cores; ++slot) {
    program.cores.push_back(program.cores[1]);
    program.cores.back().slot = slot;
  }
  program.cores[1].neurons = 1;
  hw::ScriptedActivity activity(program, {});
  const hw::SystemRun run = hw::run_system(chip, program, Corner::nominal, activity, 1, 1);
  return joules_of(chip, program, run) / run.seconds;
}

/// A token's way through the chips that hold a model.
struct TokenCost {
  double interval = 0; ///< seconds between tokens: the slowest chip, and its hand-over
  double latency = 0;  ///< seconds of one token, without waiting for others
  double joules = 0;   ///< active, per token
  int chips = 0;
};

/// A chip works on one token at a time, and hands it over before it takes the next: the link's latency, then its bytes.
/// Nobody else uses that link, and transfers in bulk do not wait for single credits, so this needs no network.
TokenCost decode(const hw::Chip& chip, const mappings::DecoderModel& model) {
  const hw::ChipLink& link = chip.link;
  const Cost hand_over{link.latency.value + model.hidden * link.message.value / link.bandwidth.value,
                       model.hidden * link.energy.value, 0};
  TokenCost token;
  for (const auto& part : mappings::decoder_chips(chip, model)) {
    Cost cost = hand_over;
    for (const auto& product : part.products) {
      const Cost one = cost_of(chip, mappings::product_program(chip, product));
      cost.seconds += one.seconds;
      cost.joules += one.joules;
    }
    token.interval = std::max(token.interval, cost.seconds);
    token.joules += part.count * cost.joules;
    // The chips of the output matrix work side by side; those of the layers one after another.
    token.latency += (part.products.size() == 1 ? 1 : part.count) * cost.seconds;
    token.chips += part.count;
  }
  return token;
}

} // namespace

void validate_spinnaker2(std::vector<ValidationRow>& rows) {
  static const char* const group = "SpiNNaker2 at 300 MHz and 0.8 V (5 constants fitted to 5 figures: time and energy of a product of matrices, "
                                   "time of a vector's, time of an event, power asleep)";
  const hw::Chip chip = chip_named("spinnaker2");
  const Published published("spinnaker2");
  const Cost matrices = peak_of(chip, 64, (chip.cores - 1) * 1400, hw::SynapseFormat::convolution);
  const Cost vector = peak_of(chip, 64, (chip.cores - 1) * 1400, hw::SynapseFormat::dense);
  rows.push_back(published.row(group, "INT8, products of matrices", "TOPS", 1e12, 2 * matrices.operations / matrices.seconds,
                               "peak", dimension::operation_rate, true));
  rows.push_back(published.row(group, "power at that rate", "W", 1, matrices.joules / matrices.seconds,
                               "power_performance", dimension::power, true));
  rows.push_back(published.row(group, "INT8, fully connected layers", "TOPS", 1e12, 2 * vector.operations / vector.seconds,
                               "fully_connected", dimension::operation_rate, true));
  const double event = per_operation(chip, hw::SynapseFormat::sparse).seconds;
  rows.push_back(published.row(group, "synaptic events", "G/s", 1e9, chip.cores / event, "events",
                               dimension::frequency, true));
  rows.push_back(published.row(group, "power asleep", "W", 1, chip.static_power.value, "power_asleep", dimension::power, true));
  rows.push_back(published.row(group, "power, all cores running CoreMark", "W", 1, watts_of_code(chip), "power_coremark",
                               dimension::power, false));
}

void validate_northpole(std::vector<ValidationRow>& rows) {
  static const char* const group =
      "NorthPole (4 constants fitted to 4 figures: time of an operation, bandwidth of weights, hand-over between cards, power of a card)";
  const hw::Chip chip = chip_named("northpole");
  const Published published("northpole");
  const double cards = published.value("rack_cards", dimension::count);
  const Cost int8 = peak_of(chip, 64, (chip.cores - 1) * 10600, hw::SynapseFormat::convolution);
  rows.push_back({group, "INT8, weights used again (half of INT4)", "TOPS",
                  2 * int8.operations / int8.seconds / 1e12,
                  published.value("rack_peak_int4", dimension::operation_rate) / cards / 2 / 1e12, "debole2025",
                  true});
  const Cost read = peak_of(chip, 64, (chip.cores - 1) * 10600, hw::SynapseFormat::dense);
  rows.push_back({group, "weights read once", "TB/s", read.operations / read.seconds / 1e12,
                  published.value("rack_bandwidth", dimension::bandwidth) / cards / 1e12, "debole2025", true});

  const mappings::DecoderModel small{"3B", 14, 4096, 14336, 1024, 49152, 2048, 28, 4, 4, 2};
  const TokenCost of_small = decode(chip, small);
  rows.push_back(published.row(group, "3B on 16 cards", "tokens/s", 1, 1 / of_small.interval, "rate_3b",
                               dimension::frequency, true));
  rows.push_back(published.row(group, "3B on 16 cards, power", "W", 1,
                               of_small.chips * chip.static_power.value + of_small.joules / of_small.interval,
                               "power_3b", dimension::power, true));
  const mappings::DecoderModel large{"Granite-3.3-8B", 40, 4096, 12800, 1024, 49159, 2048, 28, 4, 8, 2};
  const TokenCost of_large = decode(chip, large);
  rows.push_back(published.row(group, "Granite-3.3-8B, time per token of each of 28 users", "ms", 1e-3, of_large.latency,
                               "latency_8b", dimension::time, false));

  rows.push_back(published.row(group, "rack of three such models, power", "W", 1,
                               cards * chip.static_power.value + 3 * of_large.joules / of_large.interval, "rack_power",
                               dimension::power, false));
  rows.back().apart = "another quantity: simulated are the cards, without their servers";

  static const char* const images = "NorthPole, ResNet-50 on one card";
  const std::size_t first = rows.size();
  const FrameCost frame = resnet50_frame(chip, 4);
  rows.push_back(published.row(images, "frames", "frames/s", 1, 1 / frame.seconds, "resnet50_rate", dimension::frequency, false));
  rows.push_back(published.row(images, "power of the card", "W", 1, chip.static_power.value + frame.joules / frame.seconds,
                               "resnet50_power", dimension::power, false));
  for (std::size_t i = first; i < rows.size(); ++i)
    rows[i].apart = "4 bits in all layers: assumed, the layers' bits are not published";
}

} // namespace moesaic::sim
