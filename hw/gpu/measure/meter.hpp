// Board energy through NVML, opened at run time: no header or import library is needed to build.
#pragma once

#include <stdexcept>
#include <string>

#include <dlfcn.h>

namespace moesaic::measure {

/// The energy counter of one GPU. Throws std::runtime_error where the driver has none (before Volta).
class EnergyMeter {
 public:
  explicit EnergyMeter(unsigned gpu) : library_(dlopen("libnvidia-ml.so.1", RTLD_NOW)) {
    if (!library_)
      throw std::runtime_error("libnvidia-ml.so.1 is not there: no driver?");
    check(function<int()>("nvmlInit_v2")(), "nvmlInit");
    check(function<int(unsigned, void**)>("nvmlDeviceGetHandleByIndex_v2")(gpu, &device_), "device");
    energy_ = function<int(void*, unsigned long long*)>("nvmlDeviceGetTotalEnergyConsumption");
    joules();
  }
  ~EnergyMeter() {
    function<int()>("nvmlShutdown")();
    dlclose(library_);
  }
  EnergyMeter(const EnergyMeter&) = delete;
  EnergyMeter& operator=(const EnergyMeter&) = delete;

  /// Since the driver was loaded. The counter moves every 20 to 100 ms: difference it over seconds.
  double joules() const {
    unsigned long long millijoules = 0;
    check(energy_(device_, &millijoules), "energy counter");
    return static_cast<double>(millijoules) * 1e-3;
  }

  std::string driver() const {
    char text[96] = "";
    check(function<int(char*, unsigned)>("nvmlSystemGetDriverVersion")(text, sizeof text), "driver version");
    return text;
  }

 private:
  template <class Signature> Signature* function(const char* name) const {
    void* symbol = dlsym(library_, name);
    if (!symbol)
      throw std::runtime_error(std::string("NVML has no ") + name);
    return reinterpret_cast<Signature*>(symbol);
  }
  static void check(int status, const char* what) {
    if (status != 0)
      throw std::runtime_error(std::string("NVML: ") + what + ": error " + std::to_string(status));
  }

  void* library_;
  void* device_ = nullptr;
  int (*energy_)(void*, unsigned long long*) = nullptr;
};

} // namespace moesaic::measure
