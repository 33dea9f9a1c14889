#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <random>

#include "mappings/placement/search_state.hpp"

namespace moesaic::mappings {

namespace {

constexpr int probes = 64;             ///< moves that set the first temperature
constexpr double accepted_first = 0.2; ///< share of worsening moves taken at the start
constexpr double coldest = 1e-4;       ///< last temperature over the first
constexpr int clock_interval = 16;     ///< moves between looks at the clock
constexpr int most_fine = 20000;       ///< vertices up to which starts and result are judged by the fine estimate

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

PlacementRequest of_traffic(PlacementRequest request, const Traffic* traffic) {
  request.traffic = traffic;
  return request;
}

class Annealer {
 public:
  Annealer(const PlacementRequest& request, const Placement& start)
      : request_(request), held_request_(of_traffic(request, request.held)), state_(request, start), random_(request.seed),
        members_(members_by_cluster(*request.traffic)) {
    if (request.held)
      held_.emplace(held_request_, start);
    for (const Net& net : request.traffic->nets)
      flits_.push_back((flits_.empty() ? 0 : flits_.back()) + net.flits);
    best_ = state_.placement();
    cost_ = state_.cost();
    best_cost_ = judged();
  }

  PlacementResult run(std::int64_t moves, Clock::time_point start) {
    const double hot = first_temperature();
    PlacementResult result;
    for (; result.moves < moves; ++result.moves) {
      if (result.moves % clock_interval == 0) {
        if ((result.out_of_time = seconds_since(start) > request_.budget_seconds))
          break;
        if (request_.progress)
          request_.progress(static_cast<double>(result.moves) / moves, best_cost_);
      }
      step(hot * std::pow(coldest, static_cast<double>(result.moves) / moves));
    }
    result.placement = best_;
    return result;
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }

  double first_temperature() {
    double sum = 0;
    int worse = 0;
    for (int i = 0; i < probes; ++i) {
      const Move back = state_.make(propose());
      const double delta = state_.cost() - cost_;
      state_.make(back);
      if (delta > 0) {
        sum += delta;
        ++worse;
      }
    }
    return worse ? sum / worse / -std::log(accepted_first) : cost_ * 1e-3;
  }

  /// On the tokens that are learned and on those that are not.
  double judged() const { return held_ ? (cost_ + held_->cost()) / 2 : cost_; }

  void step(double temperature) {
    const Move move = propose();
    const Move back = state_.make(move);
    const double cost = state_.cost();
    if (cost > cost_ && uniform() >= std::exp((cost_ - cost) / temperature)) {
      state_.make(back);
      return;
    }
    cost_ = cost;
    if (held_)
      held_->make(move);
    if (const double now = judged(); now < best_cost_) {
      best_cost_ = now;
      best_ = state_.placement();
    }
  }

  Move propose() {
    switch (below(4)) {
    case 0:
      return swap_clusters();
    case 1:
      return swap_chips();
    default:
      return move_sender();
    }
  }

  /// Two clusters change places, vertex by vertex; of the larger one, what is left stays.
  Move swap_clusters() {
    const auto& a = members_[static_cast<std::size_t>(below(static_cast<int>(members_.size())))];
    const auto& b = members_[static_cast<std::size_t>(below(static_cast<int>(members_.size())))];
    Move move;
    if (&a == &b)
      return move;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      move.emplace_back(a[i], slot_of(b[i]));
      move.emplace_back(b[i], slot_of(a[i]));
    }
    return move;
  }

  /// All that two chips hold.
  Move swap_chips() {
    const Floor& floor = *request_.floor;
    const int a = below(floor.chips()), b = below(floor.chips());
    Move move;
    for (int core = 0; a != b && core < floor.chip_cores; ++core)
      exchange(move, floor.slot_of(a, core), floor.slot_of(b, core));
    return move;
  }

  /// The source of a net, chosen by its flits, goes to any slot, or to a chip of its receivers, and changes
  /// with who is there.
  Move move_sender() {
    const auto found = std::upper_bound(flits_.begin(), flits_.end(), uniform() * flits_.back());
    const std::size_t net =
        std::min<std::size_t>(static_cast<std::size_t>(found - flits_.begin()), flits_.size() - 1);
    const Floor& floor = *request_.floor;
    const auto& members =
        request_.traffic->groups[static_cast<std::size_t>(request_.traffic->nets[net].group)];
    const int from = slot_of(request_.traffic->nets[net].source);
    int to = below(floor.slots());
    if (!members.empty() && below(2)) {
      const int member = slot_of(members[static_cast<std::size_t>(below(static_cast<int>(members.size())))]);
      to = floor.slot_of(floor.chip_of(member), below(floor.chip_cores));
    }
    Move move;
    if (from != to)
      exchange(move, from, to);
    return move;
  }

  void exchange(Move& move, int a, int b) const {
    if (const std::int32_t vertex = state_.occupant(a); vertex >= 0)
      move.emplace_back(vertex, b);
    if (const std::int32_t vertex = state_.occupant(b); vertex >= 0)
      move.emplace_back(vertex, a);
  }
  int slot_of(std::int32_t vertex) const { return state_.placement()[static_cast<std::size_t>(vertex)]; }

  const PlacementRequest& request_;
  PlacementRequest held_request_;
  SearchState state_;
  std::optional<SearchState> held_;
  std::mt19937_64 random_;
  std::vector<std::vector<std::int32_t>> members_;
  std::vector<double> flits_; ///< running sum over nets
  Placement best_;
  double cost_ = 0, best_cost_ = 0;
};

class Annealing : public Strategy {
 public:
  const char* name() const override { return "annealing"; }
  const char* description() const override {
    return "simulated annealing from the best of naive, hilbert, greedy and the lowering's own places: swaps clusters, "
           "chips and single senders";
  }
  PlacementResult place(const PlacementRequest& request) const override {
    check_request(request);
    const auto began = Clock::now();
    PlacementResult result;
    double least = 0;
    const Traffic& judge = request.held ? *request.held : *request.traffic;
    const Detail detail = request.traffic->size() <= most_fine ? Detail::fine : Detail::coarse;
    const auto cost = [&](const Placement& placement) {
      return estimate(judge, *request.floor, placement, detail).value(request.objective);
    };
    const auto consider = [&](std::string name, Placement start) {
      const double value = cost(start);
      if (!result.placement.empty() && value >= least)
        return;
      least = value;
      result.placement = std::move(start);
      result.start = std::move(name);
    };
    for (const auto make : {make_naive, make_hilbert, make_greedy}) {
      const auto strategy = make();
      consider(strategy->name(), strategy->place(request).placement);
    }
    if (request.lowered)
      consider(request.lowered_name, *request.lowered);
    if (request.traffic->nets.empty())
      return result;
    const std::int64_t moves =
        request.moves > 0 ? request.moves : std::int64_t{64} * request.traffic->clusters() + 2000;
    PlacementResult found = Annealer(request, result.placement).run(moves, began);
    result.moves = found.moves;
    result.out_of_time = found.out_of_time;
    // The search follows a smooth cost; its best counts only where the estimate agrees.
    if (cost(found.placement) < least)
      result.placement = std::move(found.placement);
    return result;
  }
};

} // namespace

std::unique_ptr<Strategy> make_annealing() {
  return std::make_unique<Annealing>();
}

} // namespace moesaic::mappings
