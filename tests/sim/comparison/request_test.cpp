// Requests on machines: totals are times x layers x one layer's record.
#include <doctest/doctest.h>

#include <algorithm>

#include "description/error.hpp"
#include "sim/comparison/request.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/trace_file.hpp"

using namespace moesaic;

namespace {

std::string request_yaml(const std::string& serving, const std::string& more = "") {
  return "kind: request\ntitle: T\nmodel: reduced-moe\nsources:\n  s: {title: t, where: w}\n"
         "serving: {" +
         serving +
         ", source: s, confidence: exact}\n"
         "output_tokens: {p5: 12, p25: 12, p50: 12, p75: 12, p95: 12, source: s, confidence: low}\n" +
         more;
}

sim::RequestComparison run(const std::string& yaml) {
  const TemporaryFile file(".yaml", yaml);
  return sim::compare_requests({file.path(), {"loihi2", "h100"}, {1}, 3});
}

const char* const certain_drafts =
    "multi_token_prediction: {drafts: 1, acceptance: 1, source: s, confidence: low}\n";
const char* const prompt =
    "prompt: {tokens: 20, chunk: 8, decode_similarity: 1, source: s, confidence: low}\n";

} // namespace

TEST_SUITE("system") {
  TEST_CASE("decode alone: a step a token; all that decode together wait for it") {
    const auto one = run(request_yaml("requests: 4, concurrent: 2"));
    REQUIRE(one.plan.batches.size() == 1);
    REQUIRE(one.run.records.size() == 2);
    for (std::size_t m = 0; m < 2; ++m) {
      const auto& record = one.run.records[m];
      const auto& cost = one.costs[m];
      CHECK(cost.machine == record.machine);
      CHECK(record.tokens == 2);
      // 4 requests of 12 tokens, 2 at a time: 24 steps, each request is in 12 of them. One MoE layer.
      CHECK(cost.run_seconds.nominal == doctest::Approx(24 * record.seconds.nominal));
      CHECK(cost.request_seconds.nominal == doctest::Approx(12 * record.seconds.nominal));
      CHECK(cost.step_seconds.nominal == doctest::Approx(record.seconds.nominal));
      CHECK(cost.joules.nominal == doctest::Approx(24 * record.joules.nominal));
      CHECK(cost.joules.high == doctest::Approx(24 * record.joules.high));
      CHECK(cost.resident_joules >= cost.joules.nominal * (1 - 1e-12));
    }
    CHECK(request_text(one).find("J/accepted token") != std::string::npos);
    CHECK(request_csv(one).find("h100,\"J/accepted token\",") != std::string::npos);
  }

  TEST_CASE("a draft that is always accepted halves the steps and verifies two tokens in each") {
    const auto two = run(request_yaml("requests: 2, concurrent: 1", certain_drafts));
    REQUIRE(two.plan.batches.size() == 1);
    CHECK(two.plan.batches[0].tokens == 2);
    CHECK(two.plan.batches[0].times == doctest::Approx(12));
    CHECK(two.plan.accepted_share() == doctest::Approx(1));
    CHECK(two.costs[0].run_seconds.nominal == doctest::Approx(12 * two.run.records[0].seconds.nominal));
  }

  TEST_CASE("a prompt adds its chunks, once a request; who decodes waits for the prompts of others") {
    const auto served = run(request_yaml("requests: 6, concurrent: 2", prompt));
    REQUIRE(served.plan.batches.size() == 3); // chunks of 8, the rest of 4, decode
    for (std::size_t m = 0; m < 2; ++m) {
      const auto* records = &served.run.records[3 * m];
      const double prefill = 2 * records[0].seconds.nominal + records[1].seconds.nominal,
                   step = records[2].seconds.nominal;
      const auto& cost = served.costs[m];
      CHECK(cost.run_seconds.nominal == doctest::Approx(6 * prefill + 36 * step));
      // Its own prompt and, while it decodes, the one of the request that takes the other's place.
      CHECK(cost.request_seconds.nominal == doctest::Approx(2 * prefill + 12 * step));
      // Little's law: two are always under way.
      CHECK(cost.request_seconds.nominal == doctest::Approx(cost.run_seconds.nominal * 2 / 6));
    }
  }

  TEST_CASE("a prompt that shares its batches with decode steps is one more request under way") {
    const std::string mixed =
        "prompt: {tokens: 16, chunk: 8, mixed_with_decode: true, decode_similarity: 1, source: s, confidence: low}\n";
    const auto served = run(request_yaml("requests: 4, concurrent: 2", mixed));
    REQUIRE(served.plan.batches.size() == 2);
    const auto& records = served.run.records;
    // 8 chunks with a decode step each, then 16 steps alone.
    const double both = records[0].seconds.nominal, step = records[1].seconds.nominal;
    CHECK(served.costs[0].run_seconds.nominal == doctest::Approx(8 * both + 16 * step));
    CHECK(served.costs[0].request_seconds.nominal == doctest::Approx((8 * 3 * both + 16 * 2 * step) / 4));
  }

  TEST_CASE("recorded routing: its first tokens are the batch, and only what it holds") {
    const auto layer = workloads::load_moe_layer("reduced-moe");
    workloads::TraceOptions options;
    options.phases.push_back({4, 1});
    options.layers = 2;
    const TemporaryFile file(".csv");
    write_trace(file.path(), generate_trace(layer, options, 9));
    sim::ComparisonRequest request{"reduced-moe", {"loihi2", "h100"}, {4}, 1};
    request.trace = file.path();
    request.trace_layer = 1;
    CHECK(sim::compare(request).records.size() == 2);
    request.batches = {5};
    CHECK_THROWS_AS(sim::compare(request), InputError);
    request.batches = {1};
    request.trace_layer = 2;
    CHECK_THROWS_AS(sim::compare(request), InputError);
  }
}
