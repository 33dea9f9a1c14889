#include "workloads/spike_input.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>

#include <H5Cpp.h>
#include <fmt/format.h>

#include "description/error.hpp"
#include "workloads/hand_over.hpp"
#include "workloads/npy.hpp"

namespace moesaic::workloads {
namespace {

constexpr std::size_t most_steps = 1000000, most_values = std::size_t{1} << 28;

InputSteps empty_steps(const std::string& source, std::size_t steps, int channels) {
  if (steps < 1 || steps > most_steps || steps * static_cast<std::size_t>(channels) > most_values)
    throw InputError(fmt::format("{}: {} steps of {} channels: must be 1 to {} steps and at most {} values", source, steps,
                                 channels, most_steps, most_values));
  return InputSteps(steps, std::vector<double>(static_cast<std::size_t>(channels), 0));
}

/// A grid of values, the first dimension steps, all others channels.
InputSteps from_grid(const std::string& source, const std::vector<std::size_t>& shape, const std::vector<double>& value,
                     const SpikeInputOptions& options) {
  std::size_t channels = 1;
  for (std::size_t d = 1; d < shape.size(); ++d)
    channels *= shape[d];
  if (shape.size() < 2 || channels != static_cast<std::size_t>(options.channels))
    throw InputError(fmt::format("{}: {} values per step, the network's input has {} channels", source,
                                 shape.size() < 2 ? 0 : channels, options.channels));
  const std::size_t steps = options.steps > 0 ? static_cast<std::size_t>(options.steps) : shape[0];
  InputSteps result = empty_steps(source, steps, options.channels);
  for (std::size_t t = 0; t < std::min(steps, shape[0]); ++t)
    for (std::size_t i = 0; i < channels; ++i) {
      result[t][i] = value[t * channels + i];
      if (!std::isfinite(result[t][i]))
        throw InputError(fmt::format("{}: step {}, channel {}: {} is not a number", source, t, i, result[t][i]));
    }
  return result;
}

InputSteps from_csv(const std::string& source, const SpikeInputOptions& options) {
  std::ifstream file(source);
  std::string line;
  struct Event {
    std::size_t step, channel;
    double value;
  };
  std::vector<Event> events;
  std::size_t last = 0;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (line.empty() || (number == 1 && line.rfind("time,", 0) == 0))
      continue;
    double time = 0, value = 1;
    long channel = 0;
    int used = 0;
    const bool two = std::sscanf(line.c_str(), "%lf,%ld%n", &time, &channel, &used) == 2;
    const char* rest = line.c_str() + used;
    int more = 0;
    if (!two || (*rest != 0 && (std::sscanf(rest, ",%lf%n", &value, &more) != 1 || rest[more] != 0)) || !std::isfinite(value))
      throw InputError(fmt::format("{}:{}: expected time,channel,value, got '{}'", source, number, line));
    const double step = std::round(time / options.dt);
    if (!(step >= 0) || step >= static_cast<double>(most_steps))
      throw InputError(fmt::format("{}:{}: time {} s is outside 0 to {} steps of {} s", source, number, time, most_steps, options.dt));
    if (channel < 0 || channel >= options.channels)
      throw InputError(fmt::format("{}:{}: channel {}, the network's input has {}", source, number, channel, options.channels));
    events.push_back({static_cast<std::size_t>(step), static_cast<std::size_t>(channel), value});
    last = std::max(last, events.back().step);
  }
  if (events.empty())
    throw InputError(source + ": no event; silence is poisson:0 with --steps");
  const std::size_t steps = options.steps > 0 ? static_cast<std::size_t>(options.steps) : last + 1;
  InputSteps result = empty_steps(source, steps, options.channels);
  for (const auto& event : events)
    if (event.step < steps)
      result[event.step][event.channel] += event.value;
  return result;
}

template <class T>
void convert(const std::string& bytes, std::size_t begin, std::vector<double>& value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    T x;
    std::memcpy(&x, bytes.data() + begin + i * sizeof(T), sizeof(T));
    value[i] = static_cast<double>(x);
  }
}

