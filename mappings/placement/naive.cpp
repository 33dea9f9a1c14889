#include <numeric>

#include "mappings/placement/strategy.hpp"

namespace moesaic::mappings {

namespace {

class Naive : public Strategy {
 public:
  const char* name() const override { return "naive"; }
  const char* description() const override { return "vertices in order, chips row by row"; }
  PlacementResult place(const PlacementRequest& request) const override {
    check_request(request);
    PlacementResult result;
    result.placement.resize(request.traffic->vertices.size());
    std::iota(result.placement.begin(), result.placement.end(), 0);
    return result;
  }
};

} // namespace

std::unique_ptr<Strategy> make_naive() {
  return std::make_unique<Naive>();
}

} // namespace moesaic::mappings
