#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <deque>
#include <map>

#include "hw/neuromorphic/calendar.hpp"
#include "hw/neuromorphic/pipeline.hpp"

using namespace moesaic::hw;

namespace {

CoreTiming timing() {
  CoreTiming t{};
  t.axon_in = 3;
  t.dendrite = 1000; // femtoseconds
  t.neuron = 2;
  t.instruction = 1;
  t.spike = 3;
  t.axon_out = 4;
  t.axon_in_queue = 2;
  t.axon_out_queue = 2;
  return t;
}

/// The inbox stepped picosecond by picosecond: what the recurrence has to agree with.
struct SteppedInbox {
  struct Message {
    std::int64_t operations, left = 0;
  };
  std::deque<Message> queue;
  std::map<int, Message> stage; // 0 axon in, 1 synapse, 2 dendrite

  void step(const CoreTiming& t, Picoseconds synapse) {
    for (int s = 2; s >= 0; --s) {
      if (auto at = stage.find(s); at != stage.end() && at->second.left == 0) {
        if (s == 2) {
          stage.erase(at);
        } else if (!stage.count(s + 1)) {
          Message next = at->second;
          next.left = next.operations * (s == 0 ? synapse : t.dendrite / 1000);
          stage.erase(at);
          stage[s + 1] = next;
        }
      }
      if (s == 0 && !stage.count(0) && !queue.empty()) {
        stage[0] = queue.front();
        stage[0].left = t.axon_in;
        queue.pop_front();
      }
    }
  }
  void advance() {
    for (auto& entry : stage)
      if (entry.second.left > 0)
        --entry.second.left;
  }
  bool empty() const { return stage.empty() && queue.empty(); }
};

} // namespace

TEST_SUITE("unit") {
  TEST_CASE("a full pipeline is paced by its slowest stage") {
    const CoreTiming t = timing();
    Inbox inbox(t);
    Picoseconds now = 0;
    for (int i = 0; i < 100; ++i) {
      now = std::max(now, inbox.room_at());
      inbox.accept(t, now, 10, 2000);
    }
    // fill 3, then 100 x 20 in the synapse stage, then 10 in the dendrite
    CHECK(inbox.drained_at() == 3 + 100 * 20 + 10);
    CHECK(inbox.busy() == 100 * 20);
  }

  TEST_CASE("the soma stalls when its axon queue is full") {
    const CoreTiming t = timing();
    Outbox outbox(t);
    outbox.begin(t, 0, 5);
    Picoseconds ready = 0;
    for (int i = 0; i < 50; ++i) {
      outbox.update(t, 1, 0);
      outbox.spike(t);
      ready = outbox.message(t);
      ready = std::max(ready, Picoseconds{100} * (i + 1)); // the fabric takes one message every 100 ps
      outbox.sent(ready);
    }
    CHECK(ready == 5000);
    CHECK(outbox.soma_done() <= 5000 - 2 * 100);
    CHECK(outbox.busy() == 5 + 50 * 5);
  }
}

TEST_SUITE("property") {
  TEST_CASE("the recurrence agrees with stepping every picosecond") {
    CHECK(rc::check("drain time", [] {
      const CoreTiming t = timing();
      const auto gaps = *rc::gen::container<std::vector<int>>(20, rc::gen::inRange(0, 40));
      const auto sizes = *rc::gen::container<std::vector<int>>(20, rc::gen::inRange(1, 12));
      const Picoseconds synapse = *rc::gen::inRange(1, 4);
      Inbox inbox(t);
      SteppedInbox stepped;
      Picoseconds time = 0, arrival = 0;
      std::size_t next = 0;
      while (next < gaps.size() || !stepped.empty()) {
        stepped.step(t, synapse);
        if (next < gaps.size() && time >= arrival && stepped.queue.size() < 2) {
          RC_ASSERT(inbox.room_at() <= time);
          stepped.queue.push_back({sizes[next], 0});
          inbox.accept(t, time, sizes[next], 1000 * synapse);
          arrival = time + 1 + gaps[next++]; // one message per picosecond at most
          stepped.step(t, synapse);
        }
        if (!stepped.empty())
          stepped.advance();
        ++time;
      }
      RC_ASSERT(inbox.drained_at() <= time);
      RC_ASSERT(inbox.drained_at() >= time - 2);
    }));
  }

  TEST_CASE("a calendar gives back everything in order of cycles") {
    CHECK(rc::check("order", [] {
      Calendar calendar;
      std::multimap<std::uint64_t, std::int32_t> expected;
      std::uint64_t now = 0;
      for (int i = 0; i < 200; ++i) {
        const auto ahead = *rc::gen::element<std::uint64_t>(0, 1, 63, 64, 65, 4095, 4096, 5000, 100000);
        calendar.add(now + ahead, i);
        expected.emplace(now + ahead, i);
        RC_ASSERT(calendar.next() == expected.begin()->first);
        if (i % 3 != 0)
          continue;
        now = calendar.next();
        std::vector<std::int32_t> due;
        calendar.take(now, due);
        RC_ASSERT(due.size() == expected.count(now));
        expected.erase(now);
      }
    }));
  }
}
