#include <doctest/doctest.h>

#include <rapidcheck.h>

#include <cmath>

#include "description/error.hpp"
#include "workloads/moe_bounds.hpp"
#include "workloads/random.hpp"

using namespace moesaic;
using namespace moesaic::workloads;
using Kind = ActivationSparsity::Kind;

TEST_SUITE("unit") {
  TEST_CASE("threshold and top-n keep what they say, and count events") {
    std::vector<double> x{0.5, -2, 0, 1, -1}, y = x, z = x;
    CHECK(sparsify({Kind::threshold, 1, 0}, x) == 3);
    CHECK(x == std::vector<double>{0, -2, 0, 1, -1});
    CHECK(sparsify({Kind::top_n, 0, 2}, y) == 2);
    CHECK(y == std::vector<double>{0, -2, 0, 1, 0}); // the tie goes to the lowest index
    CHECK(sparsify({}, z) == 4);
    CHECK_THROWS_AS(sparsify({Kind::threshold, -1, 0}, z), InputError);
    CHECK_THROWS_AS(sparsify({Kind::top_n, 0, 0}, z), InputError);
  }

  TEST_CASE("fewer events, larger error, and the layer's bound holds both") {
    const MoeLayer layer = load_moe_layer("reduced-moe");
    const MoeWeights weights = make_weights(layer, 2);
    const Matrix hidden = make_hidden_states(layer, 1, 2);
    const Routing routing = run_reference(layer, weights, hidden).routing;
    double before = 0;
    for (const int kept : {128, 64, 16, 4}) {
      Precision precision;
      precision.sparsity = {Kind::top_n, 0, kept};
      const auto output = approximate_layer(layer, weights, hidden, routing, precision)[0];
      double bound = 0;
      for (std::size_t i = 0; i < output.size(); ++i)
        bound += output.bound(i) * output.bound(i);
      CHECK(bound > before);
      before = bound;
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("whatever the machine holds within its radius, its sparse vector stays within the bound") {
    CHECK(rc::check([] {
      Random random(*rc::gen::arbitrary<std::uint64_t>());
      const ActivationSparsity sparsity{*rc::gen::element(Kind::threshold, Kind::top_n), 0.7,
                                        *rc::gen::inRange(1, 14)};
      Approximation x;
      std::vector<double> machine;
      for (int i = 0; i < 12; ++i) {
        const double radius = 0.2 * random.uniform(), nominal = random.normal();
        x.exact.push_back(nominal + 0.05 * random.normal());
        x.nominal.push_back(nominal);
        x.radius.push_back(radius);
        machine.push_back(nominal + radius * (2 * random.uniform() - 1));
      }
      sparsify(sparsity, machine);
      const Approximation y = sparsified(sparsity, x);
      for (std::size_t i = 0; i < machine.size(); ++i) {
        RC_ASSERT(std::abs(machine[i] - y.nominal[i]) <= y.radius[i] + 1e-12);
        RC_ASSERT(std::abs(machine[i] - x.exact[i]) <= y.bound(i));
      }
    }));
  }
}
