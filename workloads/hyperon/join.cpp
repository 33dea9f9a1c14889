#include "workloads/hyperon/join.hpp"

#include <algorithm>
#include <array>

namespace moesaic::workloads::hyperon {

namespace {

constexpr std::size_t most_bit_words = 64, most_parts = 32; ///< a query has no more clauses

/// First row of [begin, end) whose value is `value` or more: doubling steps, then halving ones.
std::size_t gallop(const Symbol* column, std::size_t begin, std::size_t end, Symbol value) {
  std::size_t step = 1, low = begin;
  while (low + step < end && column[low + step] < value) {
    low += step;
    step *= 2;
  }
  return static_cast<std::size_t>(std::lower_bound(column + low, column + std::min(end, low + step + 1), value) - column);
}

std::uint64_t count_common(const Symbol* a, Rows x, const Symbol* b, Rows y) {
  if (x.size() > y.size())
    std::swap(a, b), std::swap(x, y);
  std::uint64_t count = 0;
  if (y.size() > 16 * x.size()) {
    for (std::size_t i = x.begin, j = y.begin; i < x.end && j < y.end; ++i) {
      j = gallop(b, j, y.end, a[i]);
      count += j < y.end && b[j] == a[i];
    }
    return count;
  }
  for (std::size_t i = x.begin, j = y.begin; i < x.end && j < y.end;) {
    const Symbol left = a[i], right = b[j];
    count += left == right;
    i += left <= right;
    j += right <= left;
  }
  return count;
}

} // namespace

/// One variable's part in one clause: the field at `depth` of the clause's index.
struct Part {
  std::size_t clause = 0, depth = 0;
  bool last = false;   ///< no field of the clause comes later
  bool direct = false; ///< a value's rows are found without a search
  const SortedIndex* index = nullptr;
  const Symbol* column = nullptr;
  Rows* rows = nullptr; ///< what is left before the field is bound; behind it, after
};

struct Join::Impl {
  const Query query;
  std::vector<int> order;
  std::vector<SortedIndex> index;      // by clause
  std::vector<std::vector<Part>> level; // by place in the order
  std::vector<bool> dense;              // by place: at least two parts have bits
  std::vector<std::vector<Rows>> rows; // by clause and depth: what is left before that field is bound
  std::vector<Symbol> value;           // by variable
  std::size_t prefix = 0;              // leading variables of the order that are all in the head
  std::vector<int> rest;               // the head's other variables
  std::vector<std::uint32_t> stamp;
  std::uint32_t now = 0;
  std::uint64_t count = 0;
  bool keep = false, found = false, whole = true;
  std::vector<Symbol> kept;
  Relation suffixes;

  Impl(const Space& space, const Query& q, const std::vector<int>& o) : query(q), order(o) {
    whole = query.whole();
    level.resize(order.size());
    index.reserve(query.clauses.size());
    value.resize(order.size());
    for (std::size_t c = 0; c < query.clauses.size(); ++c)
      add_clause(space, c);
    for (auto& parts : level) {
      std::size_t having = 0;
      for (auto& p : parts) {
        p.index = &index[p.clause];
        p.column = p.index->column(p.depth);
        p.direct = p.index->direct(p.depth);
        p.rows = &rows[p.clause][p.depth];
        having += p.depth == 1 && p.index->bits(0) && p.index->bit_words() <= most_bit_words;
      }
      dense.push_back(having >= 2);
    }
    const auto in_head = [&](int v) { return std::binary_search(query.head.begin(), query.head.end(), v); };
    while (prefix < order.size() && in_head(order[prefix]))
      ++prefix;
    for (std::size_t i = prefix; i < order.size(); ++i)
      if (in_head(order[i]))
        rest.push_back(order[i]);
    if (rest.size() == 1)
      stamp.resize(space.symbols);
    suffixes.arity = static_cast<int>(std::max<std::size_t>(rest.size(), 1));
  }

  void add_clause(const Space& space, std::size_t c) {
    const auto& terms = query.clauses[c].terms;
    std::vector<int> fields, places;
    std::vector<Symbol> constants;
    for (std::size_t f = 0; f < terms.size(); ++f)
      if (!terms[f].variable)
        fields.push_back(static_cast<int>(f)), constants.push_back(terms[f].value);
    for (std::size_t p = 0; p < order.size(); ++p)
      for (std::size_t f = 0; f < terms.size(); ++f)
        if (terms[f].variable && static_cast<int>(terms[f].value) == order[p])
          fields.push_back(static_cast<int>(f)), places.push_back(static_cast<int>(p));
    index.emplace_back(space.relations[static_cast<std::size_t>(query.clauses[c].relation)], space.symbols, fields);
    rows.emplace_back(fields.size() + 1);
    rows[c][constants.size()] = index[c].find(constants.data(), constants.size());
    for (std::size_t i = 0; i < places.size(); ++i)
      level[static_cast<std::size_t>(places[i])].push_back(
          {c, constants.size() + i, constants.size() + i + 1 == fields.size(), false, nullptr, nullptr, nullptr});
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

PointQueries::PointQueries(const Space& space) {
  for (const auto& relation : space.relations) {
    std::vector<int> order;
    for (int f = 0; f < relation.arity; ++f)
      order.push_back(f);
    index_.emplace_back(relation, space.symbols, order);
    arity_.push_back(order.size());
  }
}

bool PointQueries::holds(int relation, const Symbol* fact) const {
  const auto r = static_cast<std::size_t>(relation);
  return index_[r].find(fact, arity_[r]).size() > 0;
}

} // namespace moesaic::workloads::hyperon
