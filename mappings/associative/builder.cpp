#include "mappings/associative/builder.hpp"

namespace moesaic::mappings::associative {

void ProgramBuilder::operation(const char* name, std::vector<Index> vectors, std::vector<Index> immediates) {
  Step s;
  s.name = name;
  s.vectors = std::move(vectors);
  s.immediates = std::move(immediates);
  steps_->push_back(std::move(s));
}

void ProgramBuilder::from_memory(const char* name, std::vector<Index> vectors,
                                 std::vector<Index> immediates) {
  operation(name, std::move(vectors), std::move(immediates));
  steps_->back().from_memory = true;
}

void ProgramBuilder::transfer(Route route, std::int64_t bytes, const std::string& region, Index offset,
                              Index slot) {
  Step s;
  s.kind = Step::Kind::transfer;
  s.route = route;
  s.bytes = bytes;
  s.region = region;
  s.offset = std::move(offset);
  s.slot = std::move(slot);
  steps_->push_back(std::move(s));
}

void ProgramBuilder::scalar(const std::string& what, std::int64_t elements, bool floating) {
  if (elements <= 0)
    return;
  Step s;
  s.kind = Step::Kind::scalar;
  s.name = what;
  s.count = static_cast<std::uint64_t>(elements);
  s.scalar = floating ? Step::Scalar::floating : Step::Scalar::integer;
  steps_->push_back(std::move(s));
}

void ProgramBuilder::add(Step::Kind kind, const std::string& name) {
  Step s;
  s.kind = kind;
  s.name = name;
  steps_->push_back(std::move(s));
}

} // namespace moesaic::mappings::associative
