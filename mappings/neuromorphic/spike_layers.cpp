#include "mappings/neuromorphic/spike_layers.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "mappings/neuromorphic/slices.hpp"

namespace moesaic::mappings {
namespace {

/// Places of the layer that the input at `x` feeds, of those in [first, end).
int reached(int x, int kernel, int stride, int pad, int first, int end) {
  const int low = x + pad - kernel + 1;
  const int from = std::max(first, low <= 0 ? 0 : (low + stride - 1) / stride);
  return std::max(0, std::min(end, (x + pad) / stride + 1) - from);
}

/// Rows of so many operations. Those of a convolution share their entries, so all begin at the first.
class Rows {
 public:
  explicit Rows(bool share) : share_(share) {}
  /// `operations` need not be whole: what is left of it goes to the rows after.
  void add(double operations) {
    due_ += operations;
    const auto whole = static_cast<std::uint32_t>(due_);
    due_ -= whole;
    rows_->begin.push_back(share_ ? 0 : static_cast<std::uint32_t>(rows_->column.size()));
    if (share_) {
      rows_->end.push_back(whole);
      rows_->base.push_back(0);
    }
    for (auto i = static_cast<std::uint32_t>(share_ ? rows_->column.size() : 0); i < whole; ++i)
      rows_->column.push_back(static_cast<std::uint16_t>(i));
  }
  std::shared_ptr<hw::SparseRows> done() {
    if (!share_)
      rows_->begin.push_back(static_cast<std::uint32_t>(rows_->column.size()));
    return rows_;
  }

 private:
  bool share_;
  std::shared_ptr<hw::SparseRows> rows_ = std::make_shared<hw::SparseRows>();
  double due_ = 0;
};

class Lowering {
 public:
  Lowering(const hw::Chip& chip, const std::string& name, const std::vector<SpikeLayer>& layers)
      : chip_(chip), layers_(layers) {
    program_.name = name;
    program_.chips = program_.grid_width = program_.grid_height = 1;
  }

  hw::Program lower() {
    for (int l = 0; l < static_cast<int>(layers_.size()); ++l)
      place(l);
    const int last = static_cast<int>(layers_.size()) - 1;
    for (hw::Core& core : program_.cores)
      if (core.population < last)
        connect(core.population, core);
    // The last layer's cores come first.
    int slot = static_cast<int>(program_.cores.size());
    for (const auto& population : program_.populations) {
      slot -= population.cores;
      for (hw::Core& core : program_.cores)
        if (&population == &program_.populations[static_cast<std::size_t>(core.population)])
          core.slot = slot++;
      slot -= population.cores;
    }
    hw::check(chip_, program_);
    return std::move(program_);
  }

 private:
  const SpikeLayer& layer(int l) const { return layers_[static_cast<std::size_t>(l)]; }

  void place(int l) {
    const SpikeLayer& here = layer(l);
    const int column = here.channels * here.height;
    hw::Population population;
    population.name = here.name;
    population.soma = hw::Soma::lif;
    population.trigger = hw::always_runs;
    population.neurons = here.neurons();
    population.first_core = static_cast<int>(program_.cores.size());
    population.cores =
        here.columns_per_core > 0 ? (here.width + here.columns_per_core - 1) / here.columns_per_core : here.cores;
    program_.populations.push_back(population);
    for (int i = 0; i < population.cores; ++i) {
      hw::Core core;
      core.population = l;
      core.first_neuron = here.columns_per_core > 0 ? i * here.columns_per_core * column
                                                    : slice_begin(population.neurons, population.cores, i);
      const int end = here.columns_per_core > 0
                          ? std::min(population.neurons, (i + 1) * here.columns_per_core * column)
                          : slice_begin(population.neurons, population.cores, i + 1);
      core.neurons = end - core.first_neuron;
      if (l > 0)
        add_table(l, core);
      program_.cores.push_back(core);
    }
  }

