#include "workloads/nir_file.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>

#include "description/error.hpp"
#include "workloads/hand_over.hpp"
#include "workloads/nir_hdf5.hpp"

namespace moesaic::workloads {
namespace {

constexpr std::size_t most_nodes = 1 << 24, most_keys = 1 << 16, most_sides = 64;

void put_array(HandOver& out, const NirArray& array) {
  out.put(static_cast<std::uint64_t>(array.shape.size()));
  for (const int side : array.shape)
    out.put(static_cast<std::int32_t>(side));
  out.put(array.value);
}

void put_graph(HandOver& out, const NirGraph& graph) {
  out.put(static_cast<std::uint64_t>(graph.nodes.size()));
  for (const NirNode& node : graph.nodes) {
    out.put(node.name);
    out.put(node.type);
    out.put(static_cast<std::uint64_t>(node.array.size()));
    for (const auto& [key, array] : node.array) {
      out.put(key);
      put_array(out, array);
    }
    out.put(static_cast<std::uint64_t>(node.text.size()));
    for (const auto& [key, text] : node.text) {
      out.put(key);
      out.put(text);
    }
  }
  out.put(static_cast<std::uint64_t>(graph.edges.size()));
  for (const auto& [from, to] : graph.edges) {
    out.put(static_cast<std::int32_t>(from));
    out.put(static_cast<std::int32_t>(to));
  }
}

void require(bool holds, const char* what) {
  if (!holds)
    throw std::runtime_error(what);
}

NirArray get_array(HandOver& in) {
  NirArray array;
  array.shape.resize(in.get_count(most_sides));
  std::int64_t count = 1;
  for (int& side : array.shape) {
    side = in.get<std::int32_t>();
    require(side >= 0 && (count *= side) <= most_nir_values, "an array of an impossible shape");
  }
  array.value = in.get_values(most_nir_values);
  require(array.value.size() == static_cast<std::size_t>(count), "an array not of its shape");
  require(std::all_of(array.value.begin(), array.value.end(), [](double x) { return std::isfinite(x); }),
          "a number that is not finite");
  return array;
}

NirNode get_node(HandOver& in) {
  NirNode node;
  node.name = in.get_text();
  node.type = in.get_text();
  require(std::find(nir_types().begin(), nir_types().end(), node.type) != nir_types().end(), "an unknown type of node");
  for (std::size_t left = in.get_count(most_keys); left > 0; --left) {
    std::string key = in.get_text();
    require(node.array.emplace(std::move(key), get_array(in)).second, "a parameter twice");
  }
  for (std::size_t left = in.get_count(most_keys); left > 0; --left) {
    std::string key = in.get_text();
    require(node.text.emplace(std::move(key), in.get_text()).second, "a parameter twice");
  }
  return node;
}

void get_graph(HandOver& in, NirGraph& graph) {
  for (std::size_t left = in.get_count(most_nodes); left > 0; --left)
    graph.nodes.push_back(get_node(in));
  const auto nodes = static_cast<int>(graph.nodes.size());
  std::set<std::pair<int, int>> known;
  for (std::size_t left = in.get_count(most_nodes); left > 0; --left) {
    const int from = in.get<std::int32_t>(), to = in.get<std::int32_t>();
    require(from >= 0 && from < nodes && to >= 0 && to < nodes && known.emplace(from, to).second, "an impossible edge");
    graph.edges.emplace_back(from, to);
  }
}

} // namespace

NirGraph load_nir(const std::string& file) {
  if (!std::filesystem::is_regular_file(file))
    throw InputError(file + ": no such file");
  NirGraph graph;
  graph.file = file;
  read_apart(
      file,
      [&file] {
        const auto read = std::make_shared<NirGraph>(read_nir_hdf5(file));
        return [read](HandOver& out) { put_graph(out, *read); };
      },
      [&graph](HandOver& in) { get_graph(in, graph); }, patience(file));
  return graph;
}

} // namespace moesaic::workloads
