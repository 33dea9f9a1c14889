#include "workloads/nir_operators.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "description/error.hpp"

namespace moesaic::workloads {

using Entries = std::vector<Eigen::Triplet<double>>;

int elements(const std::vector<int>& shape) {
  long count = 1;
  for (const int side : shape)
    count = side < 0 || count > 1 << 28 ? 1 << 29 : count * side;
  return static_cast<int>(std::min<long>(count, 1 << 29));
}

void node_error(const NirGraph& graph, const NirNode& node, const std::string& what) {
  throw InputError(fmt::format("{}: node '{}' ({}): {}", graph.file, node.name, node.type, what));
}

const NirArray& required(const NirGraph& graph, const NirNode& node, const char* key) {
  const auto found = node.array.find(key);
  if (found == node.array.end())
    node_error(graph, node, fmt::format("has no numbers '{}'", key));
  return found->second;
}

std::vector<double> parameter(const NirGraph& graph, const NirNode& node, const char* key, int size) {
  const NirArray& array = required(graph, node, key);
  if (array.value.size() == 1)
    return std::vector<double>(static_cast<std::size_t>(size), array.value[0]);
  if (static_cast<int>(array.value.size()) != size)
    node_error(graph, node, fmt::format("'{}' has {} values, expected {}", key, array.value.size(), size));
  return array.value;
}

namespace {

/// Two whole numbers, or one for both.
std::pair<int, int> sides(const NirGraph& graph, const NirNode& node, const char* key, int least, int otherwise) {
  const auto found = node.array.find(key);
  if (found == node.array.end()) {
    if (otherwise >= 0)
      return {otherwise, otherwise};
    node_error(graph, node, fmt::format("has no numbers '{}'", key));
  }
  const auto& value = found->second.value;
  if (value.empty() || value.size() > 2)
    node_error(graph, node, fmt::format("'{}' must be one or two numbers", key));
  for (const double x : value)
    if (x < least || x > 4096 || x != static_cast<int>(x))
      node_error(graph, node, fmt::format("'{}' must be whole numbers of {} to 4096", key, least));
  return {static_cast<int>(value.front()), static_cast<int>(value.back())};
}

struct Window {
  std::pair<int, int> kernel, stride, padding, dilation;
};

/// Rows and columns of places that a window takes.
std::pair<int, int> places(const NirGraph& graph, const NirNode& node, const Window& w, int height, int width) {
  const int down = height + 2 * w.padding.first - w.dilation.first * (w.kernel.first - 1) - 1;
  const int across = width + 2 * w.padding.second - w.dilation.second * (w.kernel.second - 1) - 1;
  if (down < 0 || across < 0)
    node_error(graph, node, fmt::format("its window does not fit an input of {} x {}", height, width));
  return {down / w.stride.first + 1, across / w.stride.second + 1};
}

/// Calls visit(output row, output column, kernel row, kernel column, input row, input column) for all that lie inside.
template <class Visit>
void slide(std::pair<int, int> places, const Window& w, int height, int width, Visit visit) {
  const auto [rows, columns] = places;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < columns; ++x)
      for (int ky = 0; ky < w.kernel.first; ++ky)
        for (int kx = 0; kx < w.kernel.second; ++kx) {
          const int iy = y * w.stride.first - w.padding.first + ky * w.dilation.first;
          const int ix = x * w.stride.second - w.padding.second + kx * w.dilation.second;
          if (iy >= 0 && iy < height && ix >= 0 && ix < width)
            visit(y, x, ky, kx, iy, ix);
        }
}

/// Matrices are kept whole, so a graph of a few numbers could ask for any amount of memory.
void check_size(const NirGraph& graph, const NirNode& node, double synapses) {
  constexpr double most = 1 << 27;
  if (synapses > most)
    node_error(graph, node, fmt::format("stands for up to {:.3g} synapses, at most {:.3g} are held", synapses, most));
}

void require_image(const NirGraph& graph, const NirNode& node, const std::vector<int>& input) {
  if (input.size() != 3 || elements(input) < 1)
    node_error(graph, node, fmt::format("needs an input of channels x height x width, got {} dimensions", input.size()));
}

LinearOperator convolution(const NirGraph& graph, const NirNode& node, const std::vector<int>& input) {
  require_image(graph, node, input);
  const NirArray& weight = required(graph, node, "weight");
  if (weight.shape.size() != 4)
    node_error(graph, node, fmt::format("'weight' has {} dimensions, expected 4", weight.shape.size()));
  const int out = weight.shape[0], in = weight.shape[1], kh = weight.shape[2], kw = weight.shape[3];
  if (elements(weight.shape) < 1)
    node_error(graph, node, "'weight' holds no numbers");
  const int groups = sides(graph, node, "groups", 1, 1).first;
  if (in * groups != input[0] || out % groups != 0)
    node_error(graph, node, fmt::format("weights for {} channels in {} groups, got {} channels", in * groups, groups, input[0]));
  Window w{{kh, kw}, sides(graph, node, "stride", 1, 1), {0, 0}, sides(graph, node, "dilation", 1, 1)};
  const auto text = node.text.find("padding");
  if (text == node.text.end())
    w.padding = sides(graph, node, "padding", 0, 0);
  else if (text->second == "same" && w.stride == std::make_pair(1, 1) && kh % 2 == 1 && kw % 2 == 1)
    w.padding = {w.dilation.first * (kh / 2), w.dilation.second * (kw / 2)};
  else if (text->second != "valid")
    node_error(graph, node, "padding '" + text->second + "' is not supported (same needs stride 1 and odd kernels)");
  Entries entries;
  const int height = input[1], width = input[2];
  const auto size = places(graph, node, w, height, width);
  check_size(graph, node, static_cast<double>(elements(weight.shape)) * size.first * size.second);
  slide(size, w, height, width, [&](int y, int x, int ky, int kx, int iy, int ix) {
    for (int o = 0; o < out; ++o)
      for (int i = 0; i < in; ++i) {
        const int channel = o / (out / groups) * in + i;
        entries.emplace_back((o * size.first + y) * size.second + x, (channel * height + iy) * width + ix,
                             weight.value[static_cast<std::size_t>(((o * in + i) * kh + ky) * kw + kx)]);
      }
  });
  LinearOperator result;
  result.output = {out, size.first, size.second};
  result.kernel = {in * kh * kw, size.first * size.second};
  result.weight.resize(elements(result.output), elements(input));
  result.weight.setFromTriplets(entries.begin(), entries.end());
  if (node.array.count("bias")) {
    const auto bias = parameter(graph, node, "bias", out);
    for (const double b : bias)
      result.bias.insert(result.bias.end(), static_cast<std::size_t>(size.first * size.second), b);
  }
  return result;
}

LinearOperator pooling(const NirGraph& graph, const NirNode& node, const std::vector<int>& input) {
  require_image(graph, node, input);
  const auto kernel = sides(graph, node, "kernel_size", 1, -1);
  const Window w{kernel, sides(graph, node, "stride", 1, -1), sides(graph, node, "padding", 0, 0), {1, 1}};
  const auto size = places(graph, node, w, input[1], input[2]);
  check_size(graph, node, static_cast<double>(elements(input)) * kernel.first * kernel.second);
  Entries entries;
  slide(size, w, input[1], input[2], [&](int y, int x, int, int, int iy, int ix) {
    for (int c = 0; c < input[0]; ++c)
      entries.emplace_back((c * size.first + y) * size.second + x, (c * input[1] + iy) * input[2] + ix, 1.0);
  });
  LinearOperator result;
  result.output = {input[0], size.first, size.second};
  result.weight.resize(elements(result.output), elements(input));
  result.weight.setFromTriplets(entries.begin(), entries.end());
  return result;
}

LinearOperator product(const NirGraph& graph, const NirNode& node, int inputs) {
  const NirArray& weight = required(graph, node, "weight");
  if (weight.shape.size() != 2 || weight.shape[1] != inputs)
    node_error(graph, node, fmt::format("'weight' takes {} inputs, got {}", weight.shape.empty() ? 0 : weight.shape.back(), inputs));
  const int outputs = weight.shape[0];
  if (outputs < 1)
    node_error(graph, node, "'weight' holds no numbers");
  LinearOperator result;
  result.output = {outputs};
  Entries entries;
  for (int o = 0; o < outputs; ++o)
    for (int i = 0; i < inputs; ++i)
      if (const double x = weight.value[static_cast<std::size_t>(o) * static_cast<std::size_t>(inputs) + static_cast<std::size_t>(i)]; x != 0)
        entries.emplace_back(o, i, x);
  result.weight.resize(outputs, inputs);
  result.weight.setFromTriplets(entries.begin(), entries.end());
  if (node.type == "Affine")
    result.bias = parameter(graph, node, "bias", outputs);
  return result;
}

} // namespace

LinearOperator linear_operator(const NirGraph& graph, const NirNode& node, const std::vector<int>& input) {
  const int size = elements(input);
  if (node.type == "Conv2d")
    return convolution(graph, node, input);
  if (node.type == "SumPool2d")
    return pooling(graph, node, input);
  if (node.type == "Affine" || node.type == "Linear")
    return product(graph, node, size);
  LinearOperator result;
  result.output = node.type == "Flatten" ? std::vector<int>{size} : input;
  result.weight.resize(size, size);
  result.weight.setIdentity();
  result.uniform = true;
  if (node.type == "Scale") {
    const auto scale = parameter(graph, node, "scale", size);
    result.uniform = std::adjacent_find(scale.begin(), scale.end(), std::not_equal_to<>()) == scale.end();
    for (int i = 0; i < size; ++i)
      result.weight.coeffRef(i, i) = scale[static_cast<std::size_t>(i)];
  }
  return result;
}

} // namespace moesaic::workloads
