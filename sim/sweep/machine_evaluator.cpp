#include "sim/sweep/machine_evaluator.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unistd.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "sim/machine/machine.hpp"
#include "sim/neuromorphic/placed_moe.hpp"
#include "sim/sweep/columns.hpp"

namespace moesaic::sim::sweep {

namespace {

/// The latest things made, by key. Neighbouring points share all but one of their inputs, so few are enough.
template <class Thing> class Latest {
 public:
  explicit Latest(std::size_t most = 16) : most_(most) {}
  template <class Make> const Thing& get(const std::string& key, Make make) {
    auto found = things_.find(key);
    if (found == things_.end()) {
      if (things_.size() >= most_)
        things_.clear();
      found = things_.emplace(key, make()).first;
    }
    return found->second;
  }

 private:
  std::size_t most_;
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
  results::RunRecord run(const Plan& plan, const Point& point, bool estimated = false) {
    const Machine& machine = machine_of(plan, point);
    auto record = estimated ? machine.estimate(task(plan, point)) : machine.run(task(plan, point));
    record.machine = plan.inputs.machines[point.machine].name;
    return record;
  }

  /// Throws InputError where the point's machine or layer cannot be. Gives why the layer does not fit the machine, or "".
  std::string make_inputs(const Plan& plan, const Point& point, bool whether_fits) {
    const Machine& machine = machine_of(plan, point);
    const auto changes = workload_overrides(plan.spec, point);
    const auto& layer = layer_of(plan, point, changes, layer_key(point, changes));
    mapping_of(plan, point);
    if (whether_fits)
      try {
        machine.check_fits(layer);
      } catch (const InputError& error) {
        return error.what();
      }
    return "";
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
    if (!varied && base)
      varied = from_read(plan, point, *base, changes);
    return varied ? std::move(varied) : make_machine(with_overrides(document, changes, plan.spec.file));
  }

  /// What has to be read (counts, sizes, words) takes few values, which are read once; the others vary what was read. Null:
  /// not to be had so.
  std::unique_ptr<Machine> from_read(const Plan& plan, const Point& point, const Machine& base, const std::vector<Override>& changes) {
    std::vector<Override> read, quick;
    for (const Override& change : changes)
      (base.varied({change}) ? quick : read).push_back(change);
    if (quick.empty())
      return nullptr;
    const auto& document = plan.inputs.machines[point.machine].document;
    const auto& changed = read_.get(fmt::format("{} {}", point.machine, text_of(read)), [&]() -> std::unique_ptr<Machine> {
      try {
        return make_machine(with_overrides(document, read, plan.spec.file));
      } catch (const InputError&) {
        return nullptr; // perhaps not with the others
      }
    });
    return changed ? changed->varied(quick) : nullptr;
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

  /// Null: cores stand where the lowering puts them.
  std::shared_ptr<const mappings::Mapping> mapping_of(const Plan& plan, const Point& point) {
    const std::string file = mapping_file(plan.spec, point);
    if (file.empty())
      return nullptr;
    const auto& mapping = mappings_.get(file, [&] { return std::make_shared<const mappings::Mapping>(load_valid_mapping(file)); });
    const auto changes = workload_overrides(plan.spec, point);
    if (!changes.empty())
      throw InputError(fmt::format("{}: a mapping of a workload that varies is not supported", file));
    if (const auto& layer = layer_of(plan, point, changes, layer_key(point, changes)); mapping->workload != layer.name)
      throw InputError(fmt::format("{}: a mapping of {}, not of {}", file, mapping->workload, layer.name));
    if (const std::string name = hw::split_node(machine_of(plan, point).name()).name; mapping->machine != name)
      throw InputError(fmt::format("{}: a mapping for {}, not for {}", file, mapping->machine, name));
    return mapping;
  }

  const MoeTask& task(const Plan& plan, const Point& point) {
    const auto changes = workload_overrides(plan.spec, point);
    const std::string key = layer_key(point, changes);
    const auto& layer = layer_of(plan, point, changes, key);
    return tasks_.get(fmt::format("{} {} {} {}", point.tokens, point.seed, mapping_file(plan.spec, point), key), [&] {
      MoeTask task{layer, workloads::make_trace(layer, point.tokens, point.seed), point.seed, mapping_of(plan, point)};
      task.brief = true;
      return task;
    });
  }

  Latest<std::unique_ptr<Machine>> machines_, bases_, read_{256};
  Latest<workloads::MoeLayer> layers_;
  Latest<MoeTask> tasks_;
  Latest<std::shared_ptr<const mappings::Mapping>> mappings_;
};

/// Points that together show every value of every variable, of each up to 64 spread over its values.
std::vector<const Point*> telling_points(const Plan& plan) {
  constexpr std::size_t most = 64;
  std::map<std::pair<std::size_t, std::size_t>, std::unordered_map<std::string_view, const Point*>> seen; // by machine, variable
  for (const Point& point : plan.points)
    for (const Setting& setting : point.settings)
      seen[{point.machine, setting.variable}].emplace(setting.value.text, &point);
  std::vector<const Point*> points;
  std::set<std::pair<std::size_t, std::size_t>> begun; // machine and workload
  for (const Point& point : plan.points)
    if (begun.emplace(point.machine, point.workload).second)
      points.push_back(&point);
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
  struct Fit {
    std::size_t tried = 0;
    std::string why; ///< the first does not fit
    bool any = false;
  };
  std::map<std::size_t, Fit> machines;
  for (const Point* point : telling_points(plan))
    try {
      Fit& fit = machines[point->machine];
      const std::string why = runner.make_inputs(plan, *point, !fit.any);
      fit.any = fit.any || why.empty();
      if (fit.tried++ == 0)
        fit.why = why;
    } catch (const InputError& error) {
      std::string settings;
      for (const Setting& setting : point->settings)
        settings += fmt::format("{}{} = {}", settings.empty() ? "" : ", ", plan.spec.variables[setting.variable].name,
                                setting.value.text);
      throw InputError(fmt::format("{}: {} with {} cannot be: {}; leave such points out by a constraint", plan.spec.file,
                                   plan.inputs.machines[point->machine].name, settings, error.what()));
    }
  for (const auto& [machine, fit] : machines)
    if (!fit.any)
      throw InputError(fmt::format("{}: {}: none of the {} points tried, which show all values of every variable, can run; the first: {}",
                                   plan.spec.file, plan.inputs.machines[machine].name, fit.tried, fit.why));
}

Evaluator machine_estimator() {
  auto runner = std::make_shared<MachineRunner>();
  return [runner](const Plan& plan, const Point& point) { return runner->run(plan, point, true); };
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
