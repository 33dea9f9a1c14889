#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "description/error.hpp"
#include "tests/workloads/temporary_file.hpp"
#include "workloads/request.hpp"

using namespace moesaic;
using namespace moesaic::workloads;

namespace {

RequestWorkload small_workload() {
  RequestWorkload workload;
  workload.layer = load_moe_layer("reduced-moe");
  workload.output.percentile = {100, 100, 100, 100, 100};
  workload.requests = 8;
  workload.concurrent = 4;
  return workload;
}

std::string error_of(const std::string& from, const std::string& to) {
  std::string text = "kind: request\ntitle: T\nmodel: reduced-moe\nsources:\n  s: {title: t, where: w}\n"
                     "serving: {requests: 4, concurrent: 2, source: s, confidence: exact}\n"
                     "output_tokens: {p5: 1, p25: 2, p50: 3, p75: 4, p95: 5, source: s, confidence: low}\n"
                     "multi_token_prediction: {drafts: 1, acceptance: 0.9, source: s, confidence: low}\n";
  text.replace(text.find(from), from.size(), to);
  const TemporaryFile file(".yaml", text);
  try {
    load_request(file.path());
  } catch (const InputError& e) {
    return std::string(e.what()).substr(file.path().size());
  }
  return "";
}

} // namespace

TEST_SUITE("golden") {
  TEST_CASE("the published percentiles are met, and R1's mean is near its median") {
    const RequestWorkload r1 = load_request("deepseek-r1-gpqa");
    const double shares[] = {0.05, 0.25, 0.5, 0.75, 0.95}, tokens[] = {1637, 7414, 11265, 15758, 21535};
    for (int i = 0; i < 5; ++i)
      CHECK(r1.output.at(shares[i]) == doctest::Approx(tokens[i]));
    CHECK(r1.output.mean(1000) == doctest::Approx(11300).epsilon(0.05));
  }

  TEST_CASE("multi-token prediction yields 1.8 times the tokens per step, as DeepSeek-V3's report says") {
    CHECK(tokens_per_step(1, 0.85) == doctest::Approx(1.85));
    const RequestPlan with = plan_requests(load_request("deepseek-r1-gpqa-mtp"), 1);
    const RequestPlan without = plan_requests(load_request("deepseek-r1-gpqa"), 1);
    CHECK(without.decode_steps / with.decode_steps == doctest::Approx(1.875));
    CHECK(with.output_tokens == without.output_tokens);
    CHECK(with.batches.back().tokens == 2); // speculative verify
  }
}

