#include <doctest/doctest.h>

#include <string>

#include "description/error.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/moe_layer.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

const std::string good = "kind: moe\ntitle: T\nsources:\n  s: {title: t, where: w}\n"
                         "model: {layers: 4, dense_layers: 1, source: s, confidence: exact}\n"
                         "layer: {hidden: 64, expert_ffn: 32, routed_experts: 16, shared_experts: 1, "
                         "activation: swiglu, source: s, confidence: exact}\n"
                         "router: {score: sigmoid, top_k: 4, source: s, confidence: exact}\n"
                         "trace: {alpha: 1, source: s, confidence: low}\n";

std::string error_of(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  const TemporaryFile file(".yaml", text);
  try {
    load_moe_layer(file.path());
  } catch (const InputError& e) {
    return std::string(e.what()).substr(file.path().size());
  }
  return "";
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("DeepSeek-V3's shapes give its published sizes") {
    const MoeLayer layer = load_moe_layer("deepseek-v3");
    CHECK(layer.expert_weights() == 44040192); // 44.04 M
    CHECK(layer.expert_weights() * (layer.routed + layer.shared) / 1e9 ==
          doctest::Approx(11.3).epsilon(0.005));
    const double all = static_cast<double>(layer.expert_weights()) * layer.routed * layer.moe_layers();
    CHECK(all / 1e9 == doctest::Approx(654).epsilon(0.001));
  }

  TEST_CASE("experts make up most of each model's published parameters, and never exceed them") {
    for (const std::string name : {"deepseek-v3", "deepseek-r1", "kimi-k2", "deepseek-v2", "deepseek-v2-lite",
                                   "deepseek-moe-16b", "mixtral-8x7b", "mixtral-8x22b", "qwen3-30b-a3b",
                                   "qwen3-235b-a22b", "olmoe-1b-7b", "gpt-oss-20b", "gpt-oss-120b"}) {
      CAPTURE(name);
      const MoeLayer layer = load_moe_layer(name);
      const double weights = static_cast<double>(layer.expert_weights()) * layer.moe_layers();
      const double total = weights * (layer.routed + layer.shared) / layer.total_parameters;
      CHECK(total > 0.85);
      CHECK(total < 1.03); // published totals are rounded
      const double active = weights * (layer.router.top_k + layer.shared) / layer.active_parameters;
      CHECK(active > 0.4);
      CHECK(active < 1.0);
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a layer file that contradicts itself is refused at its place") {
    CHECK(error_of(good, "kind: moe", "kind: mo") == ":1:7: kind: unknown 'mo', did you mean 'moe'?");
    CHECK(error_of(good, "hidden: 64", "hidden: 0").find("layer.hidden: 0 is out of range") !=
          std::string::npos);
    CHECK(error_of(good, "top_k: 4", "top_k: 17") ==
          ": router: top_k 17 is out of range, expected 1 to 16 experts");
    CHECK(error_of(good, "top_k: 4", "top_k: 4, groups: 3, kept_groups: 2, group_score: maximum") ==
          ": router: 16 experts do not divide into 3 groups");
    CHECK(error_of(good, "top_k: 4", "top_k: 4, groups: 8, kept_groups: 1, group_score: maximum") ==
          ": router: top_k 4 exceeds the 2 experts of 1 kept groups");
    CHECK(error_of(good, "top_k: 4", "topk: 4").find("key 'top_k' is missing ('topk' stands there") !=
          std::string::npos);
    CHECK(error_of(good, "alpha: 1", "alpha: 1, apha: 2").find("trace.apha: unknown key") !=
          std::string::npos);
    CHECK(error_of(good, "alpha: 1, source: s", "alpha: 1, source: t").find("'t' is not among `sources`") !=
          std::string::npos);
    CHECK(error_of(good, "layers: 4", "layers: 1") == ": model: dense_layers 1 leave no MoE layer of 1");
  }

  TEST_CASE("an unknown workload names the nearest") {
    CHECK_THROWS_WITH_AS(load_moe_layer("deepsek-v3"),
                         "unknown workload 'deepsek-v3', did you mean 'deepseek-v3'?", InputError);
  }
}
