// The host itself as a baseline: its indexed join is run and timed. Nothing here is simulated.
#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "description/document.hpp"
#include "description/error.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/query_record.hpp"
#include "workloads/hyperon/join.hpp"
#include "workloads/hyperon/lookups.hpp"
#include "workloads/hyperon/workload.hpp"
#include "workloads/random.hpp"

namespace moesaic::sim {

namespace {

namespace hyperon = workloads::hyperon;

/// Processor seconds of this thread: what others do on a busy host does not count.
double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return "a processor that does not tell its name";
}

constexpr double long_enough = 0.5; // seconds of repetitions
constexpr int fewest = 5, most = 200;

/// The fastest of several repetitions, and their median as the far end.
results::Interval timed(const std::function<void()>& work) {
  std::vector<double> times;
  double sum = 0;
  while (static_cast<int>(times.size()) < fewest || (sum < long_enough && static_cast<int>(times.size()) < most)) {
    const double start = thread_seconds();
    work();
    times.push_back(thread_seconds() - start);
    sum += times.back();
  }
  std::sort(times.begin(), times.end());
  return {times.front(), times.front(), times[times.size() / 2]};
}

class CpuMachine : public Machine {
 public:
  explicit CpuMachine(const Document& document) {
    const Node root = document.root();
    root.find("sources");
    name_ = root.at("name").text();
    title_ = root.at("title").text();
    power_ = root.find_figure("package_power", dimension::power);
    document.reject_unread_keys();
  }

  const std::string& name() const override { return name_; }
  const char* kind() const override { return "cpu"; }
  bool measures_host() const override { return true; }
  results::RunRecord run(const MoeTask&) const override { throw layers(); }
  ValueCheck check_values(const MoeTask&) const override { throw layers(); }
  MachineValues layer_values(const workloads::MoeLayer&, const LayerNumbers&) const override { throw layers(); }
  results::RunRecord answer(const QueryTask& task) const override;

 private:
  InputError layers() const {
    return InputError(name_ + ": Mixture-of-Experts layers on a CPU are not supported: it answers queries");
  }
  double point_queries(const hyperon::Space& space) const;

  std::string name_, title_;
  std::optional<Figure> power_;
};

/// Per second: facts of the largest relation and as many that are drawn, asked in turn.
double CpuMachine::point_queries(const hyperon::Space& space) const {
  const hyperon::PointQueries index(space);
  const int relation = largest_relation(space);
  const auto& facts = space.relations[static_cast<std::size_t>(relation)];
  workloads::Random random(1);
  constexpr std::size_t count = 100000;
  std::vector<hyperon::Symbol> asked;
  for (std::size_t i = 0; i < count; ++i)
    for (int f = 0; f < facts.arity; ++f)
      asked.push_back(i % 2 == 0 ? facts.row(i * 7919 % facts.size())[f]
                                 : static_cast<hyperon::Symbol>(random.below(space.symbols)));
  std::size_t found = 0;
  const double seconds = timed([&] {
                           for (std::size_t i = 0; i < count; ++i)
                             found += index.holds(relation, asked.data() + i * static_cast<std::size_t>(facts.arity));
                         }).nominal;
  return found == 0 ? 0 : count / seconds; // half of them are there: `found` is also why the loop is not left out
}

results::RunRecord CpuMachine::answer(const QueryTask& task) const {
  const auto& query = task.workload->queries[task.query];
  results::RunRecord record = query_record(task);
  record.machine = name_;
  record.kind = kind();
  const std::string processor = processor_name();
  record.machine_title = fmt::format("{}: {}", title_, processor);
  const double start = thread_seconds();
  const auto lookups = hyperon::plan_lookups(*task.space, query);
  std::optional<hyperon::Join> join;
  if (!lookups)
    join.emplace(*task.space, query);
  const double built = thread_seconds() - start;
  std::uint64_t answers = 0;
  record.seconds =
      timed([&] { answers = lookups ? hyperon::count_by_lookups(*task.space, *lookups) : join->count(); });
  record.notes.push_back(fmt::format("{}: {}", record.workload,
                                     lookups ? "one pass over the first bindings, every clause a look-up in an array"
                                             : "a join variable by variable over sorted indexes"));
  record.bound = "compute";
  record.bound_share = {{"compute", 1}};
  if (power_) {
    const auto& s = record.seconds;
    const results::Interval joules{power_->value * s.nominal, power_->low * s.low, power_->high * s.high};
    record.energy.push_back({"package", "static", "static", 0, joules, power_->path, power_->source});
    record.joules = joules;
  }
  add_query_statistics(record, answers, built, point_queries(*task.space));
  record.notes.push_back(fmt::format("measured on this host, {}: processor time of one thread, the fastest of several "
                                     "repetitions (in parentheses up to their median); indexes were built before",
                                     processor));
  if (!power_)
    record.notes.push_back("energy: not stated, since no measurement or source for this host's power is at hand");
  return record;
}

} // namespace

std::unique_ptr<Machine> make_cpu_machine(const Document& description) {
  return std::make_unique<CpuMachine>(description);
}

} // namespace moesaic::sim