TEST_SUITE("unit") {
  TEST_CASE("decode only: steps times batch is the number of tokens") {
    const RequestPlan plan = plan_requests(small_workload(), 1);
    REQUIRE(plan.batches.size() == 1);
    CHECK(plan.batches[0].name == "decode");
    CHECK(plan.batches[0].tokens == 4);
    CHECK(plan.batches[0].times == doctest::Approx(200)); // 8 x 100 / 4
    CHECK(plan.accepted_share() == doctest::Approx(1));
  }

  TEST_CASE("tokens per step sum the chances of each draft") {
    CHECK(tokens_per_step(0, 0.9) == 1);
    CHECK(tokens_per_step(3, 0.5) == doctest::Approx(1.875));
    CHECK(tokens_per_step(2, 1) == 3);
  }

  TEST_CASE("drawn acceptance agrees with its expectation") {
    RequestWorkload workload = small_workload();
    workload.output.percentile = {5000, 5000, 5000, 5000, 5000};
    workload.drafts = 2;
    workload.acceptance = 0.7;
    const RequestPlan expected = plan_requests(workload, 1);
    workload.drawn = true;
    const RequestPlan drawn = plan_requests(workload, 1);
    CHECK(drawn.decode_steps == doctest::Approx(expected.decode_steps).epsilon(0.02));
    CHECK(drawn.decode_steps != expected.decode_steps);
    CHECK(drawn.accepted_share() == doctest::Approx(2.19 / 3).epsilon(0.02)); // 1 + 0.7 + 0.49
    CHECK(plan_requests(workload, 1).decode_steps == drawn.decode_steps);
  }

  TEST_CASE("prompts come in chunks, and all their tokens are there") {
    RequestWorkload workload = small_workload();
    workload.prompt_tokens = 1000;
    workload.prefill_chunk = 300;
    for (const bool mixed : {false, true}) {
      workload.mixed = mixed;
      const RequestPlan plan = plan_requests(workload, 1);
      double prefilled = 0, decoded = 0;
      for (const auto& batch : plan.batches) {
        prefilled += batch.times * (batch.tokens - batch.decode_tokens);
        decoded += batch.times * batch.decode_tokens;
      }
      CHECK(prefilled == doctest::Approx(8000));
      CHECK(decoded == doctest::Approx(800));
      CHECK((plan.batches[0].name == "mixed") == mixed);
    }
  }

  TEST_CASE("more prefill than decode steps leaves prefill batches alone") {
    RequestWorkload workload = small_workload();
    workload.prompt_tokens = 3000;
    workload.prefill_chunk = 10;
    workload.mixed = true; // 2400 chunks, 200 decode steps
    const RequestPlan plan = plan_requests(workload, 1);
    REQUIRE(plan.batches.size() == 2);
    CHECK(plan.batches[0].times == doctest::Approx(200));
    CHECK(plan.batches[1].name == "prefill");
    CHECK(plan.batches[1].times == doctest::Approx(2200));
  }

  TEST_CASE("each batch has its trace") {
    const RequestWorkload chat = load_request("deepseek-v3.1-chat");
    const RequestPlan plan = plan_requests(chat, 1);
    const auto traces = batch_traces(chat, plan, 1);
    REQUIRE(traces.size() == plan.batches.size());
    for (std::size_t b = 0; b < traces.size(); ++b)
      CHECK(traces[b].tokens == plan.batches[b].tokens);
    CHECK(plan.batches[0].tokens == 1024 + 64 * 2);
  }

  TEST_CASE("the kind of a workload is known before it is read") {
    CHECK(workload_kind("deepseek-v3") == "moe");
    CHECK(workload_kind("deepseek-r1-gpqa") == "request");
    CHECK(workload_kind("x/config.json") == "moe");
  }

  TEST_CASE("files out of range are refused at their place") {
    CHECK(error_of("kind: request", "kind: request") == "");
    CHECK(error_of("concurrent: 2", "concurrent: 9")
              .find(":6:36: serving.concurrent: 9 exceed the 4 requests") == 0);
    CHECK(error_of("p50: 3", "p50: 1").find("output_tokens.p50: is below p25") != std::string::npos);
    CHECK(error_of("acceptance: 0.9", "acceptance: 90").find("expected 0 to 1") != std::string::npos);
    CHECK(error_of("model: reduced-moe", "model: reduced-mo").find("did you mean") != std::string::npos);
    CHECK(error_of("p95: 5, source: s, confidence: low}\nmulti_token_prediction: {drafts: 1",
                   "p95: 16777216, source: s, confidence: low}\nmulti_token_prediction: {drawn_per_token: true, drafts: 1") ==
          "");
    CHECK(error_of("requests: 4, concurrent: 2, source: s, confidence: exact}\noutput_tokens: {p5: 1, p25: 2, p50: 3, p75: "
                   "4, p95: 5, source: s, confidence: low}\nmulti_token_prediction: {drafts: 1",
                   "requests: 1000000, concurrent: 2, source: s, confidence: exact}\noutput_tokens: {p5: 1, p25: 2, p50: "
                   "3, p75: 4, p95: 16777216, source: s, confidence: low}\nmulti_token_prediction: {drawn_per_token: "
                   "true, drafts: 1")
              .find("too many to draw one by one") != std::string::npos);
    CHECK(error_of("drafts: 1", "drafts: 0").find("drafts: 0 is out of range") != std::string::npos);
  }
}
