// Does a mapped machine still compute the model? Held-out cross-entropy of a small language model whose MoE
// layers run on a machine, or in a number format, beside the reference.
#pragma once

#include <string>
#include <vector>

#include "workloads/language_model.hpp"
#include "workloads/moe_bounds.hpp"

namespace moesaic::sim {

struct EvaluationRequest {
  std::string model;                 ///< folder of the language model
  std::string text;                  ///< what is predicted
  std::vector<std::string> machines; ///< catalog names or files of machines that carry values
  int windows = 4;                   ///< the first ones of the text; the last one of the text calibrates
};

struct EvaluationRow {
  std::string name;    ///< machine or number format
  std::string numbers; ///< what it computes with, for people
  double cross_entropy = 0;                ///< nats a byte
  double difference = 0, deviation = 0;    ///< to the reference: mean over bytes, and that mean's standard error
  double other_choices = 0;                ///< share of expert choices that differ from the reference router's
  double events = 1;                       ///< share of activated values that are not zero
};

/// The reference first, then the number formats and activation sparsities, then the machines. Windows and
/// rows run in workers; the result does not depend on their number. Throws InputError.
std::vector<EvaluationRow> evaluate_model(const EvaluationRequest& request);

std::string evaluation_table(const std::vector<EvaluationRow>& rows);

} // namespace moesaic::sim
