// Names shared by the writer and the reader of run.h5, and how its attributes are written and read.
#pragma once

#include <cstdint>
#include <string>

#include <H5Cpp.h>

#include "results/record.hpp"

namespace moesaic::results::store {

inline constexpr double picojoules = 1e12; ///< per joule

inline void set(const H5::H5Object& object, const std::string& name, const std::string& text) {
  const H5::StrType type(H5::PredType::C_S1, text.empty() ? 1 : text.size());
  H5Tset_cset(type.getId(), H5T_CSET_UTF8);
  std::string padded = text.empty() ? std::string(1, '\0') : text;
  H5Tset_strpad(type.getId(), H5T_STR_NULLPAD);
  object.createAttribute(name, type, H5::DataSpace(H5S_SCALAR)).write(type, padded.data());
}

inline void set(const H5::H5Object& object, const std::string& name, double value) {
  object.createAttribute(name, H5::PredType::NATIVE_DOUBLE, H5::DataSpace(H5S_SCALAR))
      .write(H5::PredType::NATIVE_DOUBLE, &value);
}

inline void set(const H5::H5Object& object, const std::string& name, std::uint64_t value) {
  object.createAttribute(name, H5::PredType::NATIVE_UINT64, H5::DataSpace(H5S_SCALAR))
      .write(H5::PredType::NATIVE_UINT64, &value);
}

inline void set_interval(const H5::H5Object& object, const std::string& name, const Interval& interval) {
  set(object, name, interval.nominal);
  set(object, name + "_low", interval.low);
  set(object, name + "_high", interval.high);
}

inline std::string text(const H5::H5Object& object, const std::string& name) {
  const H5::Attribute attribute = object.openAttribute(name);
  const H5::StrType type = attribute.getStrType();
  std::string buffer(type.getSize(), '\0');
  attribute.read(type, buffer.data());
  return buffer.substr(0, buffer.find('\0'));
}

inline double number(const H5::H5Object& object, const std::string& name) {
  double value = 0;
  object.openAttribute(name).read(H5::PredType::NATIVE_DOUBLE, &value);
  return value;
}

inline std::uint64_t count(const H5::H5Object& object, const std::string& name) {
  std::uint64_t value = 0;
  object.openAttribute(name).read(H5::PredType::NATIVE_UINT64, &value);
  return value;
}

inline Interval interval(const H5::H5Object& object, const std::string& name) {
  return {number(object, name), number(object, name + "_low"), number(object, name + "_high")};
}

} // namespace moesaic::results::store
