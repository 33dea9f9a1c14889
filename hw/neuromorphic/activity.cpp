#include "hw/neuromorphic/activity.hpp"

namespace moesaic::hw {

void ScriptedActivity::run(std::int32_t core, std::int64_t step, Firing& firing) {
  const Core& here = program_.cores[static_cast<std::size_t>(core)];
  const Population& population = program_.populations[static_cast<std::size_t>(here.population)];
  if (population.soma != Soma::top_k) {
    firing.all = true;
    return;
  }
  for (const std::int32_t neuron : chosen_.at(static_cast<std::size_t>(step - population.stage)))
    if (neuron >= here.first_neuron && neuron < here.first_neuron + here.neurons)
      firing.neuron.push_back(neuron - here.first_neuron);
}

} // namespace moesaic::hw
