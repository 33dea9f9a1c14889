#include "workloads/hyperon/join.hpp"

#include <algorithm>
#include <array>

#include "workloads/hyperon/intersect.hpp"
#include "workloads/hyperon/join_plan.hpp"

namespace moesaic::workloads::hyperon {

struct Join::Impl : JoinPlan {
  std::vector<Symbol> value; // by variable
  std::vector<std::uint32_t> stamp;
  std::uint32_t now = 0;
  std::uint64_t count = 0;
  bool keep = false, found = false;
  std::vector<Symbol> kept;
  Relation suffixes;

  Impl(const Space& space, const Query& q, const std::vector<int>& o) : JoinPlan(space, q, o), value(o.size()) {
    if (rest.size() == 1)
      stamp.resize(space.symbols);
    suffixes.arity = static_cast<int>(std::max<std::size_t>(rest.size(), 1));
  }

  static Rows& at(const Part& p) { return p.rows[0]; }
  static Rows& below(const Part& p) { return p.rows[1]; }

  /// Binds variable `order[l]` to each value that all its clauses allow.
  void run(std::size_t l) {
    if (l == prefix && !whole)
      ++now, found = false, suffixes.facts.clear();
    if (l == order.size())
      emit();
    else if (l + 1 == order.size() && whole && !keep)
      count += count_last(l);
    else
      each(l);
    if (l == prefix && !whole)
      finish_prefix();
  }

  void emit() {
    if (whole) {
      ++count;
      if (keep)
        kept.insert(kept.end(), value.begin(), value.end());
      return;
    }
    found = true;
    if (rest.size() == 1) {
      auto& mark = stamp[value[static_cast<std::size_t>(rest[0])]];
      count += mark != now;
      mark = now;
    } else {
      for (const int v : rest)
        suffixes.facts.push_back(value[static_cast<std::size_t>(v)]);
    }
  }

  void finish_prefix() {
    if (rest.empty())
      count += found;
    if (rest.size() > 1) {
      suffixes.sort_unique();
      count += suffixes.size();
    }
  }

  void visit(std::size_t l, Symbol x) {
    value[static_cast<std::size_t>(order[l])] = x;
    run(l + 1);
  }

  /// Rows of every part but `driver` narrowed to x; false where one has none. `cursor` moves along with ascending x.
  bool narrow_others(const std::vector<Part>& parts, std::size_t driver, std::size_t* cursor, Symbol x) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i == driver)
        continue;
      const Part& p = parts[i];
      if (p.direct) {
        below(p) = p.index->narrowed(at(p), p.depth, x);
      } else {
        const Symbol* values = p.column;
        cursor[i] = gallop(values, cursor[i], at(p).end, x);
        std::size_t end = cursor[i];
        if (end < at(p).end && values[end] == x)
          end = p.last ? end + 1 : gallop(values, end, at(p).end, x + 1);
        below(p) = {cursor[i], end};
      }
      if (below(p).size() == 0)
        return false;
    }
    return true;
  }

  void each(std::size_t l) {
    const auto& parts = level[l];
    if (dense[l] && each_by_bits(l))
      return;
    std::array<std::size_t, most_parts> cursor;
    std::size_t driver = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      cursor[i] = at(parts[i]).begin;
      if (at(parts[i]).size() < at(parts[driver]).size())
        driver = i;
    }
    const Part& d = parts[driver];
    const Rows range = at(d);
    const Symbol* values = d.column;
    for (std::size_t i = range.begin, end; i < range.end; i = end) {
      const Symbol x = values[i];
      end = d.last ? i + 1 : gallop(values, i, range.end, x + 1);
      below(d) = {i, end};
      if (narrow_others(parts, driver, cursor.data(), x))
        visit(l, x);
      if (!whole && rest.empty() && found && l >= prefix)
        return; // one is enough
    }
  }

  /// The bits of all parts that have them, ANDed; how many parts that were.
  std::size_t and_bits(std::size_t l, std::uint64_t* words, std::size_t& length) {
    std::size_t having = 0;
    for (const Part& p : level[l]) {
      const SortedIndex& i = *p.index;
      if (p.depth != 1 || i.bit_words() > most_bit_words || at(p).size() == 0 || !i.bits(i.column(0)[at(p).begin]))
        continue;
      const std::uint64_t* bits = i.bits(i.column(0)[at(p).begin]);
      length = i.bit_words();
      for (std::size_t w = 0; w < length; ++w)
        words[w] = having ? words[w] & bits[w] : bits[w];
      ++having;
    }
    return having;
  }

  /// Where at least two parts are dense pairs, and the others need no search.
  bool each_by_bits(std::size_t l) {
    std::array<std::uint64_t, most_bit_words> words;
    std::size_t length = 0, others = 0;
    const std::size_t having = and_bits(l, words.data(), length);
    if (having < 2)
      return false;
    for (const Part& p : level[l])
      others += p.depth == 0 && p.direct;
    if (having + others != level[l].size())
      return false;
    for (std::size_t w = 0; w < length; ++w)
      for (std::uint64_t left = words[w]; left; left &= left - 1) {
        const Symbol x = static_cast<Symbol>(64 * w) + static_cast<Symbol>(__builtin_ctzll(left));
        bool all = true;
        for (const Part& p : level[l])
          if (p.depth == 0)
            all = all && (below(p) = p.index->narrowed(at(p), 0, x)).size() > 0;
        if (all)
          visit(l, x);
      }
    return true;
  }

  std::uint64_t count_last(std::size_t l) {
    const auto& parts = level[l];
    if (parts.size() == 1)
      return at(parts[0]).size();
    std::array<std::uint64_t, most_bit_words> words;
    std::size_t length = 0;
    if (dense[l] && and_bits(l, words.data(), length) == parts.size()) {
      std::uint64_t sum = 0;
      for (std::size_t w = 0; w < length; ++w)
        sum += static_cast<std::uint64_t>(__builtin_popcountll(words[w]));
      return sum;
    }
    if (parts.size() == 2)
      return count_common(parts[0].column, at(parts[0]), parts[1].column, at(parts[1]));
    const std::uint64_t before = count;
    each(l);
    const std::uint64_t sum = count - before;
    count = before;
    return sum;
  }

  void start() {
    count = 0;
    kept.clear();
    if (possible)
      run(0);
  }
};

Join::Join(const Space& space, const Query& query, const std::vector<int>& order)
    : impl_(std::make_unique<Impl>(space, query, order)) {}
Join::~Join() = default;

std::uint64_t Join::count() {
  impl_->keep = false;
  impl_->start();
  return impl_->count;
}

std::vector<Symbol> Join::bindings() {
  impl_->keep = true;
  impl_->start();
  return std::move(impl_->kept);
}

} // namespace moesaic::workloads::hyperon
