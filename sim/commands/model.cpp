// `moesaic workload evaluate` and `moesaic workload trace`: a language model computed with its MoE layers on
// a machine; routing traces drawn or learned.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "description/error.hpp"
#include "sim/commands/commands.hpp"
#include "sim/commands/model_evaluation.hpp"
#include "workloads/json_file.hpp"
#include "workloads/reference.hpp"
#include "workloads/trace_file.hpp"

namespace moesaic::sim {

namespace {

struct EvaluateOptions {
  EvaluationRequest request;
  std::string text_file;
};

/// A folder as it is, or the one beside the catalog that is named so: `small_model`.
std::string model_folder(const std::string& name) {
  if (std::filesystem::is_directory(name))
    return name;
  const auto beside = std::filesystem::path(catalog_folder("workloads/catalog")).parent_path() / name;
  if (std::filesystem::is_directory(beside))
    return beside.string();
  throw InputError(name + ": is no folder of a language model");
}

void evaluate(EvaluateOptions options) {
  auto& request = options.request;
  request.model = model_folder(request.model);
  request.text = workloads::read_text_file(options.text_file.empty() ? request.model + "/held-out.txt" : options.text_file);
  fmt::print("{}", evaluation_table(evaluate_model(request)));
}

struct TraceRequest {
  std::string workload, output, text_file;
  workloads::TraceOptions options;
  int tokens = 4096;
  std::uint64_t seed = 1;
};

void print_written(const std::string& file, int layers, const workloads::Routing& layer) {
  fmt::print("{}: {} layers, {} tokens, {} experts, {} choices a token\n", file, layers, layer.tokens, layer.experts,
             layer.top_k);
}

/// The choices of every MoE layer while the model reads the text, window by window.
workloads::Trace learned_trace(const TraceRequest& request) {
  const auto model = workloads::load_language_model(model_folder(request.workload));
  workloads::Trace trace;
  trace.layers.resize(model.blocks.size());
  for (auto& layer : trace.layers)
    layer = {0, model.layer.router.top_k, model.layer.routed, {}, {}};
  for (const auto& window : text_windows(model, workloads::read_text_file(request.text_file)))
    byte_losses(model, window, [&](int block, const workloads::Matrix& hidden) {
      const auto result =
          run_reference(model.layer, model.blocks[static_cast<std::size_t>(block)].moe, hidden);
      auto& layer = trace.layers[static_cast<std::size_t>(block)];
      layer.tokens += hidden.rows;
      layer.expert.insert(layer.expert.end(), result.routing.expert.begin(), result.routing.expert.end());
      layer.weight.insert(layer.weight.end(), result.routing.weight.begin(), result.routing.weight.end());
      return result.output;
    });
  if (trace.layers.front().tokens == 0)
    throw InputError(fmt::format("{}: is shorter than one window of {} bytes", request.text_file,
                                 model.context + 1));
  return trace;
}

/// Layer by layer into the file.
void write_drawn_trace(TraceRequest request) {
  auto& options = request.options;
  if (options.phases.empty())
    options.phases.push_back({request.tokens, 1});
  const auto layer = workloads::load_moe_layer(request.workload);
  workloads::TraceWriter writer(request.output, options.layers, layer.routed, layer.router.top_k);
  int tokens = 0;
  generate_layers(layer, options, request.seed, [&](int index, const workloads::Routing& routing) {
    writer.append(index, routing);
    tokens = routing.tokens;
  });
  writer.finish();
  print_written(request.output, options.layers, {tokens, layer.router.top_k, layer.routed, {}, {}});
}

void write_trace_of(const TraceRequest& request) {
  if (request.text_file.empty())
    return write_drawn_trace(request);
  const auto trace = learned_trace(request);
  write_trace(request.output, trace);
  print_written(request.output, static_cast<int>(trace.layers.size()), trace.layers.front());
}

void add_evaluate(CLI::App& workload) {
  static EvaluateOptions options;
  CLI::App* verb = workload.add_subcommand(
      "evaluate", "held-out cross-entropy of a language model whose MoE layers run on machines");
  verb->add_option("MODEL", options.request.model, "folder of the model, for example small_model")->required();
  verb->add_option("--on", options.request.machines, "machines that carry values, separated by commas")
      ->delimiter(',');
  verb->add_option("--text", options.text_file, "text to predict (default: the model's held-out.txt)");
  verb->add_option("--windows", options.request.windows, "windows of text to predict")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  verb->callback([] { evaluate(options); });
}

void add_trace(CLI::App& workload) {
  static TraceRequest request;
  CLI::App* verb = workload.add_subcommand(
      "trace", "write a routing trace: drawn for a workload, or learned by a language model that reads a text");
  verb->add_option("WORKLOAD", request.workload, "catalog name or file; with --text the folder of a model")
      ->required();
  verb->add_option("-o,--output", request.output, "the trace to write, .h5 or .csv")->required();
  CLI::Option* text = verb->add_option("--text", request.text_file, "text that the model reads");
  CLI::Option* tokens = verb->add_option("--tokens", request.tokens, "tokens drawn")
                            ->check(CLI::Range(1, 1 << 22))
                            ->capture_default_str();
  verb->add_option("--layers", request.options.layers, "layers drawn")->check(CLI::Range(1, 1024));
  verb->add_option("--repetition", request.options.repetition,
                   "chance that a token's first expert repeats the previous token's");
  verb->add_option("--layer-predictability", request.options.layer_predictability,
                   "chance that a first expert follows from the layer before");
  verb->add_option_function<std::vector<std::string>>(
          "--phases",
          [](const std::vector<std::string>& phases) {
            for (const auto& phase : phases) {
              workloads::TracePhase read;
              char colon = 0, rest = 0;
              std::istringstream in(phase);
              if (!(in >> read.tokens >> colon >> read.similarity) || colon != ':' || in >> rest || read.tokens < 1)
                throw InputError(fmt::format("--phases: '{}': expected TOKENS:SIMILARITY", phase));
              request.options.phases.push_back(read);
            }
          },
          "domains of text or prefill and decode, TOKENS:SIMILARITY separated by commas")
      ->delimiter(',')
      ->excludes(tokens);
  verb->add_option("--seed", request.seed, "seed of a drawn trace")->capture_default_str();
  for (const char* drawn : {"--tokens", "--layers", "--repetition", "--layer-predictability", "--phases", "--seed"})
    text->excludes(verb->get_option(drawn)); // a model that reads a text routes as it does
  verb->callback([] { write_trace_of(request); });
}

} // namespace

void add_model_commands(CLI::App& workload) {
  add_evaluate(workload);
  add_trace(workload);
}

} // namespace moesaic::sim
