#include "sim/sweep/machine_evaluator.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unistd.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "sim/machine/machine.hpp"
#include "sim/sweep/columns.hpp"

namespace moesaic::sim::sweep {

namespace {

/// The latest things made, by key. Neighbouring points share all but one of their inputs, so few are enough.
template <class Thing> class Latest {
 public:
  template <class Make> const Thing& get(const std::string& key, Make make) {
    auto found = things_.find(key);
    if (found == things_.end()) {
      if (things_.size() >= 16)
        things_.clear();
      found = things_.emplace(key, make()).first;
    }
    return found->second;
  }

 private:
  std::map<std::string, Thing> things_;
};

std::string text_of(const std::vector<Override>& overrides) {
  std::string text;
  for (const Override& change : overrides)
    text += change.path + "=" + change.value + ";";
  return text;
}

/// Layers are read from files only, so a changed one is written beside and read back under its own name.
workloads::MoeLayer load_changed_layer(const Input& input, const Document& changed) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / fmt::format("moesaic-workload-{}", getpid());
  fs::create_directories(folder);
  const std::string file = folder / (input.name + ".yaml");
  replace_file(file, to_yaml(changed));
  try {
    auto layer = workloads::load_moe_layer(file);
    fs::remove_all(folder);
    return layer;
  } catch (const InputError& error) {
    fs::remove_all(folder);
    std::string text = error.what(); // the same text in every process: it is kept as the point's reason
    if (const auto at = text.find(file); at != std::string::npos)
      text.replace(at, file.size(), input.name + ".yaml as changed");
    throw InputError(text);
  } catch (...) {
    fs::remove_all(folder);
    throw;
  }
}

class MachineRunner {
 public:
  results::RunRecord run(const Plan& plan, const Point& point) {
    const Machine& machine = machine_of(plan, point);
    auto record = machine.run(task(plan, point));
    record.machine = plan.inputs.machines[point.machine].name;
    return record;
  }

  /// Throws InputError where the point's machine or layer cannot be.
  void make_inputs(const Plan& plan, const Point& point) {
    machine_of(plan, point);
    const auto changes = workload_overrides(plan.spec, point);
    layer_of(plan, point, changes, layer_key(point, changes));
  }

 private:
  const Machine& machine_of(const Plan& plan, const Point& point) {
    const auto changes = machine_overrides(plan.spec, plan.inputs, point);
    return *machines_.get(fmt::format("{} {}", point.machine, text_of(changes)), [&] { return make(plan, point, changes); });
  }

  std::unique_ptr<Machine> make(const Plan& plan, const Point& point, const std::vector<Override>& changes) {
    const Document& document = plan.inputs.machines[point.machine].document;
    const auto& base = bases_.get(std::to_string(point.machine), [&]() -> std::unique_ptr<Machine> {
      try {
        return make_machine(with_overrides(document, {}, ""));
      } catch (const InputError&) {
        return nullptr; // as it stands it is in error; with the changes perhaps not
      }
    });
    auto varied = base ? base->varied(changes) : nullptr;
    return varied ? std::move(varied) : make_machine(with_overrides(document, changes, plan.spec.file));
  }

  static std::string layer_key(const Point& point, const std::vector<Override>& changes) {
    return fmt::format("{} {}", point.workload, text_of(changes));
  }

  const workloads::MoeLayer& layer_of(const Plan& plan, const Point& point, const std::vector<Override>& changes,
                                      const std::string& key) {
    return layers_.get(key, [&] {
      const Input& input = plan.inputs.workloads[point.workload];
      return changes.empty()
                 ? workloads::load_moe_layer(input.document.file())
                 : load_changed_layer(input, with_overrides(input.document, changes, plan.spec.file));
    });
  }

  const MoeTask& task(const Plan& plan, const Point& point) {
    const auto changes = workload_overrides(plan.spec, point);
    const std::string key = layer_key(point, changes);
    const auto& layer = layer_of(plan, point, changes, key);
    return tasks_.get(fmt::format("{} {} {}", point.tokens, point.seed, key), [&] {
      MoeTask task{layer, workloads::make_trace(layer, point.tokens, point.seed), point.seed};
      task.brief = true;
      return task;
    });
  }

  Latest<std::unique_ptr<Machine>> machines_, bases_;
  Latest<workloads::MoeLayer> layers_;
  Latest<MoeTask> tasks_;
};

/// Points that together show every value of every variable, of each up to 64 spread over its values.
std::vector<const Point*> telling_points(const Plan& plan) {
  constexpr std::size_t most = 64;
  std::map<std::pair<std::size_t, std::size_t>, std::unordered_map<std::string_view, const Point*>> seen; // by machine, variable
  for (const Point& point : plan.points)
    for (const Setting& setting : point.settings)
      seen[{point.machine, setting.variable}].emplace(setting.value.text, &point);
  std::vector<const Point*> points;
  for (const auto& [of, values] : seen) {
    std::vector<std::tuple<double, std::string, const Point*>> sorted;
    for (const auto& [text, point] : values)
      sorted.emplace_back(parse_value(std::string(text)).number.value_or(0), text, point);
    std::sort(sorted.begin(), sorted.end());
    const std::size_t tried = std::min(most, sorted.size());
    for (std::size_t i = 0; i < tried; ++i)
      points.push_back(std::get<2>(sorted[tried == 1 ? 0 : i * (sorted.size() - 1) / (tried - 1)]));
  }
  return points;
}

} // namespace

void check_points(const Plan& plan) {
  if (plan.spec.kind == Kind::search || plan.spec.kind == Kind::sensitivity)
    return;
  MachineRunner runner;
  for (const Point* point : telling_points(plan))
    try {
      runner.make_inputs(plan, *point);
    } catch (const InputError& error) {
      std::string settings;
      for (const Setting& setting : point->settings)
        settings += fmt::format("{}{} = {}", settings.empty() ? "" : ", ", plan.spec.variables[setting.variable].name,
                                setting.value.text);
      throw InputError(fmt::format("{}: {} with {} cannot be: {}; leave such points out by a constraint", plan.spec.file,
                                   plan.inputs.machines[point->machine].name, settings, error.what()));
    }
}

Evaluator machine_evaluator() {
  auto runner = std::make_shared<MachineRunner>();
  return [runner](const Plan& plan, const Point& point) { return runner->run(plan, point); };
}

namespace {

/// An interval may reach beyond what its machine takes: a share of 0.9 within 30 % is still no more than 1.
void cut_at_one(const Document& document, Figure& figure) {
  if (figure.dimension != dimension::count || figure.value > 1 || figure.high <= 1)
    return;
  try {
    make_machine(with_overrides(document, {{figure.path, fmt::format("{} {}", figure.high, figure.unit)}}, ""));
  } catch (const InputError&) {
    figure.high = 1;
  }
}

} // namespace

std::vector<std::vector<Figure>> machine_figures(const Inputs& inputs) {
  std::vector<std::vector<Figure>> figures;
  for (const Input& input : inputs.machines) {
    const Document fresh = with_overrides(input.document, {}, "");
    make_machine(fresh); // reads them
    figures.push_back(fresh.figures());
    for (Figure& figure : figures.back())
      cut_at_one(input.document, figure);
  }
  return figures;
}

} // namespace moesaic::sim::sweep
