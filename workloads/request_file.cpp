// Request workloads from their YAML files.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "workloads/request.hpp"
#include "workloads/sourced_block.hpp"

namespace moesaic::workloads {

namespace {

constexpr double most_drawn = 1e9; ///< tokens: some ten seconds of drawing

double share_at(const Node& block, const std::string& key) {
  const double value = block.at(key).number();
  if (value < 0 || value > 1)
    block.at(key).fail(fmt::format("{} is out of range, expected 0 to 1", value));
  return value;
}

int count_at(const Node& block, const std::string& key, int most) {
  return static_cast<int>(block.at(key).integer_in(1, most));
}

LengthDistribution read_lengths(const Node& block) {
  static const char* keys[] = {"p5", "p25", "p50", "p75", "p95"};
  LengthDistribution lengths;
  for (std::size_t i = 0; i < 5; ++i) {
    lengths.percentile[i] = static_cast<double>(block.at(keys[i]).integer_in(1, 1 << 24));
    if (i > 0 && lengths.percentile[i] < lengths.percentile[i - 1])
      block.at(keys[i]).fail(fmt::format("is below {}", keys[i - 1]));
  }
  return lengths;
}

} // namespace

RequestWorkload load_request(const std::string& name_or_file) {
  const Document document = Document::load(catalog_file("workloads/catalog", name_or_file, "workload"));
  const Node root = document.root();
  root.find("sources");
  root.at("kind").choice({"request"});
  RequestWorkload workload;
  workload.name = std::filesystem::path(document.file()).stem().string();
  workload.title = root.at("title").text();
  workload.layer = load_moe_layer(root.at("model").text());
  const Node serving = sourced_block(document, "serving");
  workload.requests = count_at(serving, "requests", 1 << 20);
  workload.concurrent = count_at(serving, "concurrent", 1 << 16);
  if (workload.concurrent > workload.requests)
    serving.at("concurrent")
        .fail(fmt::format("{} exceed the {} requests", workload.concurrent, workload.requests));
  workload.output = read_lengths(sourced_block(document, "output_tokens"));
  if (root.has("prompt")) {
    const Node prompt = sourced_block(document, "prompt");
    workload.prompt_tokens = count_at(prompt, "tokens", 1 << 24);
    workload.prefill_chunk = count_at(prompt, "chunk", 1 << 20);
    workload.mixed = prompt.boolean_or("mixed_with_decode", false);
    workload.similarity = share_at(prompt, "decode_similarity");
  }
  if (root.has("multi_token_prediction")) {
    const Node prediction = sourced_block(document, "multi_token_prediction");
    workload.drafts = count_at(prediction, "drafts", 16);
    workload.acceptance = share_at(prediction, "acceptance");
    workload.drawn = prediction.boolean_or("drawn_per_token", false);
    if (workload.drawn && workload.requests * workload.output.percentile[4] > most_drawn)
      prediction.at("drawn_per_token")
          .fail(fmt::format("{} requests of up to {} tokens are too many to draw one by one", workload.requests,
                            workload.output.percentile[4]));
  }
  document.reject_unread_keys();
  return workload;
}

std::string workload_kind(const std::string& name_or_file) {
  if (std::filesystem::path(name_or_file).extension() == ".json")
    return "moe";
  return Document::load(catalog_file("workloads/catalog", name_or_file, "workload")).root().at("kind").text();
}

} // namespace moesaic::workloads
