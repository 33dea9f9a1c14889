// A valid HDF5 file whose attributes and datasets are anything: each byte of the input decides what one of them
// becomes, with no byte left it stays what a trace has there. (The bytes of such a file are HDF5's to check.)
#include <cstddef>
#include <cstdint>

#include <H5Cpp.h>

#include "description/error.hpp"
#include "tests/fuzz/fuzzed_file.hpp"
#include "workloads/trace_file.hpp"

namespace {

using namespace moesaic::workloads;

struct Bytes {
  const std::uint8_t* data;
  std::size_t left;

  int next(int choices) {
    if (left == 0)
      return 0;
    --left;
    return *data++ % choices;
  }
};

MoeLayer layer_of_four() {
  MoeLayer layer;
  layer.routed = 4;
  layer.router.top_k = 2;
  return layer;
}

H5::DataType type_of(int choice) {
  switch (choice) {
  case 1:
    return H5::PredType::STD_I64BE;
  case 2:
    return H5::PredType::IEEE_F64LE;
  case 3:
    return H5::StrType(H5::PredType::C_S1, 21);
  case 4:
    return H5::StrType(H5::PredType::C_S1, H5T_VARIABLE);
  case 5:
    return H5::PredType::STD_U8LE;
  case 6:
    return H5::VarLenType(H5::PredType::NATIVE_INT);
  case 7:
    return H5::PredType::STD_REF_OBJ;
  default:
    return H5::PredType::IEEE_F32LE;
  }
}

H5::DataSpace space_of(Bytes& bytes) {
  const int rank = bytes.next(5);
  if (rank == 4)
    return H5::DataSpace(H5S_NULL);
  hsize_t size[3];
  for (int i = 0; i < rank; ++i)
    size[i] = static_cast<hsize_t>(bytes.next(6));
  return rank == 0 ? H5::DataSpace(H5S_SCALAR) : H5::DataSpace(rank, size);
}

void change_attribute(H5::H5File& file, const char* name, Bytes& bytes) {
  const int what = bytes.next(12);
  if (what == 0)
    return;
  file.removeAttr(name);
  if (what == 1)
    return;
  const H5::DataSpace space = space_of(bytes);
  const H5::Attribute attribute = file.createAttribute(name, type_of(what - 2), space);
  if (bytes.next(2) == 1 || space.getSimpleExtentNpoints() > 216)
    return; // never written
  const std::vector<std::int64_t> values(1024, bytes.next(256) - 8);
  if (what - 2 != 4 && what - 2 != 6) // these hold pointers
    attribute.write(attribute.getDataType(), values.data());
}

void change_dataset(H5::H5File& file, const char* name, Bytes& bytes) {
  const int what = bytes.next(12);
  if (what == 0)
    return;
  if (what == 11) { // the same shape with other numbers
    const std::int64_t rows[] = {bytes.next(8) - 1, bytes.next(8), bytes.next(8), bytes.next(256)};
    file.openDataSet(name).write(rows, H5::PredType::NATIVE_INT64);
    return;
  }
  file.unlink(name);
  if (what == 1)
    return;
  if (what == 10)
    file.createGroup(name);
  else
    file.createDataSet(name, type_of(what - 2), space_of(bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FuzzedFile file(".h5");
  static const MoeLayer layer = layer_of_four();
  Bytes bytes{data, size};
  const Routing two{2, 2, 4, {0, 1, 2, 3}, {1, 1, 1, 1}};
  write_trace(file.path(), {{two, two}});
  try {
    H5::H5File changed(file.path(), H5F_ACC_RDWR);
    for (const char* name : {"format", "version", "layers", "experts", "top_k"})
      change_attribute(changed, name, bytes);
    for (const char* name : {"layer_0/expert", "layer_0/weight", "layer_1/expert", "layer_1/weight"})
      change_dataset(changed, name, bytes);
  } catch (const H5::Exception&) {
    return 0; // not what the reader is asked to bear
  }
  try {
    // In this process, to see crashes.
    stream_trace(file.path(), layer, 65536, [](int, std::int64_t, const Routing& routing) {
      if (routing.tokens != 2)
        __builtin_trap();
      for (std::size_t at = 0; at < routing.expert.size(); at += 2)
        if (!trace_defect(layer, &routing.expert[at], &routing.weight[at]).empty())
          __builtin_trap();
    });
  } catch (const moesaic::InputError&) {
  }
  return 0;
}
