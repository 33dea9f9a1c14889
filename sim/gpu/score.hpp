// The kernel model beside measured rows: errors by GPU, model, precision and token range.
#pragma once

#include <string>
#include <vector>

#include "sim/gpu/data.hpp"

namespace moesaic::sim {

struct GpuPrediction {
  double seconds = 0, joules = 0;
};

/// A measured row with its routing loads drawn once, so that a fit can predict it many times.
struct GpuCase {
  GpuRow row;
  std::vector<mappings::gpu::RankLoad> loads; ///< empty for a dense product
};

std::vector<GpuCase> prepare_gpu_cases(const std::vector<GpuRow>& rows);

/// The mean over the row's draws. The layer is repeated, as in the benchmark: a small one stays in the cache.
GpuPrediction predict(const GpuCase& measured, const hw::gpu::Constants& constants);

/// The constants for a row: its GPU's description and its engine (by the name before the version; the GPU's
/// first engine when it describes no such one). Descriptions are read once.
const hw::gpu::Constants& constants_of(const GpuRow& row);

/// Whether a power reading shows its own row: the meter averages over longer than a short run lasts, so that
/// at few tokens it shows the runs before, and a reading below half the limit while the memory is saturated
/// shows a pause. Decided from the measured row alone, never from a prediction.
bool power_settled(const GpuCase& measured, const hw::gpu::Constants& constants);

/// Absolute relative errors of a group of rows.
struct GpuScore {
  std::string group;
  int rows = 0;
  double median = 0, ninth_decile = 0, bias = 0; ///< of the latency; bias is the signed median
  int energy_rows = 0;
  double energy_median = 0, energy_ninth_decile = 0;
};

/// Over all rows, then by GPU and engine, model, precision, and token range, and of dense products by shape;
/// last over the rows whose power reading had settled.
std::vector<GpuScore> score(const std::vector<GpuCase>& cases, const std::vector<GpuPrediction>& predictions);

/// The table as text.
std::string score_text(const std::vector<GpuScore>& scores);
/// The same as JSON.
std::string score_json(const std::vector<GpuScore>& scores);
/// One line per row: `fit` (which constants predicted it), the row's own columns, milliseconds and joules
/// measured and predicted; joules measured are empty without a power reading.
std::string score_rows_csv(const std::string& fit, const std::vector<GpuCase>& cases,
                           const std::vector<GpuPrediction>& predictions);
/// The columns of score_rows_csv.
std::string score_rows_header();
/// Predicted against measured, log-log, one colour per model: an SVG document.
std::string score_svg(const std::vector<GpuCase>& cases, const std::vector<GpuPrediction>& predictions);

} // namespace moesaic::sim
