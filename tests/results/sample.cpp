#include "sample.hpp"

#include <cmath>

#include <fmt/format.h>

namespace moesaic::results::sample {

namespace {

Interval around(double nominal, double spread) {
  return {nominal, nominal / spread, nominal * spread};
}

EnergyLine line(const std::string& component, const std::string& action, const std::string& kind,
                std::uint64_t count, double joules, double spread) {
  return {component, action, kind, count, around(joules, spread), component + "." + kind, "davies2018"};
}

RunRecord record(const std::string& machine, const std::string& title, const std::string& kind, int tokens,
                 std::uint64_t chips, const Interval& seconds) {
  RunRecord r;
  r.machine = machine;
  r.machine_title = title;
  r.kind = kind;
  r.workload = "deepseek-v3";
  r.tokens = tokens;
  r.chips = chips;
  r.seconds = seconds;
  return r;
}

Run named(const std::string& title, const std::string& command) {
  Run run;
  run.title = title;
  run.command = command;
  run.version = "0.1.0";
  run.started = "2026-01-02T03:04:05";
  run.seed = 7;
  run.wall_seconds = 12.5;
  return run;
}

void finish(RunRecord& record) {
  for (const auto& l : record.energy) {
    record.joules.nominal += l.joules.nominal;
    record.joules.low += l.joules.low;
    record.joules.high += l.joules.high;
    record.constants.push_back({l.figure, "pJ", l.source, "Davies et al., Loihi, IEEE Micro 2018", "medium",
                                "", around(35.5e-12, 1.3), "35.5 pJ", l.joules.high - l.joules.low});
  }
  record.statistics.push_back(
      {"operations", "op", "total", "Multiply-adds count as two", 8.8e8 * record.tokens});
  record.statistics.push_back({"memory_bytes", "B", "total", "Bytes that memory moved", 4.4e8});
}

RunRecord neuromorphic(int tokens) {
  RunRecord r = record("loihi2", "Intel Loihi 2, as many chips as the weights need", "neuromorphic", tokens,
                       1203, around(2.31e-3 * tokens, 1.7));
  r.bound = "traffic";
  r.bound_share = {{"traffic", 0.62}, {"compute", 0.3}, {"overhead", 0.08}};
  const auto n = static_cast<std::uint64_t>(tokens);
  r.energy = {
      line("system.chip.core.synapse", "synaptic operation", "active", 396361728 * n, 0.0141 * tokens, 1.3),
      line("system.chip.core.neuron", "update", "active", 53248 * n, 4.3e-6 * tokens, 1.3),
      line("system.chip.router", "flit hop", "active", 901133 * n, 3.1e-6 * tokens, 2),
      line("system.chip.core", "idle", "idle", 0, 0.21 * tokens, 2),
      line("system.chip", "static", "static", 0, 0.9 * tokens, 1.6),
      line("system.link", "byte", "active", 229376 * n, 8.1e-5 * tokens, 2)};
  r.stages = {{"router", 0, 1.1e-4},
              {"dispatch", 0.9e-4, 3e-4},
              {"gate and up", 3e-4, 9e-4},
              {"down", 1.1e-3, 8e-4},
              {"combine", 1.8e-3, 5.1e-4}};
  HeatMap mesh{"links", "Load of the mesh", "flits", 16, 12, {}};
  for (int y = 0; y < 12; ++y)
    for (int x = 0; x < 16; ++x)
      mesh.value.push_back(900 * std::exp(-0.03 * ((x - 6) * (x - 6) + (y - 5) * (y - 5))));
  r.heat_maps.push_back(mesh);
  for (const char* when : {"before", "after"}) {
    HeatMap held{fmt::format("floor_held_{}", when), "chips placed by naive", "0 hub, e + 1 expert e", 4, 3, {}};
    HeatMap links{fmt::format("floor_links_{}", when), "time that links are busy", "s", 16, 3, {}};
    for (int i = 0; i < 12; ++i)
      held.value.push_back(i - 1); // nothing, the hub, ten experts
    for (int i = 0; i < 48; ++i)
      links.value.push_back(i % 5 * 1e-6);
    r.heat_maps.push_back(held);
    r.heat_maps.push_back(links);
  }
  Curve busy{"busy", "Busy cores", "s", "cores", {}, {}};
  for (int i = 0; i < 100; ++i) {
    busy.x.push_back(i * 2.31e-5);
    busy.y.push_back(std::floor(60 + 55 * std::sin(i * 0.1)));
  }
  r.curves.push_back(busy);
  r.notes = {"Static power is that of an idle chip as published, times the chips.",
             "Chip-to-chip energy is an assumption of low confidence."};
  finish(r);
  return r;
}

RunRecord associative(int tokens) {
  RunRecord r = record("gemini1", "GSI Gemini-I", "associative", tokens, 1, around(0.0212 * tokens, 1.2));
  r.power_limit = 60;
  r.bound = "transfer";
  r.bound_share = {{"transfer", 0.88}, {"compute", 0.12}};
  r.energy = {line("card.apu.bit_processor", "microcode cycle", "active", 1203333, 0.08 * tokens, 1.3),
              line("card.dram", "byte", "active", 396361728, 0.07 * tokens, 1.3),
              line("card", "static", "static", 0, 0.4 * tokens, 1.2)};
  r.stages = {{"stream weights", 0, 0.0188}, {"multiply", 1e-4, 0.0201}, {"combine", 0.0203, 9e-4}};
  r.notes = {"Weights stream from card memory: they do not fit the chip."};
  finish(r);
  return r;
}

RunRecord gpu(int tokens) {
  const double seconds = 151e-6 + 2.1e-6 * tokens;
  RunRecord r = record("h100", "NVIDIA H100 SXM", "gpu", tokens, 1, around(seconds, 1.1));
  r.power_limit = 700;
  r.bound = "memory";
  r.bound_share = {{"memory", 0.81}, {"overhead", 0.19}};
  r.energy = {line("board", "static", "static", 0, 70 * seconds, 1.1),
              line("board.hbm", "byte", "active", 406847488, 240 * seconds, 1.2),
              line("board.sm", "operation", "active", 880803840, 90 * seconds + 1e-4 * tokens, 1.3)};
  r.stages = {{"router", 0, 6e-6},
              {"top-k", 6e-6, 4e-6},
              {"permute", 1e-5, 5e-6},
              {"grouped GEMMs", 1.5e-5, 1.3e-4},
              {"combine", 1.45e-4, 6e-6}};
  finish(r);
  r.statistics.push_back({"peak_operations_per_second", "op/s", "per instance", "Dense FP8", 1.979e15});
  r.statistics.push_back({"peak_memory_bytes_per_second", "B/s", "per instance", "HBM3", 3.35e12});
  return r;
}

} // namespace

std::vector<RunRecord> three_machines(int tokens) {
  return {neuromorphic(tokens), associative(tokens), gpu(tokens)};
}

Run run() {
  Run run = named("One DeepSeek-V3 MoE layer, batch 1", "moesaic compare deepseek-v3");
  run.inputs = {
      {"deepseek-v3.yaml", "hidden: 7168\n# </script><script>throw new Error('escaped')</script>\n", ""}};
  run.records = three_machines();
  run.records[0].notes.push_back(
      "Quoted \"text\", <b>markup</b>, </script><script>throw 1</script>,\nand ümläute");
  run.records[1].machine_title += " <img src=x onerror=\"throw 1\">, \"APU\"";
  return run;
}

Run batches(const std::vector<int>& tokens) {
  Run all = run();
  all.title = "DeepSeek-V3 MoE layer over batch sizes";
  all.records.clear();
  for (const int batch : tokens)
    for (auto& record : three_machines(batch))
      all.records.push_back(std::move(record));
  return all;
}

Run sweep(int points) {
  Run all = named("A sweep", "moesaic sweep mesh.yaml");
  all.records.push_back(gpu(1));
  for (int i = 1; i < points; ++i) {
    RunRecord r = record(fmt::format("loihi2-{}", i % 7), "", "neuromorphic", 1, 1000u + i % 90,
                         around(1e-3 * (1 + 0.37 * (i * 7919 % 101)), 1.5));
    r.bound = "traffic";
    r.energy = {line("system.chip", "static", "static", 0, 0.01 * (1 + i * 104729 % 97), 1.5)};
    r.joules = r.energy[0].joules;
    all.records.push_back(std::move(r));
  }
  return all;
}

} // namespace moesaic::results::sample