  void add_table(int l, hw::Core& core) {
    const SpikeLayer &here = layer(l), &from = layer(l - 1);
    hw::SynapseTable table;
    table.columns = core.neurons;
    Rows rows(here.kernel > 0);
    if (here.kernel == 0) {
      table.format = hw::SynapseFormat::sparse;
      table.rows = from.neurons();
      for (int r = 0; r < table.rows; ++r)
        rows.add(here.density * core.neurons);
    } else {
      const int column = here.channels * here.height, first = core.first_neuron / column,
                end = first + core.neurons / column;
      table.format = hw::SynapseFormat::convolution;
      table.kernel_weights = here.kernel * here.kernel * from.channels * here.channels;
      int low = from.width, high = 0;
      for (int x = 0; x < from.width; ++x)
        if (reached(x, here.kernel, here.stride_across, here.pad_across, first, end) > 0)
          low = std::min(low, x), high = x + 1;
      table.first_row = low * from.channels * from.height;
      table.rows = (high - low) * from.channels * from.height;
      for (int x = low; x < high; ++x)
        for (int y = 0; y < from.height; ++y)
          for (int c = 0; c < from.channels; ++c)
            rows.add(here.density * here.channels *
                     reached(x, here.kernel, here.stride_across, here.pad_across, first, end) *
                     reached(y, here.kernel, here.stride_down, here.pad_down, 0, here.height));
    }
    table.sparse = rows.done();
    core.first_table = static_cast<int>(program_.tables.size());
    core.tables = 1;
    program_.tables.push_back(table);
  }

  /// Cores of the layer after `l` whose tables have the row.
  std::vector<int> hearers(int l, int row) const {
    std::vector<int> cores;
    for (std::size_t c = 0; c < program_.cores.size(); ++c) {
      const hw::Core& core = program_.cores[c];
      if (core.population != l + 1)
        continue;
      const auto& table = program_.tables[static_cast<std::size_t>(core.first_table)];
      if (row >= table.first_row && row < table.first_row + table.rows)
        cores.push_back(static_cast<int>(c));
    }
    return cores;
  }

  void connect(int l, hw::Core& core) {
    core.first_axon = static_cast<int>(program_.axons.size());
    // Neurons of one column go to the same cores.
    const int column = layer(l).columns_per_core > 0 ? layer(l).channels * layer(l).height : core.neurons;
    for (int first = 0; first < core.neurons; first += column) {
      const std::vector<int> members = hearers(l, core.first_neuron + first);
      if (members.empty())
        continue;
      const auto [place, fresh] = groups_.try_emplace(members, static_cast<int>(program_.groups.size()));
      if (fresh)
        program_.groups.push_back({members});
      program_.axons.push_back({first, column, place->second, 0, core.first_neuron + first});
    }
    core.axons = static_cast<int>(program_.axons.size()) - core.first_axon;
  }

  const hw::Chip& chip_;
  const std::vector<SpikeLayer>& layers_;
  hw::Program program_;
  std::map<std::vector<int>, int> groups_;
};

} // namespace

hw::Program make_spike_layers(const hw::Chip& chip, const std::string& name, const std::vector<SpikeLayer>& layers) {
  return Lowering(chip, name, layers).lower();
}

void LayerActivity::run(std::int32_t core, std::int64_t step, hw::Firing& firing) {
  const hw::Core& here = program_.cores[static_cast<std::size_t>(core)];
  const SpikeLayer& layer = layers_[static_cast<std::size_t>(here.population)];
  if (layer.spikes.empty())
    return;
  const double share = layer.spikes[static_cast<std::size_t>(step) % layer.spikes.size()] / layer.neurons();
  for (int n = 0; n < here.neurons; ++n) {
    const double neuron = here.first_neuron + n;
    if (std::floor((neuron + 1) * share) > std::floor(neuron * share))
      firing.neuron.push_back(n);
  }
}

} // namespace moesaic::mappings
