// A YAML file read with care: every error names file, line, column and key path; keys nobody asked for are
// errors.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "description/figure.hpp"

namespace moesaic {

class Document;
struct Override;

/// One value of a document. Cheap to copy; keeps its document alive. All readers throw InputError.
class Node {
 public:
  /// The member `key` of this map; an error if absent.
  Node at(const std::string& key) const;
  /// The member `key`, or nothing.
  std::optional<Node> find(const std::string& key) const;
  bool has(const std::string& key) const { return find(key).has_value(); }

  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  std::vector<Node> items() const;       ///< of a list
  std::vector<std::string> keys() const; ///< of a map, in the file's order; marks them all as known

  std::string text() const;
  std::int64_t integer() const;
  std::int64_t integer_in(std::int64_t least, std::int64_t most) const;
  double number() const; ///< a bare number: for ratios and counts of workloads, never for physical constants
  bool boolean() const;
  /// The scalar as one of `choices`; an unknown one is an error with the nearest.
  std::size_t choice(const std::vector<std::string>& choices) const;

  std::string text_or(const std::string& key, const std::string& fallback) const;
  std::int64_t integer_or(const std::string& key, std::int64_t fallback) const;
  double number_or(const std::string& key, double fallback) const;
  bool boolean_or(const std::string& key, bool fallback) const;

  /// The figure `key` of this map, in one of three forms; source and confidence are required in each:
  ///   clock: {value: 500 MHz, source: gsi2020, confidence: high}
  ///   synapse: {energy: 35.5 pJ, latency: 3.8 ns, source: davies2018, confidence: high}   (read from the
  ///   inner map) either with `interval: [low, high]` (same unit) and `note: text`.
  Figure figure(const std::string& key, const Dimension& dimension) const;
  /// The same, or nothing when the key is absent.
  std::optional<Figure> find_figure(const std::string& key, const Dimension& dimension) const;

  std::string path() const;
  /// Throws InputError at this place: "file:line:column: path: message".
  [[noreturn]] void fail(const std::string& message) const;

  struct Impl;
  explicit Node(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

/// A published source that figures cite by key.
struct Source {
  std::string title; ///< authors, title, venue, year
  std::string where; ///< DOI, arXiv number or document name
};

/// A parsed file. Copy freely.
class Document {
 public:
  /// Reads a file; an absent, empty or malformed one is an InputError.
  static Document load(const std::string& file);
  static Document parse(const std::string& text, const std::string& name);

  Node root() const;
  const std::string& file() const;
  /// The text it was parsed from.
  const std::string& text() const;
  /// The top-level map `sources`; empty when there is none.
  const std::map<std::string, Source>& sources() const;
  /// All figures read so far, in order of reading: what reports list, and what a run depends on.
  const std::vector<Figure>& figures() const;
  /// An error for the first key that no reader asked for, with the nearest one that was. Call when done
  /// reading.
  void reject_unread_keys() const;

  struct Impl;

 private:
  friend std::string to_yaml(const Document&);
  friend Document with_overrides(const Document&, const std::vector<Override>&, const std::string&);
  std::shared_ptr<Impl> impl_;
};

/// Where the descriptions lie: $MOESAIC_DATA, else the source tree that the program was built from, else the
/// installed share folder. `folder` is "hw/catalog", "workloads/catalog" and the like.
std::string catalog_folder(const std::string& folder);

/// The names (file names without .yaml) in a catalog folder, sorted.
std::vector<std::string> catalog_names(const std::string& folder);

/// The file of a catalog entry, or `name` itself when it is a path to a .yaml file, or to a model's
/// config.json. Unknown: InputError with the nearest.
std::string catalog_file(const std::string& folder, const std::string& name, const std::string& what);

} // namespace moesaic
