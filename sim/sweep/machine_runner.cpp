#include "sim/sweep/machine_runner.hpp"

#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>

#include "description/error.hpp"
#include "hw/process_node.hpp"
#include "sim/neuromorphic/placed_moe.hpp"
#include "sim/sweep/columns.hpp"

namespace moesaic::sim::sweep {

namespace {

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

std::string layer_key(const Point& point, const std::vector<Override>& changes) {
  return fmt::format("{} {}", point.workload, text_of(changes));
}

} // namespace

results::RunRecord MachineRunner::run(const Plan& plan, const Point& point, bool estimated) {
  const Machine& machine = machine_of(plan, point);
  auto record = estimated ? machine.estimate(task(plan, point)) : machine.run(task(plan, point));
  record.machine = plan.inputs.machines[point.machine].name;
  return record;
}

std::string MachineRunner::make_inputs(const Plan& plan, const Point& point, bool whether_fits) {
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

const Machine& MachineRunner::machine_of(const Plan& plan, const Point& point) {
  const auto changes = machine_overrides(plan.spec, plan.inputs, point);
  return *machines_.get(fmt::format("{} {}", point.machine, text_of(changes)), [&] { return make(plan, point, changes); });
}

std::unique_ptr<Machine> MachineRunner::make(const Plan& plan, const Point& point, const std::vector<Override>& changes) {
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
std::unique_ptr<Machine> MachineRunner::from_read(const Plan& plan, const Point& point, const Machine& base, const std::vector<Override>& changes) {
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

const workloads::MoeLayer& MachineRunner::layer_of(const Plan& plan, const Point& point, const std::vector<Override>& changes,
                                    const std::string& key) {
  return layers_.get(key, [&] {
    const Input& input = plan.inputs.workloads[point.workload];
    return changes.empty()
               ? workloads::load_moe_layer(input.document.file())
               : load_changed_layer(input, with_overrides(input.document, changes, plan.spec.file));
  });
}

/// Null: cores stand where the lowering puts them.
std::shared_ptr<const mappings::Mapping> MachineRunner::mapping_of(const Plan& plan, const Point& point) {
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

const MoeTask& MachineRunner::task(const Plan& plan, const Point& point) {
  const auto changes = workload_overrides(plan.spec, point);
  const std::string key = layer_key(point, changes);
  const auto& layer = layer_of(plan, point, changes, key);
  return tasks_.get(fmt::format("{} {} {} {}", point.tokens, point.seed, mapping_file(plan.spec, point), key), [&] {
    MoeTask task{layer, workloads::make_trace(layer, point.tokens, point.seed), point.seed, mapping_of(plan, point)};
    task.brief = true;
    return task;
  });
}

} // namespace moesaic::sim::sweep
