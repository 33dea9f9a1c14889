// Writes NIR graphs for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <H5Cpp.h>

#include "tests/workloads/temporary_file.hpp"

class NirBuilder {
 public:
  NirBuilder() : file_(temporary_.path(), H5F_ACC_TRUNC) {
    file_.createGroup("node");
    file_.createGroup("node/nodes");
    text("node", "type", "NIRGraph");
  }
  NirBuilder& node(const std::string& name, const std::string& type) {
    at_ = "node/nodes/" + name;
    file_.createGroup(at_);
    text(at_, "type", type);
    return *this;
  }
  /// A node's group without a type.
  NirBuilder& bare(const std::string& name) {
    at_ = "node/nodes/" + name;
    file_.createGroup(at_);
    return *this;
  }
  /// An array where a node's group should stand.
  NirBuilder& stray(const std::string& name) {
    file_.createDataSet("node/nodes/" + name, H5::PredType::IEEE_F64LE, H5::DataSpace());
    return *this;
  }
  NirBuilder& text(const char* key, const std::string& value) { return texts(key, {value}); }
  NirBuilder& texts(const char* key, const std::vector<std::string>& values) {
    const H5::StrType type(H5::PredType::C_S1, H5T_VARIABLE);
    std::vector<const char*> pointers;
    for (const auto& value : values)
      pointers.push_back(value.c_str());
    const hsize_t size[] = {values.size()};
    file_.createDataSet(at_ + "/" + key, type, H5::DataSpace(1, size)).write(pointers.data(), type);
    return *this;
  }
  /// A graph within: its nodes are then named NAME/nodes/INNER.
  NirBuilder& graph(const std::string& name, const std::vector<std::pair<std::string, std::string>>& edges) {
    node(name, "NIRGraph");
    const std::string here = at_;
    file_.createGroup(here + "/nodes");
    write_edges(here, edges);
    return *this;
  }
  NirBuilder& numbers(const char* key, const std::vector<double>& value, std::vector<hsize_t> shape = {}) {
    if (shape.empty())
      shape = {value.size()};
    file_.createDataSet(at_ + "/" + key, H5::PredType::IEEE_F64LE, H5::DataSpace(static_cast<int>(shape.size()), shape.data()))
        .write(value.data(), H5::PredType::NATIVE_DOUBLE);
    return *this;
  }
  NirBuilder& lif(const std::string& name, int size, double tau, double r, double threshold) {
    const std::vector<double> zeros(static_cast<std::size_t>(size), 0);
    const auto all = [&](double x) { return std::vector<double>(static_cast<std::size_t>(size), x); };
    return node(name, "LIF").numbers("tau", all(tau)).numbers("r", all(r)).numbers("v_leak", zeros).numbers("v_threshold", all(threshold));
  }
  /// Writes the edges and closes the file.
  const std::string& finish(const std::vector<std::pair<std::string, std::string>>& edges) {
    write_edges("node", edges);
    file_.close();
    return temporary_.path();
  }

 private:
  /// Of fixed length, which the library writes much faster; names of edges are of variable length, as NIR's own are.
  void text(const std::string& group, const char* key, const std::string& value) {
    const H5::StrType type(H5::PredType::C_S1, value.size() + 1);
    file_.createDataSet(group + "/" + key, type, H5::DataSpace()).write(value.c_str(), type);
  }
  void write_edges(const std::string& group, const std::vector<std::pair<std::string, std::string>>& edges) {
    const H5::StrType type(H5::PredType::C_S1, H5T_VARIABLE);
    std::vector<const char*> names;
    for (const auto& [from, to] : edges) {
      names.push_back(from.c_str());
      names.push_back(to.c_str());
    }
    const hsize_t size[] = {edges.size(), 2};
    file_.createDataSet(group + "/edges", type, H5::DataSpace(2, size)).write(names.data(), type);
  }

  TemporaryFile temporary_{".nir"};
  H5::H5File file_;
  std::string at_;
};