InputSteps from_npy(const std::string& source, const SpikeInputOptions& options) {
  std::ifstream file(source, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto wrong = [&](const char* what) { return InputError(fmt::format("{}: {}", source, what)); };
  const auto [header, begin] = npy_head(source, bytes);
  const auto descr = header.find("'descr': '"), shape_at = header.find("'shape': (");
  if (descr == std::string::npos || shape_at == std::string::npos)
    throw wrong("a header without type and shape");
  if (header.find("'fortran_order': False") == std::string::npos)
    throw wrong("arrays in column order are not supported");
  std::vector<std::size_t> shape;
  std::size_t count = 1;
  const char* at = header.c_str() + shape_at + 10;
  for (char* end = nullptr; *at != ')' && *at != 0; at = *end == ',' ? end + 1 : end) {
    shape.push_back(std::strtoull(at, &end, 10));
    if (end == at)
      throw wrong("a shape that is no list of numbers");
    if (shape.back() > most_values || (count *= shape.back()) > most_values)
      throw wrong("too many values");
    while (*end == ' ')
      ++end;
  }
  const std::string type = header.substr(descr + 10, header.find('\'', descr + 10) - descr - 10);
  std::vector<double> value(count);
  const std::size_t size = type.size() == 3 ? static_cast<std::size_t>(type[2] - '0') : 0;
  if (size == 0 || size > 8 || begin + count * size != bytes.size())
    throw wrong("its data is not as long as type and shape say");
  if (type == "<f8")
    convert<double>(bytes, begin, value);
  else if (type == "<f4")
    convert<float>(bytes, begin, value);
  else if (type == "<i8")
    convert<std::int64_t>(bytes, begin, value);
  else if (type == "<i4")
    convert<std::int32_t>(bytes, begin, value);
  else if (type == "|u1" || type == "|b1")
    convert<std::uint8_t>(bytes, begin, value);
  else if (type == "|i1")
    convert<std::int8_t>(bytes, begin, value);
  else
    throw InputError(fmt::format("{}: values of type '{}' are not supported", source, type));
  return from_grid(source, shape, value, options);
}

struct Grid {
  std::vector<std::size_t> shape;
  std::vector<double> value;
};

Grid read_hdf5(const std::string& source) {
  H5::Exception::dontPrint();
  try {
    const H5::H5File file(source, H5F_ACC_RDONLY);
    if (!file.nameExists("data") && file.getNumObjs() != 1)
      throw InputError(source + ": expected a dataset 'data'");
    const H5::DataSet data = file.openDataSet(file.nameExists("data") ? "data" : file.getObjnameByIdx(0));
    if (data.getTypeClass() != H5T_FLOAT && data.getTypeClass() != H5T_INTEGER)
      throw InputError(source + ": its data are no numbers");
    std::vector<hsize_t> extent(static_cast<std::size_t>(data.getSpace().getSimpleExtentNdims()));
    const auto count = static_cast<std::size_t>(data.getSpace().getSimpleExtentNpoints());
    if (extent.empty() || count > most_values)
      throw InputError(source + ": expected steps x channels");
    data.getSpace().getSimpleExtentDims(extent.data());
    Grid grid{{extent.begin(), extent.end()}, std::vector<double>(count)};
    data.read(grid.value.data(), H5::PredType::NATIVE_DOUBLE);
    return grid;
  } catch (const H5::Exception& e) {
    throw InputError(fmt::format("{}: not readable as HDF5: {}", source, e.getDetailMsg()));
  }
}

InputSteps from_hdf5(const std::string& source, const SpikeInputOptions& options) {
  Grid grid;
  read_apart(
      source,
      [&source] {
        const auto read = std::make_shared<Grid>(read_hdf5(source));
        return [read](HandOver& out) {
          out.put(static_cast<std::uint64_t>(read->shape.size()));
          for (const std::size_t side : read->shape)
            out.put(static_cast<std::uint64_t>(side));
          out.put(read->value);
        };
      },
      [&grid](HandOver& in) {
        std::size_t count = 1;
        for (std::size_t left = in.get_count(64); left > 0; --left) {
          grid.shape.push_back(in.get_count(most_values));
          if ((count *= grid.shape.back()) > most_values)
            throw std::runtime_error("an impossible shape");
        }
        grid.value = in.get_values(most_values);
        if (grid.value.size() != count)
          throw std::runtime_error("an array not of its shape");
      },
      patience(source));
  return from_grid(source, grid.shape, grid.value, options);
}

InputSteps poisson(const std::string& source, const SpikeInputOptions& options) {
  char* end = nullptr;
  const double rate = std::strtod(source.c_str() + 8, &end);
  if (end == source.c_str() + 8 || *end != 0 || !(rate >= 0) || rate * options.dt > 1)
    throw InputError(fmt::format("{}: expected poisson:HERTZ, at most one spike per step of {} s", source, options.dt));
  if (options.steps < 1)
    throw InputError(source + ": say how many with --steps");
  InputSteps result = empty_steps(source, static_cast<std::size_t>(options.steps), options.channels);
  std::mt19937_64 random(options.seed);
  const auto threshold = static_cast<std::uint64_t>(std::ldexp(rate * options.dt, 63));
  for (auto& step : result)
    for (double& value : step)
      value = (random() >> 1) < threshold ? 1 : 0;
  return result;
}

} // namespace

InputSteps load_spike_input(const std::string& source, const SpikeInputOptions& options) {
  if (source.rfind("poisson:", 0) == 0)
    return poisson(source, options);
  if (!std::filesystem::is_regular_file(source))
    throw InputError(source + ": no such file");
  const std::string ending = std::filesystem::path(source).extension().string();
  if (ending == ".csv")
    return from_csv(source, options);
  if (ending == ".npy")
    return from_npy(source, options);
  if (ending == ".h5" || ending == ".hdf5")
    return from_hdf5(source, options);
  throw InputError(source + ": expected .csv, .npy, .h5, .hdf5 or poisson:HERTZ");
}

} // namespace moesaic::workloads
