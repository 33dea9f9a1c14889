#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "mappings/check/check_mapping.hpp"

namespace moesaic::mappings {

namespace {

class FlowCheck {
 public:
  FlowCheck(const CheckInput& input, std::vector<Violation>& violations)
      : input_(input), mapping_(input.mapping), violations_(violations), begin_(group_starts()),
        heard_(mapping_.cores.size()), said_(mapping_.cores.size()) {}

  void run() {
    neurons();
    groups();
    for (const Send& send : mapping_.sends) {
      said_[static_cast<std::size_t>(send.core)] += send.messages;
      for (auto m = begin_[static_cast<std::size_t>(send.group)];
           m < begin_[static_cast<std::size_t>(send.group) + 1]; ++m)
        heard_[static_cast<std::size_t>(mapping_.members[m].core)][send.when] += send.messages;
      const std::int64_t number = input_.number(send.core);
      if (number >= 0 && send.when != number + 1)
        report("sends at wrong times", send.core, fmt::format("for tokens of {}", input_.replica_name(number)),
               send.when == 0 ? std::string("for every token")
                              : fmt::format("for tokens of {}", input_.replica_name(send.when - 1)),
               "let an expert's core send for its own replica's tokens");
    }
    for (std::size_t c = 0; c < mapping_.cores.size(); ++c) {
      outputs(static_cast<std::int32_t>(c));
      inputs(static_cast<std::int32_t>(c));
    }
  }

 private:
  void report(std::string kind, std::int32_t core, std::string limit, std::string value, std::string remedy) {
    violations_.push_back(
        {std::move(kind), input_.name(core), std::move(limit), std::move(value), std::move(remedy)});
  }

  std::vector<std::size_t> group_starts() const {
    std::vector<std::size_t> begin(static_cast<std::size_t>(group_count(mapping_)) + 1,
                                   mapping_.members.size());
    for (std::size_t m = mapping_.members.size(); m-- > 0;)
      begin[static_cast<std::size_t>(mapping_.members[m].group)] = m;
    for (std::size_t g = begin.size() - 1; g-- > 0;)
      begin[g] = std::min(begin[g], begin[g + 1]);
    return begin;
  }

  /// The cores of a population hold its neurons without gap or overlap.
  void neurons() {
    std::vector<std::vector<std::int32_t>> cores(mapping_.populations.size());
    for (std::size_t c = 0; c < mapping_.cores.size(); ++c)
      cores[static_cast<std::size_t>(mapping_.cores[c].population)].push_back(static_cast<std::int32_t>(c));
    for (std::size_t p = 0; p < cores.size(); ++p) {
      const MappedPopulation& population = mapping_.populations[p];
      if (population.expert >= 0 && input_.replicas.number_of(population.expert, population.replica) < 0)
        violations_.push_back({"stale replica", population.name,
                               fmt::format("replica 0 to {}", mapping_.replicas[static_cast<std::size_t>(population.expert)] - 1),
                               fmt::format("replica {}", population.replica), "remove its cores or state more replicas"});
      if (cores[p].empty()) {
        violations_.push_back({"population without cores", mapping_.populations[p].name, "at least 1 core",
                               "none", "place its neurons"});
        continue;
      }
      const auto core = [&](std::int32_t c) -> const MappedCore& {
        return mapping_.cores[static_cast<std::size_t>(c)];
      };
      std::sort(cores[p].begin(), cores[p].end(),
                [&](std::int32_t a, std::int32_t b) { return core(a).first_neuron < core(b).first_neuron; });
      for (std::size_t i = 1; i < cores[p].size(); ++i) {
        const std::int64_t end =
            std::int64_t{core(cores[p][i - 1]).first_neuron} + core(cores[p][i - 1]).neurons;
        if (core(cores[p][i]).first_neuron != end)
          report(core(cores[p][i]).first_neuron > end ? "neurons missing" : "neurons twice", cores[p][i],
                 fmt::format("neurons from {} on", end),
                 fmt::format("neurons from {} on", core(cores[p][i]).first_neuron),
                 "let the cores of a population follow each other without gap or overlap");
      }
    }
  }

