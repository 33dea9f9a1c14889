// Activation sparsity: small activations set to zero, so that event-driven hardware sends and multiplies
// less.
#pragma once

#include <vector>

#include "workloads/approximation.hpp"

namespace moesaic::workloads {

struct ActivationSparsity {
  enum class Kind { none, threshold, top_n };
  Kind kind = Kind::none;
  double threshold = 0; ///< keeps |x| >= threshold
  int top_n = 0;        ///< keeps the n largest magnitudes, ties to the lowest index
};

/// Throws InputError for a negative threshold or top_n below 1.
void check_sparsity(const ActivationSparsity& sparsity);

/// Zeroes what `sparsity` drops; returns how many elements that are not zero are left: events to send.
int sparsify(const ActivationSparsity& sparsity, std::vector<double>& x);

/// The machine sparsifies its own values. Elements near the border may fall on either side: their radius
/// covers both. `exact` stays what it was, so the bound holds the error of the sparsity too.
Approximation sparsified(const ActivationSparsity& sparsity, const Approximation& x);

} // namespace moesaic::workloads