  void groups() {
    std::vector<std::int32_t> in(mapping_.cores.size(), -1);
    for (const Member& member : mapping_.members) {
      std::int32_t& last = in[static_cast<std::size_t>(member.core)];
      if (last == member.group)
        report("counted twice", member.core, fmt::format("once in group {}", member.group), "twice",
               "remove the second entry");
      last = member.group;
    }
    for (const Send& send : mapping_.sends)
      if (begin_[static_cast<std::size_t>(send.group)] == begin_[static_cast<std::size_t>(send.group) + 1])
        report("output lost", send.core, "a group with members",
               fmt::format("group {}, which is empty", send.group), "add the receivers to the group");
  }

  /// Every neuron speaks once, but for populations that are the end of the flow: they do not speak at all.
  void outputs(std::int32_t c) {
    const MappedCore& core = mapping_.cores[static_cast<std::size_t>(c)];
    const std::int64_t said = said_[static_cast<std::size_t>(c)];
    if (said != core.fan_out)
      report("fan-out statement", c, fmt::format("{} messages, as it sends", said),
             fmt::format("fan-out {}", core.fan_out), "state the fan-out that the sends make");
    const bool final = input_.population(c).name == "combine";
    const std::int64_t wanted = final ? 0 : core.neurons;
    if (said != wanted)
      report(said < wanted ? "output lost" : "output twice", c,
             fmt::format("{} messages, one per neuron", wanted), fmt::format("{} messages", said),
             "send each neuron's output to exactly one group");
  }

  /// A core hears as many messages per token as it has rows; a sum hears them from every expert.
  void inputs(std::int32_t c) {
    const MappedCore& core = mapping_.cores[static_cast<std::size_t>(c)];
    const std::int64_t own = input_.number(c);
    if (own < -1)
      return;
    const auto& heard = heard_[static_cast<std::size_t>(c)];
    const auto at = [&](std::int64_t when) {
      const auto found = heard.find(static_cast<std::int32_t>(when));
      return found == heard.end() ? std::int64_t{0} : found->second;
    };
    const auto expect = [&](std::int64_t value, const std::string& from) {
      if (value != core.fan_in)
        report(value < core.fan_in ? "input missing" : "input twice", c,
               fmt::format("{} messages {}", core.fan_in, from), fmt::format("{} messages", value),
               "connect each row to exactly one sender");
    };
    for (const auto& [when, messages] : heard)
      if (own >= 0 && when != 0 && when != own + 1)
        report("input of another expert", c, fmt::format("messages for {}", input_.replica_name(own)),
               fmt::format("{} messages for {}", messages, input_.replica_name(when - 1)),
               "take it out of that expert's group");
    if (own >= 0)
      return expect(at(0) + at(own + 1), "per token");
    if (input_.population(c).name != "combine")
      return expect(at(0), "per token");
    // Replicas that it never hears are counted, not listed: a file may state a million of them.
    std::int64_t silent = input_.replicas.numbers();
    for (const auto& [when, messages] : heard)
      if (when > 0 && when <= input_.replicas.numbers()) {
        expect(messages, "from " + input_.replica_name(when - 1));
        --silent;
      }
    if (silent > 0)
      report("input missing", c, fmt::format("{} messages from each of {} replicas", core.fan_in, input_.replicas.numbers()),
             fmt::format("none from {} of them", silent), "connect each row to exactly one sender");
  }

  const CheckInput& input_;
  const Mapping& mapping_;
  std::vector<Violation>& violations_;
  std::vector<std::size_t> begin_;                          ///< of each group in members
  std::vector<std::map<std::int32_t, std::int64_t>> heard_; ///< by core: messages by condition
  std::vector<std::int64_t> said_;
};

} // namespace

void check_flow(const CheckInput& input, std::vector<Violation>& violations) {
  FlowCheck(input, violations).run();
}

} // namespace moesaic::mappings
